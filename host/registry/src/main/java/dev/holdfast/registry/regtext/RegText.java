package dev.holdfast.registry.regtext;

import java.util.List;

/**
 * What a text says.
 *
 * @param header its first line, without blanks before it
 * @param operations what it says to do, in its order
 * @param skipped lines that were left out; the first {@link #SKIPPED_MAX} of them
 * @param skippedCount how many were left out in all
 */
public record RegText(
    String header, List<RegOperation> operations, List<Skipped> skipped, long skippedCount) {
  /** Of so many lines that were left out, number and reason are kept. */
  public static final int SKIPPED_MAX = 1_000;

  /** Copies the lists. */
  public RegText {
    operations = List.copyOf(operations);
    skipped = List.copyOf(skipped);
  }

  /**
   * A line that was left out, or a value that began there.
   *
   * @param line its number; the first line is 1
   * @param text how it begins
   * @param reason why it was left out
   */
  public record Skipped(int line, String text, String reason) {
    @Override
    public String toString() {
      return "line %,d left out: %s: %s".formatted(line, reason, text);
    }
  }
}
