package dev.holdfast.checkpoint;

import java.io.IOException;
import java.io.OutputStream;

/** The content of a source as it was at one moment. For one thread. */
public interface Capture extends AutoCloseable {
  /**
   * Says what the content is, as {@code sha256:HEX}: two captures have the same one if and only if
   * their content is the same. Times at which keys were written, and where something stands in a
   * file, are no content; a file's own modification time is.
   */
  String fingerprint();

  /** Writes the content so that {@link Source#restore} can read it back. */
  void writeTo(OutputStream out) throws IOException;

  /** For registry content: the revision of the hive that it was read from; else 0. */
  default long revision() {
    return 0;
  }

  @Override
  default void close() {}
}
