package dev.holdfast.registry.regf;

/**
 * Something unusual in a hive file that was read nevertheless.
 *
 * @param oddity what it is
 * @param firstOffset where it was found first, in bytes from the start of the file
 * @param firstFound what was found there
 * @param count how often it was found
 */
public record HiveWarning(Oddity oddity, long firstOffset, String firstFound, long count) {
  @Override
  public String toString() {
    return "%s (%,d, first at byte 0x%x: %s)"
        .formatted(oddity.sentence(), count, firstOffset, firstFound);
  }
}
