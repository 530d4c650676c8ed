package dev.holdfast.service.archive;

/**
 * How much an archive may be. Generous to plugins with libraries of their own, far below what would
 * hurt a node.
 *
 * @param archiveBytesMax size of the zip
 * @param entriesMax entries in the zip
 * @param unpackedBytesMax all of it unpacked
 * @param ratioMax unpacked to packed bytes of one entry, counted from {@link #RATIO_FREE_BYTES} up
 * @param jarEntriesMax entries in one jar
 */
public record ArchiveLimits(
    long archiveBytesMax, int entriesMax, long unpackedBytesMax, int ratioMax, int jarEntriesMax) {

  public static final ArchiveLimits DEFAULT =
      new ArchiveLimits(256L << 20, 4_096, 512L << 20, 200, 100_000);

  /** A small entry may be packed as well as it likes: an empty log of a megabyte hurts nobody. */
  static final long RATIO_FREE_BYTES = 1L << 20;

  /** How long an entry's name may be, in chars. */
  static final int NAME_CHARS_MAX = 512;

  /** How large plugin.properties, a manifest or a list of services may be. */
  static final int TEXT_BYTES_MAX = 64 << 10;

  /** How large a class of a type's own may be; the largest that javac makes is far smaller. */
  static final int CLASS_BYTES_MAX = 16 << 20;
}
