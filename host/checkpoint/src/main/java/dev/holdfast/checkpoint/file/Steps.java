package dev.holdfast.checkpoint.file;

import java.io.IOException;

/**
 * Is told of each step that changes something on disk, before it is taken, and of the most of them
 * when it was. Tests die there, and so do services whose fail points are asked for.
 */
@FunctionalInterface
public interface Steps {
  /** Where nobody looks. */
  Steps UNSEEN = step -> {};

  /**
   * Hears of a step that is about to be taken.
   *
   * @throws IOException the disk is to fail here
   */
  void at(String step) throws IOException;

  /**
   * Hears of a step that was taken.
   *
   * @throws IOException the disk is to say that it failed all the same
   */
  default void done(String step) throws IOException {}
}
