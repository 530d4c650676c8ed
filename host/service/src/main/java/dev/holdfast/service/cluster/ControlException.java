package dev.holdfast.service.cluster;

/** A control was not done, failed, or may have been done. */
public final class ControlException extends Exception {
  private static final long serialVersionUID = 1;

  /** What is known of it. */
  public enum Fate {
    /** It was not begun. */
    NOT_DONE,
    /** The type's own code does not take the parameters; it was not begun. */
    REFUSED,
    /** The plugin says that it failed. */
    FAILED,
    /** Nobody can say. */
    UNKNOWN
  }

  private final Fate fate;
  private final String code;

  private ControlException(Fate fate, String code, String message) {
    super(message);
    this.fate = fate;
    this.code = code;
  }

  public static ControlException notDone(String code, String message) {
    return new ControlException(Fate.NOT_DONE, code, message);
  }

  public static ControlException refused(String code, String message) {
    return new ControlException(Fate.REFUSED, code, message);
  }

  public static ControlException failed(String code, String message) {
    return new ControlException(Fate.FAILED, code, message);
  }

  public static ControlException unknown(String message) {
    return new ControlException(Fate.UNKNOWN, "MayHaveBeenDone", message);
  }

  public Fate fate() {
    return fate;
  }

  /** Stable; the plugin's own where it failed. */
  public String code() {
    return code;
  }
}
