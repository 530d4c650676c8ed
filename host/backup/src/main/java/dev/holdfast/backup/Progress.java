package dev.holdfast.backup;

import java.io.IOException;

/** Hears how far something has come that may take long. */
@FunctionalInterface
public interface Progress {
  /** For those who do not want to know. */
  Progress NONE = (_, _) -> {};

  /**
   * Called often, after at most a megabyte.
   *
   * @throws IOException ends it; what was begun is undone
   */
  void at(long doneBytes, long ofBytes) throws IOException;
}
