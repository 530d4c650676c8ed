package dev.holdfast.registry.regf;

import java.io.IOException;

/**
 * A hive file was not read: it is not one, is damaged, or is of a kind that is not served. Nothing
 * of it may be used. What to do depends on the {@link #problem}.
 */
public final class HiveFormatException extends IOException {
  /** What is wrong, by what can be done about it. */
  public enum Problem {
    /** Not a hive file at all, or a log of one. */
    NOT_A_HIVE("it is not a hive file"),

    /** A version that is not served: convert the file with the Windows that wrote it. */
    UNSUPPORTED("its version is not served"),

    /**
     * It was being written when it was copied: use its logs, or {@link Strictness#SALVAGE} what is
     * in it.
     */
    DIRTY("it was not written to its end"),

    /** Bytes that no writer leaves: restore the file from a copy. */
    DAMAGED("it is damaged"),

    /** Whole perhaps, but larger than what is served. */
    TOO_LARGE("it goes beyond a limit");

    private final String sentence;

    Problem(String sentence) {
      this.sentence = sentence;
    }
  }

  private final Problem problem;
  private final long offset;
  private final String field;

  HiveFormatException(String hive, Problem problem, long offset, String field, String found) {
    super(
        "hive not read: %s: %s: at byte 0x%x, field %s: %s; nothing of it is used"
            .formatted(hive, problem.sentence, offset, field, found));
    this.problem = problem;
    this.offset = offset;
    this.field = field;
  }

  public Problem problem() {
    return problem;
  }

  /** Where the field is that is wrong, in bytes from the start of the file. */
  public long offset() {
    return offset;
  }

  /** Which field that is, as {@code nk.parent}. */
  public String field() {
    return field;
  }
}
