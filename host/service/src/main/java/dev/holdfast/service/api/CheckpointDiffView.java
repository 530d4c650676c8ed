package dev.holdfast.service.api;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What differs between two states of a checkpoint.
 *
 * @param from a generation's number, or {@code live}
 * @param to a generation's number, or {@code live}
 */
public record CheckpointDiffView(
    String resource, int checkpoint, String path, String from, String to, List<Line> differences) {
  /**
   * One difference.
   *
   * @param where the key or file below the checkpoint's path; empty for the path itself
   * @param what a value's name, or a word such as {@code owner}; empty for the whole
   * @param from how it was; null when it was not there
   * @param to how it became; null when it is no more
   */
  public record Line(String where, String what, @Nullable String from, @Nullable String to) {}
}
