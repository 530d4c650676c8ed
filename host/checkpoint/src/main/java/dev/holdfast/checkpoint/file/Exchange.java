package dev.holdfast.checkpoint.file;

import java.io.IOException;
import java.nio.file.Path;

/** Two files that change places in one step, so that at no moment either place is empty. */
public final class Exchange {
  private Exchange() {}

  /**
   * Lets two files or directories of one file system change places. Durable when the directories
   * that they are in were synced.
   *
   * @return false if this kernel or file system cannot; nothing was changed then
   */
  public static boolean of(Path one, Path other) throws IOException {
    return Posix.exchange(one, other);
  }
}
