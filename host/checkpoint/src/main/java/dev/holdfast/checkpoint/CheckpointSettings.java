package dev.holdfast.checkpoint;

import java.time.Duration;

/**
 * How a checkpoint is to be kept.
 *
 * @param keep so many generations are kept, the current one in any case
 * @param quiet how long nothing must change before a change is saved
 * @param delay how long a change waits at most
 * @param rollBackWithin a resource that fails within this time after a generation was saved, and
 *     again after a restart, is rolled back to the generation before; zero for never
 */
public record CheckpointSettings(
    RestorePolicy onRestoreFailure,
    DriftPolicy onDrift,
    int keep,
    Duration quiet,
    Duration delay,
    Duration rollBackWithin) {
  /** So many generations can be kept at most. */
  public static final int KEEP_MAX = 1_000;

  /** Changes wait no longer, whatever is asked for: what is not saved can be lost. */
  public static final Duration DELAY_MAX = Duration.ofHours(1);

  /** What failed later than this after a change is hardly due to it. */
  public static final Duration ROLL_BACK_MAX = Duration.ofHours(24);

  /** What holds unless something else is said. */
  public static final CheckpointSettings DEFAULT =
      new CheckpointSettings(
          RestorePolicy.CONTINUE,
          DriftPolicy.RESTORE,
          10,
          Duration.ofMillis(250),
          Duration.ofSeconds(2),
          Duration.ZERO);

  /** Checks the limits. */
  public CheckpointSettings {
    if (keep < 1 || keep > KEEP_MAX) {
      throw new IllegalArgumentException(
          "1 to %,d generations can be kept, found %,d".formatted(KEEP_MAX, keep));
    }
    if (quiet.isNegative() || delay.isNegative() || delay.compareTo(DELAY_MAX) > 0) {
      throw new IllegalArgumentException(
          "a change is saved after a quiet time and a delay of 0 to %d s, found %d ms and %d ms"
              .formatted(DELAY_MAX.toSeconds(), quiet.toMillis(), delay.toMillis()));
    }
    if (rollBackWithin.isNegative() || rollBackWithin.compareTo(ROLL_BACK_MAX) > 0) {
      throw new IllegalArgumentException(
          "a generation is blamed for failures within 0 to %d h, found %d ms"
              .formatted(ROLL_BACK_MAX.toHours(), rollBackWithin.toMillis()));
    }
    if (quiet.compareTo(delay) > 0) {
      throw new IllegalArgumentException(
          "the quiet time is at most the delay, found %d ms and %d ms"
              .formatted(quiet.toMillis(), delay.toMillis()));
    }
  }
}
