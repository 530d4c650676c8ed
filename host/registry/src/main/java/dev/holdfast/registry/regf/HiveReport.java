package dev.holdfast.registry.regf;

import java.util.List;

/**
 * What a hive file was like that was read.
 *
 * @param minorVersion 3 for 1.3, up to 6
 * @param savedAtFiletime when it was saved, in steps of 100 ns since 1601; 0 if it does not say
 * @param keyCount how many keys it has, its root included
 * @param valueCount how many values all keys have together
 * @param warnings what was unusual, one entry for each kind
 */
public record HiveReport(
    int minorVersion,
    long savedAtFiletime,
    long keyCount,
    long valueCount,
    List<HiveWarning> warnings) {
  /** Copies the list. */
  public HiveReport {
    warnings = List.copyOf(warnings);
  }
}
