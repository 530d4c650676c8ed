package dev.holdfast.http;

import dev.holdfast.service.api.ApiException;
import dev.holdfast.service.api.RegistryBatch;
import dev.holdfast.service.api.Rehearsal;
import io.javalin.http.Context;
import java.io.IOException;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What requests say: their bodies, and the reading of them. */
final class Requests {
  /** No command needs a longer body. */
  static final int MAX_BODY_BYTES = 1 << 20;

  /**
   * What is made of a hive file takes up to 16 times its size, and it must not be the heap's end.
   */
  static final int MAX_FILE_BYTES =
      (int) Math.min(256 << 20, Runtime.getRuntime().maxMemory() / 16);

  private Requests() {}

  record Group(@Nullable String name) {}

  record Resource(
      @Nullable String name,
      @Nullable String type,
      @Nullable String group,
      @Nullable Map<String, List<String>> properties,
      @Nullable Boolean separateMonitor,
      @Nullable List<String> dependsOn) {}

  /**
   * Properties to set.
   *
   * @param privateOnly only the type's own
   */
  record Properties(
      @Nullable Map<String, List<String>> properties, @Nullable Boolean privateOnly) {}

  record Parameters(@Nullable Map<String, List<String>> parameters) {}

  record Move(@Nullable String to) {}

  record Maintenance(@Nullable Boolean on) {}

  record Tool(@Nullable List<String> command) {}

  /** One of the two. */
  record Archive(@Nullable String archive, @Nullable String name) {}

  record Registry(
      @Nullable List<RegistryBatch.Precondition> preconditions,
      @Nullable List<RegistryBatch.Change> changes,
      @Nullable Long handle) {}

  record Rights(@Nullable String path, @Nullable String principal, @Nullable String rights) {}

  record NewCheckpoint(
      @Nullable String of,
      @Nullable String onRestoreFailure,
      @Nullable String onDrift,
      @Nullable List<String> excludes,
      @Nullable Integer keep,
      @Nullable Long quietMillis,
      @Nullable Long delayMillis,
      @Nullable Long rollBackWithinMillis,
      @Nullable Boolean grant) {}

  record Rehearsals(@Nullable List<Rehearsal> rehearsals) {}

  record Rollback(@Nullable Long to) {}

  record Kill(@Nullable String signal) {}

  record Stop(@Nullable Boolean keep) {}

  static <T> T body(Context context, Class<T> type) throws IOException {
    byte[] body = context.bodyInputStream().readNBytes(MAX_BODY_BYTES + 1);
    if (body.length > MAX_BODY_BYTES) {
      throw new ApiException.Usage(
          "BodyTooLarge", "The request's body is larger than " + MAX_BODY_BYTES + " bytes.");
    }
    return Json.read(body.length == 0 ? new byte[] {'{', '}'} : body, type);
  }

  /** A body that is a file. */
  static byte[] file(Context context) throws IOException {
    return file(context, MAX_FILE_BYTES);
  }

  /** A body that is a file of at most so many bytes. */
  static byte[] file(Context context, int maxBytes) throws IOException {
    byte[] body = context.bodyInputStream().readNBytes(maxBytes + 1);
    if (body.length > maxBytes) {
      throw new ApiException.Usage(
          "BodyTooLarge",
          "The file is larger than the %d MiB that are taken of you; a heap of %d MiB has no room for more."
              .formatted(maxBytes >> 20, Runtime.getRuntime().maxMemory() >> 20));
    }
    return body;
  }

  static <T> T required(@Nullable T value, String field) {
    if (value == null) {
      throw new ApiException.Usage("MissingField", "The request's body lacks \"" + field + "\".");
    }
    return value;
  }

  static boolean flag(Context context, String name) {
    String text = context.queryParam(name);
    return switch (text) {
      case null -> false;
      case "", "true" -> true;
      case "false" -> false;
      default -> throw bad(name, text, "true or false");
    };
  }

  static String parameter(Context context, String name) {
    String value = context.queryParam(name);
    if (value == null) {
      throw new ApiException.Usage("MissingParameter", "The request lacks parameter " + name + ".");
    }
    return value;
  }

  static @Nullable Long number(Context context, String name) {
    String text = context.queryParam(name);
    try {
      return text == null ? null : Long.valueOf(text);
    } catch (NumberFormatException notANumber) {
      throw bad(name, text, "a whole number");
    }
  }

  static @Nullable Instant instant(Context context, String name) {
    String text = context.queryParam(name);
    try {
      return text == null ? null : Instant.parse(text);
    } catch (DateTimeParseException notATime) {
      throw bad(name, text, "a time such as 2026-11-01T12:00:00Z");
    }
  }

  /** A number that stands in the path. */
  static long pathNumber(Context context, String name, String kind) {
    String text = context.pathParam(name);
    try {
      return Long.parseLong(text);
    } catch (NumberFormatException notANumber) {
      throw new ApiException.NotFound(
          kind + "NotFound", text, "There is no " + kind + " " + text + ": it goes by a number.");
    }
  }

  private static ApiException.Usage bad(String name, String text, String expected) {
    return new ApiException.Usage(
        "BadParameter", "Parameter " + name + " is \"" + text + "\"; it is " + expected + ".");
  }
}
