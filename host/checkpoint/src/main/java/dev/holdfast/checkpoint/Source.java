package dev.holdfast.checkpoint;

import java.nio.file.Path;
import java.util.List;

/**
 * What a checkpoint is of, where it lives on this node: a registry key with all below it, or a file
 * tree. Its methods block while they read and write, and are called by one thread at a time, {@link
 * #watch} excepted; what they throw says what stood in the way.
 */
public interface Source {
  /**
   * Reads the live content.
   *
   * @throws SourceException {@link Obstacle#MISSING} when it is not there at all
   */
  Capture capture() throws SourceException;

  /**
   * Makes the live content what was saved: afterwards a capture has the saved one's fingerprint, or
   * this threw, and then the live content is what it was before. Whoever may not write, or is in
   * the way of a writer, is found also when there would be nothing to write.
   *
   * @param saved a blob that {@link Capture#writeTo} wrote; its digest was verified
   * @param force also while others hold what is replaced
   * @return what went well enough but should be said, one sentence each
   */
  List<String> restore(Path saved, boolean force) throws SourceException;

  /**
   * Makes the same checks as {@link #restore}, and changes nothing.
   *
   * @param saved see there
   */
  void rehearse(Path saved) throws SourceException;

  /**
   * Tells of changes from now on, its deletion among them, until the watch is closed. Own restores
   * are not told. Told too often rather than too seldom: what changed and changed back is told.
   *
   * @param changed called on any thread; returns at once
   * @throws SourceException it cannot be watched
   */
  Watching watch(Runnable changed) throws SourceException;

  /** What differs from the first content to the second, in order of their names. */
  List<Difference> diff(Path from, Path to) throws SourceException;

  /** An ongoing watch. */
  @FunctionalInterface
  interface Watching extends AutoCloseable {
    /** Nothing is told after it has returned, but for what is being told right then. */
    @Override
    void close();
  }
}
