package dev.holdfast.registry;

/**
 * How large things may be. Where Windows has a limit ours is the same, so that what is stored here
 * can be written as a hive file; the others keep one caller from exhausting the memory of all.
 */
public final class Limits {
  /** Characters (UTF-16 units) of a key's name, as in Windows. */
  public static final int KEY_NAME_CHARS_MAX = 255;

  /** Characters (UTF-16 units) of a value's name, as in Windows. */
  public static final int VALUE_NAME_CHARS_MAX = 16_383;

  /** Characters (UTF-16 units) of a key's class: in a hive file its bytes are a 16-bit number. */
  public static final int CLASS_CHARS_MAX = 32_767;

  /** Bytes of a security descriptor: two SIDs and two lists of 16-bit sizes need no more. */
  public static final int DESCRIPTOR_BYTES_MAX = 256 << 10;

  /** Levels of keys below the root, as in Windows. */
  public static final int DEPTH_MAX = 512;

  /** Bytes of one value's data. Windows: 1 MB in the standard format, memory in the latest. */
  public static final int VALUE_BYTES_MAX = 16 << 20;

  /** Bytes of one batch as it is written down. */
  public static final int BATCH_BYTES_MAX = 64 << 20;

  /** Bytes, about, of the contents that a batch gives a key, beside its own. */
  public static final long CONTENTS_BYTES_MAX = 1L << 30;

  /** Changes in one batch. */
  public static final int BATCH_CHANGES_MAX = 1_000_000;

  /** Preconditions of one batch. */
  public static final int BATCH_PRECONDITIONS_MAX = 10_000;

  private Limits() {}

  static void check(String what, long found, long max, String limit) {
    if (found > max) {
      throw new IllegalArgumentException(
          "%s: found %,d, at most %,d allowed (%s)".formatted(what, found, max, limit));
    }
  }
}
