package dev.holdfast.spi;

import java.util.Objects;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Something went wrong with a resource: who must act, where trying again makes sense, a stable
 * code, and a sentence that says what was attempted, on what, what was found, and what to do.
 */
public class ResourceException extends Exception {
  private static final long serialVersionUID = 1L;
  private static final Pattern CODE = Pattern.compile("[A-Z][A-Za-z0-9]{0,63}");

  /** Who must act. */
  public enum Responsibility {
    /** Who configured the resource. */
    USER,
    /** Whoever looks after the thing that the resource runs. */
    RESOURCE,
    /** Whoever looks after the machine: disk, network, permissions. */
    ENVIRONMENT,
    /** The type's or the host's authors. */
    INTERNAL
  }

  /** Where trying again makes sense. Pacemaker: soft, hard and fatal errors. */
  public enum Retry {
    /** On this node. */
    HERE,
    /** On another node, not on this one. */
    OTHER_NODE,
    /** Nowhere, until someone has changed something. */
    NOWHERE
  }

  private final Responsibility responsibility;
  private final Retry retry;
  private final String code;

  public ResourceException(
      Responsibility responsibility, Retry retry, String code, String message) {
    this(responsibility, retry, code, message, null);
  }

  /**
   * @param code a stable name for this kind of error, such as {@code CommandNotFound}: a capital,
   *     then up to 63 letters and digits; it becomes a metric's label, so it never holds data
   * @param message a whole sentence
   * @throws IllegalArgumentException when the code is not of that form
   */
  public ResourceException(
      Responsibility responsibility,
      Retry retry,
      String code,
      String message,
      @Nullable Throwable cause) {
    super(message, cause);
    this.responsibility = Objects.requireNonNull(responsibility, "responsibility");
    this.retry = Objects.requireNonNull(retry, "retry");
    this.code = Objects.requireNonNull(code, "code");
    if (!CODE.matcher(code).matches()) {
      throw new IllegalArgumentException(
          "'"
              + code
              + "' cannot be an error's code (a capital, then letters and digits): "
              + message,
          cause);
    }
  }

  public Responsibility responsibility() {
    return responsibility;
  }

  public Retry retry() {
    return retry;
  }

  public String code() {
    return code;
  }
}
