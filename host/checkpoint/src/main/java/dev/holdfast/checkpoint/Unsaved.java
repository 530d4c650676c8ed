package dev.holdfast.checkpoint;

import java.time.Instant;

/**
 * Changes of a checkpoint that could not be saved when they were to be, and are tried again. They
 * are there, and live, and on this node only.
 *
 * @param since when the first of them was made, or seen
 * @param wanted what they were to be saved as
 * @param trouble what stood in the way of the last try
 */
public record Unsaved(
    CheckpointId id, Subject subject, Instant since, Cause wanted, Trouble trouble) {
  /** Whether a try that failed is no news: it was the same, and failed for the same reason. */
  boolean isSame(Unsaved other) {
    return wanted == other.wanted && trouble.obstacle() == other.trouble.obstacle();
  }

  Unsaved since(Instant earlier) {
    return new Unsaved(id, subject, earlier, wanted, trouble);
  }

  /** With the time since when: {@code checkpoint 1 (registry:X) not saved since 12:00:00: …}. */
  public String since(String time) {
    return "checkpoint %d (%s) not saved since %s: %s"
        .formatted(id.number(), subject, time, trouble);
  }
}
