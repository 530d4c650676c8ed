package dev.holdfast.checkpoint;

import dev.holdfast.checkpoint.Checkpoints.Surroundings;
import dev.holdfast.quorum.Blobs;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What is done for the checkpoints of one resource, one after the other. */
final class Lane {
  /** What a node is left with when there is no content at all. */
  static final String ABSENT = "absent";

  /** How soon a save that failed is tried again; doubled each time. */
  private static final Duration RETRY_MIN = Duration.ofSeconds(1);

  private static final Duration RETRY_MAX = Duration.ofMinutes(1);

  private final String resource;
  private final Surroundings around;
  private final Executor blocking;
  private final Restorer restorer;
  private final Patcher patcher;
  private final ReentrantLock lock = new ReentrantLock(true);
  private final Map<CheckpointId, Guard> guards = new ConcurrentHashMap<>();
  private final Suspicions suspicions = new Suspicions();
  private Duration retryAfter = RETRY_MIN;
  private volatile CompletableFuture<?> lastFailure = CompletableFuture.completedFuture(null);
  private boolean closed;

  Lane(String resource, Surroundings around, Executor blocking) {
    this.resource = resource;
    this.around = around;
    this.blocking = blocking;
    this.restorer = new Restorer(around);
    this.patcher = new Patcher(resource, around, restorer);
  }

  /** Completes when the last failure has been dealt with. */
  CompletableFuture<?> lastFailure() {
    return lastFailure;
  }

  void failureIsLookedAt(CompletableFuture<?> look) {
    lastFailure = look.exceptionally(_ -> null);
  }

  /** The watch over a checkpoint whose resource runs. */
  private record Guard(Dirt dirt, Source.@Nullable Watching watching) {
    void close() {
      if (watching != null) {
        watching.close();
      }
    }
  }

  // ---- before an online ------------------------------------------------------------------------

  Restoration beforeOnline() {
    lock.lock();
    try {
      Optional<Restoration.Refusal> patched = patcher.refusal();
      if (patched.isPresent()) {
        return new Restoration(0, around.store().of(resource).size(), List.of(), patched);
      }
      disarm(); // Nobody runs, so whatever was armed is of an online that is over.
      List<Checkpoint> checkpoints = new ArrayList<>(around.store().of(resource));
      Map<CheckpointId, Trouble> owed = new HashMap<>();
      for (int i = 0; i < checkpoints.size(); i++) {
        if (checkpoints.get(i).live().isPresent()) {
          try {
            checkpoints.set(i, settled(checkpoints.get(i)));
          } catch (SourceException e) {
            owed.put(checkpoints.get(i).id(), Trouble.of(e));
          } catch (IOException e) {
            owed.put(checkpoints.get(i).id(), Trouble.ofStore(e));
          }
        }
      }
      Restoration restoration = restorer.restore(checkpoints, owed);
      if (restoration.refusal().isEmpty()) {
        around.store().of(resource).forEach(this::arm);
      }
      return restoration;
    } finally {
      lock.unlock();
    }
  }

  /** What was live is saved, where that is here. */
  private Checkpoint settled(Checkpoint checkpoint) throws SourceException, IOException {
    return checkpoint.isLiveOn(around.node()) ? saveOwed(checkpoint) : leaveThere(checkpoint);
  }

  /**
   * It ran on another node last, and nobody saved there what it changed at the end. What is here is
   * older than what was saved, so it is restored over and not saved.
   */
  private Checkpoint leaveThere(Checkpoint checkpoint) throws IOException {
    String there = checkpoint.live().orElseThrow();
    Checkpoint changed =
        around.store().mark(checkpoint, marks -> marks.notLive().unrestored(Optional.empty()));
    around.listener().leftThere(checkpoint, there);
    return changed;
  }

  // ---- while it runs ---------------------------------------------------------------------------

