package dev.holdfast.checkpoint.file;

import java.io.IOException;

/** Is told of each step that changes something on disk, before it is taken. Tests die there. */
@FunctionalInterface
interface Steps {
  Steps UNSEEN = step -> {};

  /**
   * Hears of a step.
   *
   * @throws IOException a test has the disk fail here
   */
  void at(String step) throws IOException;
}
