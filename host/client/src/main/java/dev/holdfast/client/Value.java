package dev.holdfast.client;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A value: its name (empty for a key's default value), its type, and its bytes exactly as they are
 * kept. Immutable.
 *
 * <p>Text is UTF-16LE with a NUL at its end; where that is missing, or a byte is over, it is read
 * all the same. Half a surrogate pair goes there and back as it is. The reading methods throw
 * {@link IllegalStateException} when type or size is not what they are for.
 */
public final class Value {
  private final String name;
  private final ValueType type;
  private final byte[] bytes;

  private Value(String name, ValueType type, byte[] owned) {
    this.name = name;
    this.type = type;
    this.bytes = owned;
  }

  /** A value of any type with any bytes, which are copied. */
  public static Value of(String name, ValueType type, byte[] bytes) {
    return new Value(name, type, bytes.clone());
  }

  public static Value sz(String name, String text) {
    return new Value(name, ValueType.SZ, terminated(text));
  }

  public static Value expandSz(String name, String text) {
    return new Value(name, ValueType.EXPAND_SZ, terminated(text));
  }

  /**
   * A list of texts.
   *
   * @throws IllegalArgumentException one is empty or has a NUL: the form that is kept ends at an
   *     empty text, so it could not be read back
   */
  public static Value multiSz(String name, List<String> texts) {
    var all = new StringBuilder();
    for (String text : texts) {
      if (text.isEmpty() || text.indexOf('\0') >= 0) {
        throw new IllegalArgumentException(
            "a REG_MULTI_SZ cannot hold an empty text or one with a NUL; value " + name);
      }
      all.append(text).append('\0');
    }
    return new Value(name, ValueType.MULTI_SZ, terminated(all.toString()));
  }

  /**
   * An unsigned number of 32 bits.
   *
   * @throws IllegalArgumentException it is none
   */
  public static Value dword(String name, long number) {
    if (number >>> Integer.SIZE != 0) {
      throw new IllegalArgumentException(number + " is no unsigned number of 32 bits");
    }
    return new Value(name, ValueType.DWORD, little(number, Integer.BYTES));
  }

  /** An unsigned number of 64 bits; above 2^63-1 it is written as a negative one. */
  public static Value qword(String name, long number) {
    return new Value(name, ValueType.QWORD, little(number, Long.BYTES));
  }

  public static Value binary(String name, byte[] bytes) {
    return of(name, ValueType.BINARY, bytes);
  }

  public String name() {
    return name;
  }

  public ValueType type() {
    return type;
  }

  /** A copy. */
  public byte[] bytes() {
    return bytes.clone();
  }

  byte[] ownBytes() {
    return bytes;
  }

  /** The text of a REG_SZ, REG_EXPAND_SZ or REG_LINK, up to the first NUL. */
  public String string() {
    if (!type.equals(ValueType.SZ)
        && !type.equals(ValueType.EXPAND_SZ)
        && !type.equals(ValueType.LINK)) {
      throw isNot("a text");
    }
    String units = units();
    int end = units.indexOf('\0');
    return end < 0 ? units : units.substring(0, end);
  }

  /** The texts of a REG_MULTI_SZ, up to the first empty one. */
  public List<String> strings() {
    if (!type.equals(ValueType.MULTI_SZ)) {
      throw isNot("a list of texts");
    }
    String units = units();
    List<String> texts = new ArrayList<>();
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
   * The number of a REG_DWORD of either byte order, or of a REG_QWORD, which above 2^63-1 shows as
   * negative.
   */
  public long number() {
    if (type.equals(ValueType.QWORD) && bytes.length == Long.BYTES) {
      return buffer().getLong();
    }
    if (type.equals(ValueType.DWORD) && bytes.length == Integer.BYTES) {
      return Integer.toUnsignedLong(buffer().getInt());
    }
    if (type.equals(ValueType.DWORD_BIG_ENDIAN) && bytes.length == Integer.BYTES) {
      return Integer.toUnsignedLong(ByteBuffer.wrap(bytes).getInt());
    }
    throw isNot("a number");
  }

  private ByteBuffer buffer() {
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  /** Unit by unit: a decoder would replace what is no Unicode. */
  private String units() {
    var units = new char[bytes.length / 2];
    buffer().asCharBuffer().get(units);
    return new String(units);
  }

  private static byte[] terminated(String text) {
    var all = new byte[2 * (text.length() + 1)];
    ByteBuffer.wrap(all).order(ByteOrder.LITTLE_ENDIAN).asCharBuffer().put(text);
    return all;
  }

  private static byte[] little(long number, int sizeBytes) {
    var all = new byte[sizeBytes];
    for (int at = 0; at < sizeBytes; at++) {
      all[at] = (byte) (number >>> (at * Byte.SIZE));
    }
    return all;
  }

  private IllegalStateException isNot(String what) {
    return new IllegalStateException("the value " + this + " is not " + what);
  }

  /** Same name (exactly, with its case), type and bytes. */
  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Value value
        && type.equals(value.type)
        && name.equals(value.name)
        && Arrays.equals(bytes, value.bytes);
  }

  @Override
  public int hashCode() {
    return 31 * (31 * name.hashCode() + type.hashCode()) + Arrays.hashCode(bytes);
  }

  /** Name, type and size, never the data: it may be a secret. */
  @Override
  public String toString() {
    return "\"" + name + "\" " + type + " (" + bytes.length + " bytes)";
  }
}
