package dev.holdfast.registry.regf;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Makes names of bytes. Most values of a hive share a few names, so the latest ones are kept and
 * given out again: that spares a million strings their memory.
 */
final class Names {
  private static final int KEPT = 1 << 12;

  private final @Nullable String[] kept = new @Nullable String[KEPT];

  /** One byte a character. */
  String latin(byte[] bytes, int from, int length) {
    int hash = length;
    for (int i = 0; i < length; i++) {
      hash = hash * 31 + bytes[from + i];
    }
    int slot = (hash ^ hash >>> 15) & KEPT - 1;
    String known = kept[slot];
    if (known != null && is(known, bytes, from, length)) {
      return known;
    }
    String name = new String(bytes, from, length, StandardCharsets.ISO_8859_1);
    kept[slot] = name;
    return name;
  }

  private static boolean is(String known, byte[] bytes, int from, int length) {
    if (known.length() != length) {
      return false;
    }
    for (int i = 0; i < length; i++) {
      if (known.charAt(i) != (bytes[from + i] & 0xFF)) {
        return false;
      }
    }
    return true;
  }

  /** Two bytes a character; not by a charset, which would replace lone surrogates. */
  static String wide(byte[] bytes, int from, int length) {
    var units = new char[length / 2];
    for (int i = 0; i < units.length; i++) {
      units[i] = (char) Bytes.u16(bytes, from + 2 * i);
    }
    return new String(units);
  }

  /** Whether one byte a character is enough. */
  static boolean isLatin(String name) {
    for (int i = 0; i < name.length(); i++) {
      if (name.charAt(i) > 0xFF) {
        return false;
      }
    }
    return true;
  }

  static void put(String name, boolean latin, byte[] target, int at) {
    for (int i = 0; i < name.length(); i++) {
      if (latin) {
        target[at + i] = (byte) name.charAt(i);
      } else {
        Bytes.put16(target, at + 2 * i, name.charAt(i));
      }
    }
  }
}
