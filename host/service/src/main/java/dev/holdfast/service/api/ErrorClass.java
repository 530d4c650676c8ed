package dev.holdfast.service.api;

/** The kinds of "no", with the exit code that a command ends with. The codes are a promise. */
public enum ErrorClass {
  /** It was tried, and it failed. */
  FAILED(1),
  /** The request makes no sense. */
  USAGE(2),
  NOT_FOUND(4),
  /** The service is starting, stopping or away. */
  UNREACHABLE(5),
  NOT_PERMITTED(6),
  /** Not in this state; somebody else was faster. */
  CONFLICT(7),
  /** It took too long; it goes on. */
  TIMEOUT(8),
  /** A check before the deed rejected it. */
  INVALID(9),
  /** Our bug. */
  INTERNAL(70);

  private final int exitCode;

  ErrorClass(int exitCode) {
    this.exitCode = exitCode;
  }

  public int exitCode() {
    return exitCode;
  }
}
