package dev.holdfast.registry;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/**
 * A value: its name (empty for a key's default value), its type's number, and its data exactly as
 * it was given. Immutable.
 *
 * <p>Text is UTF-16LE and is written with its terminating NUL; when read, a missing terminator or
 * an odd last byte is tolerated, as readers of the registry must (Q279158 is about one that did
 * not). The reading methods throw {@link IllegalStateException} when the type or the size is not
 * what they are for.
 */
public final class RegistryValue implements Named {
  private final String name;
  private final int type;
  private final byte[] data;

  private RegistryValue(String name, int type, byte[] ownedData) {
    Limits.check(
        "characters of a value's name",
        name.length(),
        Limits.VALUE_NAME_CHARS_MAX,
        "VALUE_NAME_CHARS_MAX");
    if (ownedData.length > Limits.VALUE_BYTES_MAX) {
      // Asked first: the message is costly to make, and a hive has a million values.
      Limits.check(
          "bytes of the value \"" + shortened(name) + "\"",
          ownedData.length,
          Limits.VALUE_BYTES_MAX,
          "VALUE_BYTES_MAX");
    }
    this.name = name;
    this.type = type;
    this.data = ownedData;
  }

  /** A value of any type with any data; the bytes are copied. */
  public static RegistryValue of(String name, int type, byte[] data) {
    return new RegistryValue(name, type, data.clone());
  }

  /** As {@link #of(String, int, byte[])}, with a part of a larger array. */
  public static RegistryValue of(String name, int type, byte[] source, int from, int length) {
    Objects.checkFromIndexSize(from, length, source.length);
    return new RegistryValue(name, type, Arrays.copyOfRange(source, from, from + length));
  }

  /** As {@link #of(String, int, byte[])}, without the copy: the caller gives the array away. */
  static RegistryValue owning(String name, int type, byte[] data) {
    return new RegistryValue(name, type, data);
  }

  public static RegistryValue sz(String name, String text) {
    return new RegistryValue(name, ValueType.REG_SZ, terminated(text));
  }

  public static RegistryValue expandSz(String name, String text) {
    return new RegistryValue(name, ValueType.REG_EXPAND_SZ, terminated(text));
  }

  /**
   * A list of texts.
   *
   * @throws IllegalArgumentException if one is empty or contains a NUL: the form on disk ends at an
   *     empty text, so that one could not be read back
   */
  public static RegistryValue multiSz(String name, List<String> texts) {
    var all = new StringBuilder();
    for (String text : texts) {
      if (text.isEmpty() || text.indexOf('\0') >= 0) {
        throw new IllegalArgumentException(
            "a REG_MULTI_SZ cannot hold an empty text or one with a NUL; value " + name);
      }
      all.append(text).append('\0');
    }
    return new RegistryValue(name, ValueType.REG_MULTI_SZ, terminated(all.toString()));
  }

  public static RegistryValue multiSz(String name, String... texts) {
    return multiSz(name, List.of(texts));
  }

  /** An unsigned 32-bit number. */
  public static RegistryValue dword(String name, int number) {
    return new RegistryValue(name, ValueType.REG_DWORD, littleEndian(4).putInt(number).array());
  }

  /** An unsigned 64-bit number. */
  public static RegistryValue qword(String name, long number) {
    return new RegistryValue(name, ValueType.REG_QWORD, littleEndian(8).putLong(number).array());
  }

  /** Bytes; they are copied. */
  public static RegistryValue binary(String name, byte[] data) {
    return of(name, ValueType.REG_BINARY, data);
  }

  @Override
  public String name() {
    return name;
  }

  /** The type's number; see {@link ValueType}. */
  public int type() {
    return type;
  }

  /** A copy of the data. */
  public byte[] bytes() {
    return data.clone();
  }

  /** The data, read-only and little-endian, without a copy. */
  public ByteBuffer buffer() {
    return ByteBuffer.wrap(data).asReadOnlyBuffer().order(ByteOrder.LITTLE_ENDIAN);
  }

  public int sizeBytes() {
    return data.length;
  }

  /** Copies all of the data into that array, from that index on. */
  public void copyTo(byte[] target, int at) {
    System.arraycopy(data, 0, target, at, data.length);
  }

  /** The text of a REG_SZ, REG_EXPAND_SZ or REG_LINK, up to the first NUL. */
  public String text() {
    if (type != ValueType.REG_SZ && type != ValueType.REG_EXPAND_SZ && type != ValueType.REG_LINK) {
      throw isNot("a text");
    }
    String units = units();
    int end = units.indexOf('\0');
    return end < 0 ? units : units.substring(0, end);
  }

  /** The texts of a REG_MULTI_SZ, up to the first empty one. */
  public List<String> texts() {
    if (type != ValueType.REG_MULTI_SZ) {
      throw isNot("a list of texts");
    }
    String units = units();
    var texts = new ArrayList<String>();
    int from = 0;
    while (from < units.length() && units.charAt(from) != '\0') {
      int to = units.indexOf('\0', from);
      int end = to < 0 ? units.length() : to;
      texts.add(units.substring(from, end));
      from = end + 1;
    }
    return List.copyOf(texts);
  }

  /**
   * The number of a REG_DWORD (0 to 2^32-1, either byte order) or of a REG_QWORD (unsigned: above
   * 2^63-1 it shows as negative).
   */
  public long number() {
    if (type == ValueType.REG_QWORD && data.length == Long.BYTES) {
      return buffer().getLong();
    }
    if (type == ValueType.REG_DWORD && data.length == Integer.BYTES) {
      return Integer.toUnsignedLong(buffer().getInt());
    }
    if (type == ValueType.REG_DWORD_BIG_ENDIAN && data.length == Integer.BYTES) {
      return Integer.toUnsignedLong(ByteBuffer.wrap(data).getInt());
    }
    throw isNot("a number");
  }

  /** The same type and data under another name. */
  public RegistryValue named(String other) {
    return name.equals(other) ? this : new RegistryValue(other, type, data);
  }

  byte[] data() {
    return data;
  }

  private String units() {
    var units = new char[data.length / 2];
    buffer().asCharBuffer().get(units);
    return new String(units);
  }

  private IllegalStateException isNot(String what) {
    return new IllegalStateException(
        "the value \"%s\" is not %s: it is a %s of %,d bytes"
            .formatted(shortened(name), what, ValueType.name(type), data.length));
  }

  private static byte[] terminated(String text) {
    var bytes = new byte[2 * (text.length() + 1)];
    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asCharBuffer().put(text);
    return bytes;
  }

  private static ByteBuffer littleEndian(int size) {
    return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static String shortened(String name) {
    return name.length() <= 64 ? name : name.substring(0, 64) + "…";
  }

  /** Same name (exactly, with its case), type and bytes. */
  @Override
  public boolean equals(Object other) {
    return other instanceof RegistryValue value
        && type == value.type
        && name.equals(value.name)
        && Arrays.equals(data, value.data);
  }

  @Override
  public int hashCode() {
    return 31 * (31 * name.hashCode() + type) + Arrays.hashCode(data);
  }

  /** Name, type and size, never the data: it may be a secret. */
  @Override
  public String toString() {
    return "%s %s (%,d bytes)".formatted(shortened(name), ValueType.name(type), data.length);
  }
}