  void running() {
    lock.lock();
    try {
      for (Checkpoint checkpoint : around.store().of(resource)) {
        if (!guards.containsKey(checkpoint.id())) {
          arm(markLive(checkpoint));
        }
      }
    } finally {
      lock.unlock();
    }
  }

  private Checkpoint markLive(Checkpoint checkpoint) {
    try {
      return around.store().mark(checkpoint, marks -> marks.liveOn(around.node()));
    } catch (IOException e) {
      around.listener().notSaved(checkpoint, Cause.CHANGED, Trouble.ofStore(e), true);
      return checkpoint;
    }
  }

  /**
   * Begins to watch. What was changed between the last look and now is found by looking once more.
   */
  private void arm(Checkpoint checkpoint) {
    if (closed) {
      return;
    }
    var dirt = new Dirt(checkpoint.settings());
    Source.@Nullable Watching watching = null;
    try {
      watching =
          around.sources().of(checkpoint.subject()).watch(() -> changed(checkpoint.id(), dirt));
    } catch (SourceException e) {
      around.listener().notWatched(checkpoint, Trouble.of(e));
    }
    guards.put(checkpoint.id(), new Guard(dirt, watching));
    changed(checkpoint.id(), dirt);
  }

  private void disarm() {
    guards.values().forEach(Guard::close);
    guards.clear();
  }

  private void changed(CheckpointId id, Dirt dirt) {
    if (dirt.changed(around.clock().instant())) {
      saveWhenDue(id, dirt);
    }
  }

  private void saveWhenDue(CheckpointId id, Dirt dirt) {
    Optional<Instant> due = dirt.due();
    if (due.isEmpty()) {
      return;
    }
    Duration wait = Duration.between(around.clock().instant(), due.get());
    if (wait.isPositive()) {
      later(wait, () -> saveWhenDue(id, dirt));
    } else {
      blocking.execute(() -> saveChanged(id, dirt));
    }
  }

  private void later(Duration wait, Runnable task) {
    try {
      var _ = around.timer().schedule(task, wait.toNanos(), TimeUnit.NANOSECONDS);
    } catch (RejectedExecutionException closing) {
      // What is not saved now is saved by the next start.
    }
  }

  private void saveChanged(CheckpointId id, Dirt dirt) {
    lock.lock();
    try {
      Guard guard = guards.get(id);
      if (guard == null || guard.dirt() != dirt) {
        return; // It has gone offline meanwhile, and was saved then.
      }
      around.store().find(id).ifPresent(checkpoint -> saveDirt(checkpoint, dirt));
    } finally {
      lock.unlock();
    }
  }

  private void saveDirt(Checkpoint checkpoint, Dirt dirt) {
    @Nullable Instant taken = dirt.take();
    if (taken == null) {
      return;
    }
    Optional<Trouble> trouble = trySave(checkpoint, Cause.CHANGED, true);
    if (trouble.isEmpty()) {
      retryAfter = RETRY_MIN;
    } else if (trouble.get().obstacle() != Obstacle.MISSING) {
      dirt.putBack(taken, around.clock().instant());
      retry(() -> blocking.execute(() -> saveChanged(checkpoint.id(), dirt)));
    }
  }

  private void retry(Runnable task) {
    later(retryAfter, task);
    retryAfter =
        retryAfter.multipliedBy(2).compareTo(RETRY_MAX) > 0
            ? RETRY_MAX
            : retryAfter.multipliedBy(2);
  }

  // ---- when it fails ---------------------------------------------------------------------------

  /** It failed; before it goes online again a checkpoint that is to blame is rolled back. */
  void failed(Instant at) {
    lock.lock();
    try {
      for (Checkpoint checkpoint : around.store().of(resource)) {
        switch (suspicions.failed(checkpoint, at)) {
          case NOTHING -> {}
          case SUSPECTED -> {
            Generation current = checkpoint.currentGeneration();
            around
                .listener()
                .suspected(
                    checkpoint,
                    current,
                    Duration.between(current.savedAt(), at),
                    changedBy(checkpoint, current));
          }
          case BLAMED -> {
            if (!checkpoint.settings().rollBackWithin().isZero()) {
              rollBackBlamed(checkpoint);
            }
          }
        }
      }
    } finally {
      lock.unlock();
    }
  }

