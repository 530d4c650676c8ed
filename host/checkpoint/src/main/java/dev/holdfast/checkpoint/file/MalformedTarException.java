package dev.holdfast.checkpoint.file;

import java.io.IOException;

/** What was to be a tar of a tree is none. The message is a part of a sentence. */
final class MalformedTarException extends IOException {
  private static final long serialVersionUID = 1;

  MalformedTarException(String message) {
    super(message);
  }

  MalformedTarException(String message, Throwable cause) {
    super(message, cause);
  }
}
