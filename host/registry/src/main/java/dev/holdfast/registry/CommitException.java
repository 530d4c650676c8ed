package dev.holdfast.registry;

import org.jspecify.annotations.Nullable;

/**
 * Why a batch was not acknowledged. Three kinds, never folded into one another, because what the
 * caller may do next differs:
 *
 * <ul>
 *   <li>{@link BatchRefusedException}: certainly not committed, because of what the batch says;
 *   <li>{@link HiveUnavailableException}: certainly not committed, because of the hive's state;
 *   <li>{@link IndeterminateCommitException}: it may or may not be found committed later.
 * </ul>
 */
public abstract sealed class CommitException extends Exception
    permits BatchRefusedException, HiveUnavailableException, IndeterminateCommitException {
  CommitException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
