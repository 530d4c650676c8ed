package dev.holdfast.http;

import dev.holdfast.service.api.ApiException;
import dev.holdfast.service.api.Narration;
import dev.holdfast.service.api.Operation;
import dev.holdfast.service.api.Outcome;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * An operation as it is now.
 *
 * @param state {@code running done failed}
 * @param tookMillis null while it runs
 * @param message how it ended, in a sentence; null while it runs
 * @param code of the refusal, when it failed
 * @param exitCode of a command that waited for it; null while it runs
 * @param states of the resources it was about
 * @param lines what it has said; empty within a stream, where they come one by one
 * @param values what it found out or made, by name; only a control has any
 */
record OperationView(
    String id,
    String what,
    String state,
    Instant started,
    @Nullable Long tookMillis,
    @Nullable String message,
    @Nullable String code,
    @Nullable String resource,
    @Nullable Integer exitCode,
    List<ApiException.Invalid.Problem> problems,
    List<Outcome.ResourceState> states,
    List<Narration> lines,
    Map<String, String> values) {

  /** The operation at its beginning, even if it has ended by now: a stream's last line says so. */
  static OperationView accepted(Operation operation) {
    return of(operation, Optional.empty(), List.of());
  }

  /** The operation, without what it said. */
  static OperationView of(Operation operation) {
    return of(operation, operation.outcome(), List.of());
  }

  static OperationView withLines(Operation operation) {
    return of(operation, operation.outcome(), operation.lines());
  }

  private static OperationView of(
      Operation operation, Optional<Outcome> outcome, List<Narration> lines) {
    return switch (outcome.orElse(null)) {
      case null ->
          new OperationView(
              operation.id(),
              operation.what(),
              "running",
              operation.started(),
              null,
              null,
              null,
              null,
              null,
              List.of(),
              List.of(),
              lines,
              Map.of());
      case Outcome.Done done ->
          new OperationView(
              operation.id(),
              operation.what(),
              "done",
              operation.started(),
              done.took().toMillis(),
              done.message(),
              null,
              null,
              0,
              List.of(),
              done.states(),
              lines,
              done.values());
      case Outcome.Failed failed ->
          new OperationView(
              operation.id(),
              operation.what(),
              "failed",
              operation.started(),
              failed.took().toMillis(),
              failed.refusal().getMessage(),
              failed.refusal().code(),
              failed.refusal().resource().orElse(null),
              failed.refusal().errorClass().exitCode(),
              failed.refusal() instanceof ApiException.Invalid invalid
                  ? invalid.problems()
                  : List.of(),
              failed.states(),
              lines,
              Map.of());
    };
  }

  /** One line of an operation's stream: the operation first and last, what it says between. */
  record StreamItem(@Nullable OperationView operation, @Nullable Narration line) {}
}
