package dev.holdfast.client;

import java.util.List;

/**
 * The type of a value: a label that Windows has names for. Any number may stand beside any bytes.
 *
 * @param number of 32 bits
 */
public record ValueType(int number) {
  public static final ValueType NONE = new ValueType(0);
  public static final ValueType SZ = new ValueType(1);
  public static final ValueType EXPAND_SZ = new ValueType(2);
  public static final ValueType BINARY = new ValueType(3);
  public static final ValueType DWORD = new ValueType(4);
  public static final ValueType DWORD_BIG_ENDIAN = new ValueType(5);
  public static final ValueType LINK = new ValueType(6);
  public static final ValueType MULTI_SZ = new ValueType(7);
  public static final ValueType QWORD = new ValueType(11);

  /** By their numbers. */
  private static final List<String> NAMES =
      List.of(
          "REG_NONE",
          "REG_SZ",
          "REG_EXPAND_SZ",
          "REG_BINARY",
          "REG_DWORD",
          "REG_DWORD_BIG_ENDIAN",
          "REG_LINK",
          "REG_MULTI_SZ",
          "REG_RESOURCE_LIST",
          "REG_FULL_RESOURCE_DESCRIPTOR",
          "REG_RESOURCE_REQUIREMENTS_LIST",
          "REG_QWORD");

  /** The type of that name, or {@code 0x} and the number. */
  static ValueType named(String name) {
    int known = NAMES.indexOf(name);
    return new ValueType(known >= 0 ? known : Integer.parseUnsignedInt(name.substring(2), 16));
  }

  /** Its name in Windows, or {@code 0x} and the number for one without a name. */
  @Override
  public String toString() {
    return number >= 0 && number < NAMES.size()
        ? NAMES.get(number)
        : "0x" + Integer.toHexString(number);
  }
}
