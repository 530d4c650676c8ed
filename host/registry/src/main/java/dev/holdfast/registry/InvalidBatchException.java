package dev.holdfast.registry;

/**
 * A change cannot be made: a value of a key that does not exist, a key deleted that has subkeys, a
 * batch too large. The message names the change and what was found.
 */
public final class InvalidBatchException extends BatchRefusedException {
  public InvalidBatchException(String message) {
    super(message);
  }
}
