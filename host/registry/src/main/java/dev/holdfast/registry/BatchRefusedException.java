package dev.holdfast.registry;

/** The batch was not committed and will not be: it asked for what does not fit the hive. */
public abstract sealed class BatchRefusedException extends CommitException
    permits PreconditionFailedException, InvalidBatchException {
  BatchRefusedException(String message) {
    super(message, null);
  }
}