  private void rollBackBlamed(Checkpoint checkpoint) {
    Generation blamed = checkpoint.currentGeneration();
    Optional<Generation> before = checkpoint.before(blamed);
    if (before.isEmpty() || blamed.cause() == Cause.PATCHED) {
      return; // A patch changed more than its checkpoints, and that is not rolled back (Q288562).
    }
    try {
      Checkpoint changed = rollBack(checkpoint, before.get(), _ -> {});
      around.listener().rolledBack(changed, blamed, changedBy(changed, blamed));
    } catch (IOException e) {
      around.listener().notSaved(checkpoint, Cause.ROLLED_BACK, Trouble.ofStore(e), false);
    }
  }

  private List<Difference> changedBy(Checkpoint checkpoint, Generation generation) {
    Optional<Generation> before = checkpoint.before(generation);
    if (before.isEmpty()) {
      return List.of();
    }
    Blobs blobs = around.store().blobs();
    try {
      return around
          .sources()
          .of(checkpoint.subject())
          .diff(blobs.file(before.get().digest()), blobs.file(generation.digest()));
    } catch (SourceException e) {
      return List.of(); // One of them cannot be read back, which the next restore tells.
    }
  }

  // ---- when it is gone -------------------------------------------------------------------------

  void gone() {
    lock.lock();
    try {
      disarm();
      boolean allSaved = true;
      for (Checkpoint checkpoint : around.store().of(resource)) {
        if (checkpoint.isLiveOn(around.node())) {
          allSaved &= trySave(checkpoint, Cause.OFFLINE, false).isEmpty();
        }
      }
      if (allSaved) {
        retryAfter = RETRY_MIN;
      } else {
        retry(() -> blocking.execute(this::goneStill));
      }
    } finally {
      lock.unlock();
    }
  }

  /** Unless it has gone online meanwhile, which saved what was owed. */
  private void goneStill() {
    lock.lock();
    try {
      if (guards.isEmpty() && !closed) {
        gone();
      }
    } finally {
      lock.unlock();
    }
  }

  // ---- saving ----------------------------------------------------------------------------------

  /**
   * Saves, and tells what stood in the way. That the content is gone is no reason to try again.
   *
   * @return what stood in the way of a save that is still wanted
   */
  private Optional<Trouble> trySave(Checkpoint checkpoint, Cause cause, boolean runs) {
    try {
      if (runs) {
        saveNow(checkpoint, cause, true);
      } else {
        saveOwed(checkpoint);
      }
      return Optional.empty();
    } catch (SourceException e) {
      Trouble trouble = Trouble.of(e);
      around.listener().notSaved(checkpoint, cause, trouble, e.obstacle() != Obstacle.MISSING);
      return Optional.of(trouble);
    } catch (IOException e) {
      Trouble trouble = Trouble.ofStore(e);
      around.listener().notSaved(checkpoint, cause, trouble, true);
      return Optional.of(trouble);
    }
  }

  /** The save after its end. */
  private Checkpoint saveOwed(Checkpoint checkpoint) throws SourceException, IOException {
    try {
      return saveNow(checkpoint, Cause.OFFLINE, false);
    } catch (SourceException e) {
      if (e.obstacle() != Obstacle.MISSING) {
        throw e;
      }
      // It deleted its own configuration: what was saved last stays what is restored.
      around.listener().notSaved(checkpoint, Cause.OFFLINE, Trouble.of(e), false);
      return around
          .store()
          .mark(
              checkpoint,
              marks -> marks.notLive().unrestored(Optional.empty()).left(around.node(), ABSENT));
    }
  }

