package dev.holdfast.registry.regtext;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/**
 * Spoils registry text line by line, word by word and byte by byte. What has the mark of UTF-16
 * stays in it, so that not everything ends at the first line.
 */
final class RegTextMutation {
  private static final int CHANGES_MAX = 8;
  private static final int CHARS_MAX = 1 << 16;
  private static final int REPEATED_CHARS_MAX = 20_000;

  /** What means something in a text, or nearly does. */
  private static final List<String> WORDS =
      List.of(
          "Windows Registry Editor Version 5.00",
          "REGEDIT4",
          "REGEDIT",
          "[HKEY_LOCAL_MACHINE\\a]",
          "[-HKEY_USERS\\a\\b]",
          "[hkey_users]",
          "[HKEY_USERS\\]",
          "[-]",
          "[]",
          "\\a",
          "\\",
          "\\\\",
          "]",
          "[",
          "@=\"\"",
          "@=-",
          "@",
          "=",
          "\"",
          "\\\"",
          "\\n",
          "\\r",
          "\\0",
          "\"a\"=dword:1",
          "dword:",
          "00000000f",
          "hex:",
          "hex(2):",
          "hex(7):61,00,",
          "hex(ffffffff):",
          "hex(0):",
          "00,",
          "ff",
          "100",
          ",",
          ",\\",
          ",\\\r\n  ",
          ";",
          "#",
          "\r\n",
          "\n",
          "\r",
          "\0",
          "\t",
          " ",
          "\uFEFF",
          "\uD800",
          "\uFFFF",
          "ıİſ",
          "٣");

  private final Random random;
  private String text;

  private RegTextMutation(String text, Random random) {
    this.text = text;
    this.random = random;
  }

  /** See {@link dev.holdfast.registry.Fuzzer.Mutation}. */
  static byte[] mutant(byte[] good, byte[] other, Random random) {
    boolean wide = isWide(good);
    var mutation = new RegTextMutation(decode(good), random);
    String otherText = decode(other);
    for (int i = 1 + random.nextInt(CHANGES_MAX); i > 0; i--) {
      mutation.change(otherText);
    }
    // Now and then in the other encoding, whatever its first line says.
    boolean staysWide = random.nextInt(30) == 0 ? !wide : wide;
    byte[] bytes =
        staysWide ? Utf16.encode("\uFEFF" + mutation.text) : CodePage.encode(mutation.text);
    for (int i = random.nextInt(20) == 0 ? 1 + random.nextInt(4) : 0; i > 0; i--) {
      if (bytes.length > 0) {
        bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
      }
    }
    return random.nextInt(20) == 0 ? Arrays.copyOf(bytes, random.nextInt(bytes.length + 2)) : bytes;
  }

  private static boolean isWide(byte[] bytes) {
    return bytes.length >= 2 && bytes[0] == (byte) 0xFF && bytes[1] == (byte) 0xFE;
  }

  private static String decode(byte[] bytes) {
    return isWide(bytes)
        ? Utf16.decode(bytes, 2, bytes.length)
        : CodePage.decode(bytes, 0, bytes.length);
  }

  private void change(String other) {
    int at = random.nextInt(text.length() + 1);
    switch (random.nextInt(8)) {
      case 0 -> put(at, at, WORDS.get(random.nextInt(WORDS.size())));
      case 1 -> put(at, Math.min(text.length(), at + 1 + random.nextInt(6)), "");
      case 2 -> put(at, Math.min(text.length(), at + 1), "" + (char) random.nextInt(256));
      case 3 -> put(at, at, part(text, 200));
      case 4 -> put(at, at, part(other, 2_000));
      case 5 -> put(at, at, repeated());
      case 6 -> lines(other);
      default -> put(at, Math.min(text.length(), at + random.nextInt(400)), "");
    }
  }

  /** One place of the text becomes something else, unless that would be too long. */
  private void put(int from, int to, String inserted) {
    if (text.length() + inserted.length() <= CHARS_MAX) {
      text = text.substring(0, from) + inserted + text.substring(to);
    }
  }

  private String part(String whole, int longest) {
    int from = random.nextInt(whole.length() + 1);
    return whole.substring(from, Math.min(whole.length(), from + random.nextInt(longest)));
  }

  /** What costs little once may cost much when it is everywhere. */
  private String repeated() {
    String word = random.nextInt(4) == 0 ? part(text, 20) : WORDS.get(random.nextInt(WORDS.size()));
    if (random.nextInt(3) == 0) {
      word += WORDS.get(random.nextInt(WORDS.size()));
    }
    int most = REPEATED_CHARS_MAX >> random.nextInt(14);
    return word.repeat(1 + random.nextInt(1 + most / Math.max(1, word.length())));
  }

  /** Lines are put elsewhere, come twice, are left out, or come from another text. */
  private void lines(String other) {
    List<String> lines = new ArrayList<>(text.lines().toList());
    List<String> others = other.lines().toList();
    if (lines.isEmpty() || others.isEmpty()) {
      return;
    }
    int one = random.nextInt(lines.size());
    switch (random.nextInt(4)) {
      case 0 -> lines.add(random.nextInt(lines.size()), lines.remove(one));
      case 1 -> lines.add(random.nextInt(lines.size()), lines.get(one));
      case 2 -> lines.remove(one);
      default -> lines.add(one, others.get(random.nextInt(others.size())));
    }
    String changed = String.join("\r\n", lines);
    text = changed.length() <= CHARS_MAX ? changed : text;
  }
}
