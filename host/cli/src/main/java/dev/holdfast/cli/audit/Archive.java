package dev.holdfast.cli.audit;

/** What is where a registration says that its archive is. */
sealed interface Archive {
  /**
   * A file that could be read.
   *
   * @param digest {@code sha256:HEX} of what is in it now
   */
  record Present(String digest) implements Archive {}

  /** No file, or none that can be read. */
  record Unreadable(String why) implements Archive {}
}
