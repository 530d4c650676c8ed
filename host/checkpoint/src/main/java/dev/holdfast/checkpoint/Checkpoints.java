package dev.holdfast.checkpoint;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * The checkpoint layer. Its four triggers are those of Q174070: a checkpoint is saved when it is
 * added, restored before its resource goes online, saved on each change while it is online, and
 * saved when it has gone offline.
 *
 * <p>Whoever brings a resource online asks {@link #beforeOnline} first; whoever has looked for it
 * says {@link #gone} or {@link #running} before anything is decided from that. What is done for one
 * resource is done one after the other, and for different ones at once. Thread-safe.
 */
public final class Checkpoints implements AutoCloseable {
  /** How long the save at offline may hold up what comes after it; it goes on by itself then. */
  private static final Duration FINAL_SAVE_MAX = Duration.ofSeconds(10);

  private final Surroundings around;
  private final ConcurrentMap<String, Lane> lanes = new ConcurrentHashMap<>();
  private final ExecutorService blocking = Executors.newVirtualThreadPerTaskExecutor();

  /**
   * What all lanes share.
   *
   * @param node this node's name
   * @param temporary a directory for what is thrown away again
   * @param timer runs short tasks only
   * @param idle is told when something was saved that others may have made room for
   */
  record Surroundings(
      CheckpointStore store,
      Sources sources,
      CheckpointListener listener,
      String node,
      InstantSource clock,
      Path temporary,
      ScheduledExecutorService timer,
      IdleSpares idle) {
    /** Runs a short task after a while, unless the layer is closed before. */
    void later(Duration wait, Runnable task) {
      try {
        var _ = timer.schedule(task, wait.toNanos(), TimeUnit.NANOSECONDS);
      } catch (RejectedExecutionException closing) {
        // What is not saved now is saved by the next start.
      }
    }
  }

  /**
   * @param node this node's name
   * @param temporary a directory for what is thrown away again
   */
  public Checkpoints(
      CheckpointStore store,
      Sources sources,
      CheckpointListener listener,
      String node,
      InstantSource clock,
      Path temporary) {
    ScheduledExecutorService timer =
        Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("checkpoints").daemon(true).factory());
    this.around =
        new Surroundings(
            store,
            sources,
            listener,
            node,
            clock,
            temporary,
            timer,
            new IdleSpares(store.blobs(), timer, blocking));
  }

  private Lane lane(String resource) {
    return lanes.computeIfAbsent(resource, id -> new Lane(id, around, blocking));
  }

  private boolean isNothingHere(String resource) {
    return !lanes.containsKey(resource) && !around.store().hasAny(resource);
  }

  // ---- what happens to resources ---------------------------------------------------------------

  /**
   * Restores all checkpoints of a resource, and begins to watch them. Nobody runs there: {@code
   * find} has said so.
   */
  public CompletableFuture<Restoration> beforeOnline(String resource) {
    return isNothingHere(resource)
        ? CompletableFuture.completedFuture(Restoration.NOTHING)
        : lane(resource).lastFailure().thenApplyAsync(_ -> lane(resource).beforeOnline(), blocking);
  }

  /**
   * The resource failed, for a reason of its own. Before the call that brings it online again.
   *
   * @return whether something was rolled back for it: what it failed by is undone then
   */
  public CompletableFuture<Boolean> failed(String resource) {
    if (isNothingHere(resource)) {
      return CompletableFuture.completedFuture(false);
    }
    Instant at = around.clock().instant();
    Lane lane = lane(resource);
    CompletableFuture<Boolean> look =
        CompletableFuture.supplyAsync(() -> lane.failed(at), blocking);
    lane.failureIsLookedAt(look);
    return look;
  }

  /**
   * Saves what the resource may have changed: it does not run any more. Completes when that is
   * durable, or could not be done and was told, or takes too long and goes on by itself.
   */
  public CompletableFuture<Void> gone(String resource) {
    return isNothingHere(resource)
        ? CompletableFuture.completedFuture(null)
        : CompletableFuture.runAsync(() -> lane(resource).gone(), blocking)
            .completeOnTimeout(null, FINAL_SAVE_MAX.toMillis(), TimeUnit.MILLISECONDS);
  }

  /**
   * It was found running: what it changed meanwhile is saved, and nothing is restored under it.
   * Harmless when that is known.
   */
  public void running(String resource) {
    if (!isNothingHere(resource)) {
      blocking.execute(() -> lane(resource).running());
    }
  }

  /** The resource was deleted, and its records with it. */
  public void forget(String resource) {
    Lane lane = lanes.remove(resource);
    if (lane != null) {
      lane.close();
    }
    around.store().forgetAll(resource);
  }

  // ---- what is asked and told ------------------------------------------------------------------

  /** All checkpoints, as they are written down. */
  public CheckpointStore store() {
    return around.store();
  }

  /** Since when a checkpoint has changes that are not saved, and whether it is watched. */
  public Watched watched(CheckpointId id) {
    Lane lane = lanes.get(id.resource());
    return lane == null ? Watched.NOT : lane.watched(id);
  }

  /** Whether nothing of a checkpoint is to be saved, or to be looked at; for tests. */
  boolean isClean(CheckpointId id) {
    Lane lane = lanes.get(id.resource());
    return lane == null || lane.isClean(id);
  }

  /** What of a resource could not be saved, and is tried again; answers at once. */
  public List<Unsaved> unsaved(String resource) {
    Lane lane = lanes.get(resource);
    return lane == null ? List.of() : lane.unsaved();
  }

  /** Whether a resource runs on configuration that could not be restored. */
  public boolean isUnrestored(String resource) {
    return !isNothingHere(resource)
        && around.store().of(resource).stream().anyMatch(each -> each.unrestored().isPresent());
  }

  /**
   * Checks what can be seen of a subject without looking at its content.
   *
   * @throws IllegalArgumentException nothing can be at that path, or be excluded so
   */
  public void require(Subject subject) {
    var _ = around.sources().of(subject);
  }

  /**
   * Adds a checkpoint and saves it; durable when this returns.
   *
   * @param runs whether the resource runs, and the checkpoint is to be watched at once
   * @throws SourceException the content cannot be read
   * @throws IOException it could not be written down
   */
  public Checkpoint add(String resource, Subject subject, CheckpointSettings settings, boolean runs)
      throws SourceException, IOException {
    return lane(resource).add(subject, settings, runs);
  }

  /**
   * Reads what is to be checkpointed, as {@link #add} would, and keeps nothing of it.
   *
   * @throws SourceException the content cannot be read
   */
  public void tryRead(Subject subject) throws SourceException {
    try (Capture capture = around.sources().of(subject).capture()) {
      // That it can be made is all that is asked.
      var _ = capture.fingerprint();
    }
  }

  /**
   * Gives a checkpoint other settings; its generations stay. Durable when this returns.
   *
   * @throws IOException it could not be written down
   */
  public Checkpoint configure(CheckpointId id, CheckpointSettings settings) throws IOException {
    return lane(id.resource()).configure(id, settings);
  }

  /** Removes a checkpoint with its generations; the live content stays. */
  public void remove(CheckpointId id) throws IOException {
    lane(id.resource()).remove(id);
  }

  /**
   * Saves the live content as the current generation, if it is not that already.
   *
   * @return the checkpoint as it is now
   * @throws PatchRefusedException the resource is being patched: the end of that decides what
   *     counts
   */
  public Checkpoint save(CheckpointId id, Cause cause)
      throws PatchRefusedException, SourceException, IOException {
    return lane(id.resource()).save(id, cause);
  }

  /**
   * Makes an older generation the current one, as a new generation.
   *
   * @throws PatchRefusedException the resource is being patched: the end of that decides what
   *     counts
   */
  public Checkpoint rollback(CheckpointId id, long to) throws PatchRefusedException, IOException {
    return lane(id.resource()).rollback(id, to);
  }

  // ---- patches ---------------------------------------------------------------------------------

  /** The patch of a resource, while there is one; answers at once. */
  public Optional<Patch> patchOf(String resource) {
    return around.store().patchOf(resource);
  }

  /**
   * Begins to patch a resource that is offline: what was saved is restored, but where the live
   * content was edited meanwhile that stays, and is saved as a generation of its own. Durable when
   * this returns; from then on {@link #beforeOnline} refuses. Whoever calls looks once more then
   * whether it is offline still, and if not, says {@link #forgetPatch}.
   *
   * @throws PatchRefusedException it is being patched
   * @throws SourceException a checkpoint could not be restored; those before it are
   */
  public Patch beginPatch(String resource)
      throws PatchRefusedException, SourceException, IOException {
    return lane(resource).beginPatch();
  }

  /** Ends a patch that was begun too late: the resource was on its way to online. */
  public void forgetPatch(String resource) throws IOException {
    lane(resource).forgetPatch();
    running(resource);
  }

  /**
   * Writes down that a tool is about to be started.
   *
   * @param command as a shell reads it
   * @param after see {@link Patch#after}
   * @throws PatchRefusedException there is no patch, or a tool runs
   */
  public Patch runPatch(String resource, String command, String after)
      throws PatchRefusedException, IOException {
    return lane(resource).runPatch(command, after);
  }

  /**
   * The tool could not be started.
   *
   * @param before what the patch was before that
   */
  public void patchNotRun(String resource, Patch before) throws IOException {
    lane(resource).notRun(before);
  }

  /**
   * Writes down that the tool which runs is about to be ended, so that whatever it exits with is no
   * success: the patch is incomplete. Durable when this returns.
   *
   * @param why as {@code ended by an abort}
   * @throws PatchRefusedException there is no patch, or not of this node
   */
  public void stopPatch(String resource, String why) throws PatchRefusedException, IOException {
    lane(resource).stopPatch(why);
  }

  /**
   * The tool has ended: a patch whose tool succeeded is committed, another is incomplete, and so is
   * one that cannot be committed. Does nothing unless a tool runs.
   *
   * @param exit as {@code exit 3}
   * @return the patch that is incomplete now; empty when there is none any more
   * @throws SourceException it could not be committed, and is incomplete
   */
  public Optional<Patch> patchRan(String resource, boolean succeeded, String exit)
      throws SourceException, IOException {
    return lane(resource).patchRan(succeeded, exit);
  }

  /**
   * Saves the live content of all checkpoints as what the resource goes online with, and ends the
   * patch; all of that or nothing.
   *
   * @return the checkpoints with their new generations
   */
  public List<Checkpoint> commitPatch(String resource)
      throws PatchRefusedException, SourceException, IOException {
    return lane(resource).commitPatch();
  }

  /**
   * Restores what counted when the patch began, and ends the patch. What is live until then is kept
   * as a generation.
   *
   * @return the checkpoints whose content was another
   */
  public List<Checkpoint> abortPatch(String resource)
      throws PatchRefusedException, SourceException, IOException {
    return lane(resource).abortPatch();
  }

  /** What differs from one generation to another. */
  public List<Difference> diff(Checkpoint checkpoint, Generation from, Generation to)
      throws SourceException {
    return around.store().diff(around.sources().of(checkpoint.subject()), from, to);
  }

  /** What differs from a generation to the live content. */
  public List<Difference> diffToLive(Checkpoint checkpoint, Generation from)
      throws SourceException, IOException {
    return lane(checkpoint.id().resource()).diffToLive(checkpoint, from);
  }

  /**
   * Whether the current generation could be restored now; changes nothing.
   *
   * @return what stands in the way
   */
  public Optional<Trouble> rehearse(Checkpoint checkpoint) {
    return lane(checkpoint.id().resource()).rehearse(checkpoint);
  }

  /** Saves what is not saved yet, and watches no more. */
  @Override
  public void close() {
    lanes.values().forEach(Lane::close);
    around.timer().shutdownNow();
    around.idle().deleteAll();
    blocking.shutdown();
  }
}
