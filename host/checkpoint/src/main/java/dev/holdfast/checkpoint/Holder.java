package dev.holdfast.checkpoint;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Who holds what is in the way.
 *
 * @param process its program
 * @param what the key as it was opened, or the file
 * @param resolved the key or file that this is in truth
 * @param since when it was opened; null where that is not known
 */
public record Holder(
    String process, long pid, String what, String resolved, @Nullable Instant since) {
  @Override
  public String toString() {
    return "%s (pid %d) holds %s".formatted(process, pid, what);
  }
}
