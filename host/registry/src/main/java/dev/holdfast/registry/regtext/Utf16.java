package dev.holdfast.registry.regtext;

/** UTF-16LE unit by unit: a charset would replace lone surrogates. */
final class Utf16 {
  private Utf16() {}

  static String decode(byte[] bytes, int from, int to) {
    var units = new char[(to - from) / 2];
    for (int i = 0; i < units.length; i++) {
      units[i] = (char) ((bytes[from + 2 * i] & 0xFF) | (bytes[from + 2 * i + 1] & 0xFF) << 8);
    }
    return new String(units);
  }

  static byte[] encode(CharSequence text) {
    var bytes = new byte[2 * text.length()];
    for (int i = 0; i < text.length(); i++) {
      bytes[2 * i] = (byte) text.charAt(i);
      bytes[2 * i + 1] = (byte) (text.charAt(i) >> 8);
    }
    return bytes;
  }
}
