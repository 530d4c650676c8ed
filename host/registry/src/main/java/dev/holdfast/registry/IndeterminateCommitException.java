package dev.holdfast.registry;

import org.jspecify.annotations.Nullable;

/**
 * Nobody knows whether the batch is committed: it was on its way to the disk (or to other nodes)
 * when that failed. The snapshot does not show it, but after the next opening it may be there. Do
 * not act as if it had happened, nor as if it had not: read again once the hive is open again.
 */
public final class IndeterminateCommitException extends CommitException {
  public IndeterminateCommitException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
