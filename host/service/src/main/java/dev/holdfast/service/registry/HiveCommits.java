package dev.holdfast.service.registry;

import dev.holdfast.registry.Batch;
import dev.holdfast.registry.BatchRefusedException;
import dev.holdfast.registry.CommitException;
import dev.holdfast.registry.PreconditionFailedException;
import dev.holdfast.registry.Revision;
import dev.holdfast.service.api.ApiException;
import dev.holdfast.service.api.RegistryCommitView;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionException;

/** Batches on their way into a hive, and what to say when they do not get there. */
final class HiveCommits {
  private HiveCommits() {}

  /** The batch, if it is one. */
  static Batch build(Batch.Builder batch) {
    try {
      return batch.build();
    } catch (IllegalArgumentException e) {
      throw new ApiException.Usage("BadBatch", "The batch is refused: " + e.getMessage() + ".");
    }
  }

  /**
   * Makes the changes; they are durable when it returns.
   *
   * @param notes what the answer is to say beside
   * @param dryRun only looks whether they could be made
   */
  static RegistryCommitView commit(
      MountedHive hive, Batch batch, List<String> notes, boolean dryRun) {
    Revision revision = dryRun ? tried(hive, batch) : committed(hive, batch);
    return new RegistryCommitView(hive.path(), revision.number(), batch.changes().size(), notes);
  }

  private static Revision tried(MountedHive hive, Batch batch) {
    try {
      return hive.snapshot().apply(batch).revision();
    } catch (BatchRefusedException e) {
      throw refused(hive, e);
    }
  }

  private static Revision committed(MountedHive hive, Batch batch) {
    try {
      return hive.submitting().submit(batch, Optional.empty()).join();
    } catch (CompletionException e) {
      throw failed(hive, e.getCause() == null ? e : e.getCause());
    }
  }

  private static ApiException failed(MountedHive hive, Throwable cause) {
    return cause instanceof BatchRefusedException refused
        ? refused(hive, refused)
        : new ApiException.Failed(
            cause instanceof CommitException ? "NotCommitted" : "Internal",
            hive.path(),
            "%s was not changed: %s.".formatted(hive.path(), cause.getMessage()),
            cause);
  }

  private static ApiException refused(MountedHive hive, BatchRefusedException e) {
    return new ApiException.Conflict(
        e instanceof PreconditionFailedException ? "PreconditionFailed" : "BatchRefused",
        hive.path(),
        "%s was not changed: %s.".formatted(hive.path(), e.getMessage()));
  }
}
