package dev.holdfast.service.event;

import java.nio.file.Path;

/**
 * A file to be kept with an incident, under a name of its own.
 *
 * <p>At most {@link Incidents#EVIDENCE_LIMIT_BYTES} of each are kept.
 */
public sealed interface Evidence {
  /** What it is kept as: a plain file name. */
  String name();

  /**
   * The beginning of a file, where a crash report says what matters. Absent when there is no file.
   */
  record Head(String name, Path file) implements Evidence {}

  /** The end of a file, where an output says what happened last. Absent when there is no file. */
  record Tail(String name, Path file) implements Evidence {}

  /** A text, such as a thread dump. */
  record Text(String name, String text) implements Evidence {}
}
