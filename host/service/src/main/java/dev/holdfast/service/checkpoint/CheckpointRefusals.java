package dev.holdfast.service.checkpoint;

import dev.holdfast.checkpoint.PatchRefusedException;
import dev.holdfast.checkpoint.SourceException;
import dev.holdfast.checkpoint.Subject;
import dev.holdfast.cluster.ClusterResource;
import dev.holdfast.service.api.ApiException;
import java.io.IOException;
import java.util.List;

/** What is answered when something stood in the way of what was asked of a checkpoint. */
final class CheckpointRefusals {
  private CheckpointRefusals() {}

  /** The patch was begun after it had been looked for. */
  static ApiException patched(ClusterResource owner, String done, PatchRefusedException e) {
    String name = owner.config().name();
    return new ApiException.Conflict(
        "Patched", name, "%s was not %s: %s".formatted(name, done, e.getMessage()));
  }

  static ApiException refused(Subject subject, String done, SourceException e) {
    String message = "%s was not %s: %s.".formatted(subject, done, e.getMessage());
    return switch (e.obstacle()) {
      case MISSING -> new ApiException.NotFound("Missing", subject.path(), message);
      case ACCESS_DENIED ->
          new ApiException.NotPermitted(
              "AccessDenied",
              subject.kind() == Subject.Kind.REGISTRY
                  ? message + " Ask again with --grant, or grant it with holdfast registry acl."
                  : message);
      case UNSUPPORTED ->
          new ApiException.Invalid("Unsupported", subject.path(), message, List.of());
      case HANDLE_HELD -> new ApiException.Conflict("HandleHeld", subject.path(), message);
      case CORRUPT, NO_SPACE, IO ->
          new ApiException.Failed(e.obstacle().toString(), subject.path(), message, e);
    };
  }

  static ApiException failed(Subject subject, String done, IOException e) {
    return new ApiException.Failed(
        "NotDurable",
        subject.path(),
        "%s was not %s: %s.".formatted(subject, done, e.getMessage()),
        e);
  }
}
