package dev.holdfast.checkpoint;

/** What was asked of a patch cannot be done in the state it is in. The message is a sentence. */
public final class PatchRefusedException extends Exception {
  private static final long serialVersionUID = 1;

  PatchRefusedException(String message) {
    super(message);
  }

  @Override
  public String getMessage() {
    return String.valueOf(super.getMessage());
  }
}
