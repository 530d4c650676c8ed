package dev.holdfast.registry.regtext;

import java.nio.charset.Charset;
import java.util.Arrays;

/**
 * Code page 1252 as Windows has it: Java's, but the five bytes without a character stand for the
 * control characters of the same number, so that every byte comes back.
 */
final class CodePage {
  private static final char REPLACEMENT = '\uFFFD';
  private static final char[] CHARACTERS = characters();
  private static final byte[] BYTES = new byte[1 << Character.SIZE];
  private static final boolean[] HAS_BYTE = new boolean[1 << Character.SIZE];

  static {
    for (int i = 0; i < CHARACTERS.length; i++) {
      BYTES[CHARACTERS[i]] = (byte) i;
      HAS_BYTE[CHARACTERS[i]] = true;
    }
  }

  private CodePage() {}

  private static char[] characters() {
    var all = new byte[256];
    for (int i = 0; i < all.length; i++) {
      all[i] = (byte) i;
    }
    char[] characters = new String(all, Charset.forName("windows-1252")).toCharArray();
    for (int i = 0; i < characters.length; i++) {
      if (characters[i] == REPLACEMENT) {
        characters[i] = (char) i;
      }
    }
    return characters;
  }

  static String decode(byte[] bytes, int from, int to) {
    var text = new char[to - from];
    for (int i = 0; i < text.length; i++) {
      text[i] = CHARACTERS[bytes[from + i] & 0xFF];
    }
    return new String(text);
  }

  static boolean canEncode(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (!HAS_BYTE[text.charAt(i)]) {
        return false;
      }
    }
    return true;
  }

  /** A question mark for what is not in it, as Windows does. */
  static byte[] encode(CharSequence text) {
    var bytes = new byte[text.length()];
    Arrays.fill(bytes, (byte) '?');
    for (int i = 0; i < bytes.length; i++) {
      if (HAS_BYTE[text.charAt(i)]) {
        bytes[i] = BYTES[text.charAt(i)];
      }
    }
    return bytes;
  }
}
