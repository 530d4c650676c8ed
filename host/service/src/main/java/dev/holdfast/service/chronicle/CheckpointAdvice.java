package dev.holdfast.service.chronicle;

import dev.holdfast.checkpoint.Checkpoint;
import dev.holdfast.checkpoint.Generation;
import dev.holdfast.checkpoint.Obstacle;
import dev.holdfast.checkpoint.Subject;
import dev.holdfast.service.api.ShellWord;

/** What to run next when something stands in the way of a checkpoint. */
public final class CheckpointAdvice {
  private CheckpointAdvice() {}

  /** How to undo what a generation changed. */
  static String rollback(Checkpoint checkpoint, String resource, Generation blamed) {
    String name = ShellWord.of(resource);
    return checkpoint
        .before(blamed)
        .map(
            each ->
                "holdfast checkpoint rollback %s %d --to %d && holdfast resource restart %s"
                    .formatted(name, checkpoint.id().number(), each.number(), name))
        .orElse("holdfast checkpoint history %s %d".formatted(name, checkpoint.id().number()));
  }

  public static String of(Checkpoint checkpoint, String resource, Obstacle obstacle) {
    return of(checkpoint.subject(), checkpoint.id().number(), resource, obstacle);
  }

  /** The same of a checkpoint whose records are kept elsewhere. */
  public static String of(Subject subject, int number, String resource, Obstacle obstacle) {
    boolean isKey = subject.kind() == Subject.Kind.REGISTRY;
    String path = ShellWord.of(isKey ? "HKLM\\" + subject.path() : subject.path());
    String name = ShellWord.of(resource);
    return switch (obstacle) {
      case HANDLE_HELD ->
          isKey
              ? "holdfast registry handles %s, then holdfast registry handles --close ID and holdfast resource restart %s"
                  .formatted(path, name)
              : "end the processes that have its files open for writing, then holdfast resource restart %s"
                  .formatted(name);
      case ACCESS_DENIED ->
          isKey
              ? "holdfast registry acl grant %s cluster-service KEY_ALL_ACCESS".formatted(path)
              : "give the user of the cluster service access to %s".formatted(path);
      case CORRUPT -> "holdfast checkpoint verify %s".formatted(name);
      case MISSING -> "holdfast checkpoint history %s %d".formatted(name, number);
      case NO_SPACE -> "free space, then holdfast checkpoint save %s".formatted(name);
      case UNSUPPORTED, IO -> "holdfast checkpoint show %s %d".formatted(name, number);
    };
  }
}
