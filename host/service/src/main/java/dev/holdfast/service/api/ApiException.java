package dev.holdfast.service.api;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The service says no. The message is one line for people: what was attempted, on what, what was
 * found, what to do. Line breaks in it become spaces.
 */
public abstract sealed class ApiException extends RuntimeException {
  private final ErrorClass errorClass;
  private final String code;
  private final @Nullable String resource;

  private ApiException(
      ErrorClass errorClass,
      String code,
      @Nullable String resource,
      String message,
      @Nullable Throwable cause) {
    super(message.replaceAll("\\s*\\R\\s*", " "), cause);
    this.errorClass = errorClass;
    this.code = code;
    this.resource = resource;
  }

  public ErrorClass errorClass() {
    return errorClass;
  }

  /** A stable word for programs, such as {@code ResourceNotFound}. */
  public String code() {
    return code;
  }

  /** The object it is about, by name. */
  public Optional<String> resource() {
    return Optional.ofNullable(resource);
  }

  @Override
  public String getMessage() {
    return String.valueOf(super.getMessage());
  }

  /** There is no such object. */
  public static final class NotFound extends ApiException {
    public NotFound(String code, String resource, String message) {
      super(ErrorClass.NOT_FOUND, code, resource, message, null);
    }
  }

  /** It cannot be done in the state things are in. */
  public static final class Conflict extends ApiException {
    public Conflict(String code, @Nullable String resource, String message) {
      super(ErrorClass.CONFLICT, code, resource, message, null);
    }
  }

  /** A check rejected it, and nothing was changed. */
  public static final class Invalid extends ApiException {
    private final List<Problem> problems;

    public Invalid(String code, @Nullable String resource, String message, List<Problem> problems) {
      super(ErrorClass.INVALID, code, resource, message, null);
      this.problems = List.copyOf(problems);
    }

    /** Each thing that was found, in the order of the request; may be empty. */
    public List<Problem> problems() {
      return problems;
    }

    /**
     * One thing that is wrong.
     *
     * @param property the property it is about; null when it is about several or none
     * @param pointer where it stands in the document that was sent, as a JSON Pointer (RFC 6901);
     *     null where there is none
     */
    public record Problem(@Nullable String property, String message, @Nullable String pointer) {
      /** One that is about a property, and stands nowhere. */
      public Problem(@Nullable String property, String message) {
        this(property, message, null);
      }
    }
  }

  /** The request makes no sense. */
  public static final class Usage extends ApiException {
    public Usage(String code, String message) {
      super(ErrorClass.USAGE, code, null, message, null);
    }
  }

  /** The one who asks may not. */
  public static final class NotPermitted extends ApiException {
    public NotPermitted(String code, String message) {
      super(ErrorClass.NOT_PERMITTED, code, null, message, null);
    }
  }

  /** It was tried, and it failed. */
  public static final class Failed extends ApiException {
    public Failed(
        String code, @Nullable String resource, String message, @Nullable Throwable cause) {
      super(ErrorClass.FAILED, code, resource, message, cause);
    }
  }

  /** It took too long; it goes on. */
  public static final class Timeout extends ApiException {
    public Timeout(String code, @Nullable String resource, String message) {
      super(ErrorClass.TIMEOUT, code, resource, message, null);
    }
  }

  /** The service cannot answer now: it is starting, stopping, or waits for another node. */
  public static final class Unreachable extends ApiException {
    public Unreachable(String code, String message) {
      super(ErrorClass.UNREACHABLE, code, null, message, null);
    }
  }

  /** Our bug. */
  public static final class Internal extends ApiException {
    public Internal(String code, String message, @Nullable Throwable cause) {
      super(ErrorClass.INTERNAL, code, null, message, cause);
    }
  }
}
