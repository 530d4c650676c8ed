package dev.holdfast.backup;

import java.io.IOException;

/**
 * What was asked is not done in the state that things are in, and nothing was changed; the message
 * says what to do.
 */
public final class RefusedException extends IOException {
  RefusedException(String message) {
    super(message);
  }

  RefusedException(String message, Throwable cause) {
    super(message, cause);
  }
}
