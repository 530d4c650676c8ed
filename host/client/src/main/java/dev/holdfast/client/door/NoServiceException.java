package dev.holdfast.client.door;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** No service listens for a home. The message is one sentence; nothing was sent. */
public final class NoServiceException extends IOException {
  private final boolean isStarting;

  NoServiceException(String message, boolean isStarting, @Nullable Exception cause) {
    super(message, cause);
    this.isStarting = isStarting;
  }

  @Override
  public String getMessage() {
    return String.valueOf(super.getMessage());
  }

  /** One is about to, and takes no requests yet. */
  public boolean isStarting() {
    return isStarting;
  }
}
