package dev.holdfast.service.api;

import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Checkpoints: what of a resource's local configuration follows it, is remembered, and can be
 * rolled back (Q174070).
 *
 * <p>Thread-safe; a change returns when it is durable. Resources go by name or id. All methods
 * throw {@link ApiException}: {@link ApiException.NotFound} for a resource, checkpoint or
 * generation that is not there.
 */
public interface CheckpointApi {
  /**
   * A checkpoint that is to be added.
   *
   * @param of {@code registry:PATH} with a path relative to HKLM, or {@code file:PATH} with an
   *     absolute one
   * @param onRestoreFailure continue, retry, force or fail; null for continue
   * @param onDrift restore, adopt or refuse; null for restore
   * @param excludes globs below the tree's root; for files only
   * @param keep how many generations are kept; null for 10
   * @param quietMillis null for 250
   * @param delayMillis null for 2000
   * @param rollBackWithinMillis a resource that fails so soon after a generation was saved, and
   *     again after a restart, is rolled back; null or 0 for never
   * @param grant gives the cluster service the rights it needs to the key
   */
  record NewCheckpoint(
      String of,
      @Nullable String onRestoreFailure,
      @Nullable String onDrift,
      List<String> excludes,
      @Nullable Integer keep,
      @Nullable Long quietMillis,
      @Nullable Long delayMillis,
      @Nullable Long rollBackWithinMillis,
      boolean grant) {}

  /** Those of a resource; null for all, resource by resource. */
  List<CheckpointView> checkpoints(@Nullable String resource);

  CheckpointView checkpoint(String resource, int id);

  /**
   * Adds a checkpoint and saves its first generation from the live content.
   *
   * @throws ApiException.Conflict the resource has it already
   * @throws ApiException.Invalid the key or path is not there, or may not be checkpointed
   * @throws ApiException.NotPermitted the cluster service may not read it
   */
  CheckpointChangeView add(Caller caller, String resource, NewCheckpoint wanted, boolean dryRun);

  /** Removes a checkpoint with all its generations; the live content stays. */
  CheckpointView remove(String resource, int id, boolean dryRun);

  /**
   * Saves the live content as the current generation, whatever state the resource is in; one whose
   * content is saved already gets no new generation.
   *
   * @param id null for all of the resource
   */
  List<CheckpointChangeView> save(String resource, @Nullable Integer id, boolean dryRun);

  /** Oldest first. */
  List<GenerationView> history(String resource, int id);

  /**
   * One generation.
   *
   * @param generation null for the current one
   */
  GenerationView generation(String resource, int id, @Nullable Long generation);

  /**
   * Writes a generation's content.
   *
   * @param generation null for the current one
   * @param format {@code hive} or {@code reg} of registry content, {@code tar} of files; null for
   *     hive or tar
   * @throws ApiException.Conflict its blob is missing or damaged
   */
  void content(
      String resource, int id, @Nullable Long generation, @Nullable String format, OutputStream out)
      throws IOException;

  /**
   * What differs.
   *
   * @param from null for the current generation
   * @param to null for the live content
   */
  CheckpointDiffView diff(String resource, int id, @Nullable Long from, @Nullable Long to);

  /**
   * Makes an older generation the current one, as a new generation. It is restored before the next
   * online; a resource that is online goes on with what it has, and what it still changes is kept
   * in the history only.
   */
  CheckpointChangeView rollback(String resource, int id, long to, boolean dryRun);

  /**
   * Reads every generation's blob back.
   *
   * @param resource null for all
   */
  List<GenerationView> verify(@Nullable String resource);
}
