package dev.holdfast.samples.volume;

/** The cloud answered, and did not do it. */
final class RefusedException extends Exception {
  private static final long serialVersionUID = 1;

  private final String code;

  /**
   * @param code what the cloud calls it: {@code Stale}, {@code Held}, {@code NotAttached}…
   */
  RefusedException(String code, String message) {
    super(message);
    this.code = code;
  }

  String code() {
    return code;
  }
}
