package dev.holdfast.registry;

import java.util.Locale;

/**
 * The numbers of Windows' value types. A type is a label: any 32-bit number may stand beside any
 * bytes, and both are kept as they came.
 */
public final class ValueType {
  public static final int REG_NONE = 0;
  public static final int REG_SZ = 1;
  public static final int REG_EXPAND_SZ = 2;
  public static final int REG_BINARY = 3;
  public static final int REG_DWORD = 4;
  public static final int REG_DWORD_BIG_ENDIAN = 5;
  public static final int REG_LINK = 6;
  public static final int REG_MULTI_SZ = 7;
  public static final int REG_RESOURCE_LIST = 8;
  public static final int REG_FULL_RESOURCE_DESCRIPTOR = 9;
  public static final int REG_RESOURCE_REQUIREMENTS_LIST = 10;
  public static final int REG_QWORD = 11;

  private ValueType() {}

  /** The type's name in Windows, or {@code 0x} and the number for one without a name. */
  public static String name(int type) {
    return switch (type) {
      case REG_NONE -> "REG_NONE";
      case REG_SZ -> "REG_SZ";
      case REG_EXPAND_SZ -> "REG_EXPAND_SZ";
      case REG_BINARY -> "REG_BINARY";
      case REG_DWORD -> "REG_DWORD";
      case REG_DWORD_BIG_ENDIAN -> "REG_DWORD_BIG_ENDIAN";
      case REG_LINK -> "REG_LINK";
      case REG_MULTI_SZ -> "REG_MULTI_SZ";
      case REG_RESOURCE_LIST -> "REG_RESOURCE_LIST";
      case REG_FULL_RESOURCE_DESCRIPTOR -> "REG_FULL_RESOURCE_DESCRIPTOR";
      case REG_RESOURCE_REQUIREMENTS_LIST -> "REG_RESOURCE_REQUIREMENTS_LIST";
      case REG_QWORD -> "REG_QWORD";
      default -> "0x" + Integer.toHexString(type).toLowerCase(Locale.ROOT);
    };
  }
}
