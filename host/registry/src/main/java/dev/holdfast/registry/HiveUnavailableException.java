package dev.holdfast.registry;

import org.jspecify.annotations.Nullable;

/**
 * The batch was certainly not committed: the hive is closed or read-only, or its disk failed and
 * what was written of the batch was taken back. Reading goes on; for writing the hive must be
 * opened again once the cause is gone.
 */
public final class HiveUnavailableException extends CommitException {
  public HiveUnavailableException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
