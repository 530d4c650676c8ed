package dev.holdfast.registry.handle;

/** A handle cannot be used, or not be had. */
public final class HandleException extends Exception {
  /** Why, with the number of the Windows error that says the same. */
  public enum Reason {
    /** The right was not asked for when the key was opened; open it again with that right. */
    RIGHT_NOT_GRANTED(5),

    /** Never given, closed since, or another connection's. */
    NO_SUCH_HANDLE(6),

    /** The key that it was opened for is gone; close it, and open the key of that name anew. */
    KEY_DELETED(1018),

    /** A limit is reached; close some. */
    TOO_MANY_HANDLES(1450);

    private final int windowsError;

    Reason(int windowsError) {
      this.windowsError = windowsError;
    }

    public int windowsError() {
      return windowsError;
    }
  }

  private final Reason reason;

  HandleException(Reason reason, String message) {
    super(message);
    this.reason = reason;
  }

  public Reason reason() {
    return reason;
  }
}
