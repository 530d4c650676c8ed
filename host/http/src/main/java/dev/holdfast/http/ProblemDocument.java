package dev.holdfast.http;

import dev.holdfast.service.api.ApiException;
import dev.holdfast.service.api.ErrorClass;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An error as RFC 9457 has it, with our {@code code} and {@code resource} added, and the exit code
 * of a command that gets it.
 *
 * @param detail one line for people
 * @param problems each thing that a check found
 */
record ProblemDocument(
    String type,
    String title,
    int status,
    String detail,
    String code,
    @Nullable String resource,
    int exitCode,
    List<ApiException.Invalid.Problem> problems) {
  static final String MEDIA_TYPE = "application/problem+json";

  static ProblemDocument of(ApiException refusal) {
    int status = status(refusal.errorClass());
    return new ProblemDocument(
        "about:blank",
        title(refusal.errorClass()),
        status,
        refusal.getMessage(),
        refusal.code(),
        refusal.resource().orElse(null),
        refusal.errorClass().exitCode(),
        refusal instanceof ApiException.Invalid invalid ? invalid.problems() : List.of());
  }

  /** What the server itself refuses, before or beside any route. */
  static ProblemDocument ofStatus(int status, String detail) {
    ErrorClass errorClass =
        switch (status) {
          case 403 -> ErrorClass.NOT_PERMITTED;
          case 404 -> ErrorClass.USAGE; // the route, not an object of ours
          case 503 -> ErrorClass.UNREACHABLE;
          default -> status < 500 ? ErrorClass.USAGE : ErrorClass.INTERNAL;
        };
    return new ProblemDocument(
        "about:blank",
        title(errorClass),
        status,
        detail,
        "Http" + status,
        null,
        errorClass.exitCode(),
        List.of());
  }

  private static int status(ErrorClass errorClass) {
    return switch (errorClass) {
      case USAGE -> 400;
      case NOT_PERMITTED -> 403;
      case NOT_FOUND -> 404;
      case CONFLICT -> 409;
      case INVALID -> 422;
      case FAILED, INTERNAL -> 500;
      case UNREACHABLE -> 503;
      case TIMEOUT -> 504;
    };
  }

  private static String title(ErrorClass errorClass) {
    return switch (errorClass) {
      case USAGE -> "The request makes no sense";
      case NOT_PERMITTED -> "Not permitted";
      case NOT_FOUND -> "No such object";
      case CONFLICT -> "Conflict";
      case INVALID -> "Rejected by validation";
      case FAILED -> "It failed";
      case INTERNAL -> "Internal error";
      case UNREACHABLE -> "The service cannot answer now";
      case TIMEOUT -> "It took too long";
    };
  }
}
