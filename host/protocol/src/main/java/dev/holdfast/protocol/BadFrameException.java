package dev.holdfast.protocol;

import java.io.IOException;

/** What arrived is not a frame. */
final class BadFrameException extends IOException {
  BadFrameException(String message) {
    super(message);
  }

  BadFrameException(String message, Throwable cause) {
    super(message, cause);
  }
}