  /**
   * Saves the live content, unless it is what is saved already, or what could not be replaced by
   * that.
   */
  private Checkpoint saveNow(Checkpoint checkpoint, Cause cause, boolean runs)
      throws SourceException, IOException {
    try (Capture capture = around.sources().of(checkpoint.subject()).capture()) {
      String fingerprint = capture.fingerprint();
      if (isKept(checkpoint, fingerprint, cause)) {
        return around.store().mark(checkpoint, marks -> state(marks, runs, fingerprint));
      }
      boolean counts = !checkpoint.rollback() || cause == Cause.MANUAL;
      Checkpoint saved =
          around
              .store()
              .append(
                  checkpoint,
                  saving(capture, cause),
                  marks -> {
                    state(marks, runs, fingerprint);
                    if (counts) {
                      marks.currentIsAdded().rollback(false);
                    }
                  });
      around.listener().saved(saved, saved.generations().getLast());
      return saved;
    }
  }

  private void state(CheckpointStore.Marks marks, boolean runs, String fingerprint) {
    marks.left(around.node(), fingerprint);
    if (runs) {
      marks.liveOn(around.node());
    } else {
      marks.notLive().unrestored(Optional.empty());
    }
  }

  private static boolean isKept(Checkpoint checkpoint, String fingerprint, Cause cause) {
    return fingerprint.equals(checkpoint.currentGeneration().fingerprint())
        || (cause != Cause.MANUAL
            && (checkpoint.unrestored().equals(Optional.of(fingerprint))
                || (checkpoint.rollback()
                    && fingerprint.equals(checkpoint.generations().getLast().fingerprint()))));
  }

  private CheckpointStore.Saving saving(Capture capture, Cause cause) {
    return new CheckpointStore.Saving(capture, cause, around.node(), around.clock().instant());
  }

  // ---- what an operator asks for ---------------------------------------------------------------

  Checkpoint add(Subject subject, CheckpointSettings settings, boolean runs)
      throws SourceException, IOException {
    lock.lock();
    try (Capture capture = around.sources().of(subject).capture()) {
      var id = new CheckpointId(resource, around.store().nextId(resource));
      Checkpoint added =
          around.store().create(id, subject, settings, runs, saving(capture, Cause.ADDED));
      around.listener().saved(added, added.currentGeneration());
      if (runs) {
        arm(added);
      }
      return added;
    } finally {
      lock.unlock();
    }
  }

  void remove(CheckpointId id) throws IOException {
    lock.lock();
    try {
      around.store().remove(id);
      Guard guard = guards.remove(id);
      if (guard != null) {
        guard.close();
      }
    } finally {
      lock.unlock();
    }
  }

  Checkpoint save(CheckpointId id, Cause cause)
      throws PatchRefusedException, SourceException, IOException {
    lock.lock();
    try {
      patcher.requireNone();
      Checkpoint checkpoint = find(id);
      Guard guard = guards.get(id);
      if (guard != null) {
        guard.dirt().take();
      }
      return saveNow(checkpoint, cause, checkpoint.isLiveOn(around.node()));
    } finally {
      lock.unlock();
    }
  }

  Checkpoint rollback(CheckpointId id, long to) throws PatchRefusedException, IOException {
    lock.lock();
    try {
      patcher.requireNone();
      Checkpoint checkpoint = find(id);
      Generation older =
          checkpoint
              .generation(to)
              .orElseThrow(() -> new IllegalArgumentException("there is no generation " + to));
      Optional<String> undone = restorer.keptEdit(checkpoint);
      Checkpoint changed =
          rollBack(
              checkpoint,
              older,
              marks -> undone.ifPresent(edit -> marks.left(around.node(), edit)));
      around.listener().saved(changed, changed.currentGeneration());
      return changed;
    } finally {
      lock.unlock();
    }
  }

