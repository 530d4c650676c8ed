package dev.holdfast.client.transport;

import java.io.IOException;
import java.time.Duration;

/** The time that was given is over. Whether the request was carried out is not known. */
public final class DeadlineException extends IOException {
  DeadlineException(Duration wait) {
    super("No answer came within " + wait.toMillis() + " ms.");
  }
}
