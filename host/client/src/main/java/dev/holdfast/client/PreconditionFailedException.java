package dev.holdfast.client;

/**
 * A condition of {@link Changes} does not hold: somebody else was faster. Nothing was done; read
 * again, decide again.
 */
public final class PreconditionFailedException extends ConflictException {
  PreconditionFailedException(String code, String message) {
    super(code, message);
  }
}