  private Checkpoint rollBack(
      Checkpoint checkpoint, Generation to, Consumer<CheckpointStore.Marks> more)
      throws IOException {
    return around
        .store()
        .appendAgain(
            checkpoint,
            to,
            Cause.ROLLED_BACK,
            around.node(),
            around.clock().instant(),
            marks -> more.accept(marks.currentIsAdded().rollback(true)));
  }

  List<Difference> diffToLive(Checkpoint checkpoint, Generation from)
      throws SourceException, IOException {
    Source source = around.sources().of(checkpoint.subject());
    Path live = Files.createTempFile(around.temporary(), "live", ".checkpoint");
    lock.lock();
    try (Capture capture = source.capture()) {
      try (OutputStream out = Files.newOutputStream(live)) {
        capture.writeTo(out);
      }
      return source.diff(around.store().blobs().file(from.digest()), live);
    } finally {
      lock.unlock();
      Files.deleteIfExists(live);
    }
  }

  Optional<Trouble> rehearse(Checkpoint checkpoint) {
    lock.lock();
    try {
      return restorer.rehearse(checkpoint);
    } finally {
      lock.unlock();
    }
  }

  // ---- patches ---------------------------------------------------------------------------------

  Patch beginPatch() throws PatchRefusedException, SourceException, IOException {
    lock.lock();
    try {
      patcher.requireNone();
      disarm(); // As before an online: nobody runs.
      List<Checkpoint> checkpoints = new ArrayList<>();
      for (Checkpoint checkpoint : around.store().of(resource)) {
        checkpoints.add(checkpoint.live().isPresent() ? settled(checkpoint) : checkpoint);
      }
      return patcher.begin(checkpoints);
    } finally {
      lock.unlock();
    }
  }

  Patch runPatch(String command, String after) throws PatchRefusedException, IOException {
    lock.lock();
    try {
      return patcher.run(command, after);
    } finally {
      lock.unlock();
    }
  }

  void notRun(Patch before) throws IOException {
    lock.lock();
    try {
      patcher.notRun(before);
    } finally {
      lock.unlock();
    }
  }

  void stopPatch(String why) throws PatchRefusedException, IOException {
    lock.lock();
    try {
      patcher.stop(why);
    } finally {
      lock.unlock();
    }
  }

  Optional<Patch> patchRan(boolean succeeded, String exit) throws SourceException, IOException {
    lock.lock();
    try {
      return patcher.ran(succeeded, exit);
    } finally {
      lock.unlock();
    }
  }

  List<Checkpoint> commitPatch() throws PatchRefusedException, SourceException, IOException {
    lock.lock();
    try {
      return patcher.commit();
    } finally {
      lock.unlock();
    }
  }

  List<Checkpoint> abortPatch() throws PatchRefusedException, SourceException, IOException {
    lock.lock();
    try {
      return patcher.abort();
    } finally {
      lock.unlock();
    }
  }

  void forgetPatch() throws IOException {
    lock.lock();
    try {
      around.store().noPatch(resource);
    } finally {
      lock.unlock();
    }
  }

  private Checkpoint find(CheckpointId id) {
    return around
        .store()
        .find(id)
        .orElseThrow(() -> new IllegalArgumentException("there is no checkpoint " + id));
  }

  Watched watched(CheckpointId id) {
    Guard guard = guards.get(id);
    return guard == null
        ? Watched.NOT
        : new Watched(guard.watching() != null, guard.dirt().since().orElse(null));
  }

  /** Saves what is not saved yet; the next start goes on from there. */
  void close() {
    lock.lock();
    try {
      closed = true;
      List<CheckpointId> dirty = new ArrayList<>();
      guards.forEach(
          (id, guard) -> {
            if (guard.dirt().since().isPresent()) {
              dirty.add(id);
            }
          });
      disarm();
      for (CheckpointId id : dirty) {
        around.store().find(id).ifPresent(each -> trySave(each, Cause.CHANGED, true));
      }
    } finally {
      lock.unlock();
    }
  }
}
