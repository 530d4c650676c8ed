package dev.holdfast.service.type;

import dev.holdfast.cluster.TypeStatus;

/** A registered type cannot be turned into code now; the message says why, in a sentence. */
public final class UnresolvedTypeException extends Exception {
  private static final long serialVersionUID = 1;

  private final TypeStatus status;

  UnresolvedTypeException(TypeStatus status, String message) {
    super(message);
    this.status = status;
  }

  /** Which of the four things is wrong. */
  public TypeStatus status() {
    return status;
  }
}
