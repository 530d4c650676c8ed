package dev.holdfast.checkpoint;

import dev.holdfast.checkpoint.Checkpoints.Surroundings;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.ReentrantLock;

/**
 * What is done for the checkpoints of one resource, one after the other: each method here waits for
 * its turn, and has it done by whoever knows how. Thread-safe.
 */
final class Lane {
  /** What a node is left with when there is no content at all. */
  static final String ABSENT = "absent";

  private final String resource;
  private final Surroundings around;
  private final Executor blocking;
  private final ReentrantLock lock = new ReentrantLock(true);
  private final Backoff backoff = new Backoff();
  private final Restorer restorer;
  private final Patcher patcher;
  private final Saver saver;
  private final ChangeSaver changes;
  private final Blamer blamer;
  private volatile CompletableFuture<?> lastFailure = CompletableFuture.completedFuture(null);
  private boolean closed;

  Lane(String resource, Surroundings around, Executor blocking) {
    this.resource = resource;
    this.around = around;
    this.blocking = blocking;
    this.restorer = new Restorer(around);
    this.patcher = new Patcher(resource, around, restorer);
    this.saver = new Saver(around);
    this.changes = new ChangeSaver(around, blocking, lock, backoff, saver);
    this.blamer = new Blamer(resource, around, saver);
  }

  /** Completes when the last failure has been dealt with. */
  CompletableFuture<?> lastFailure() {
    return lastFailure;
  }

  void failureIsLookedAt(CompletableFuture<?> look) {
    lastFailure = look.exceptionally(_ -> null);
  }

  // ---- before an online ------------------------------------------------------------------------

  Restoration beforeOnline() {
    lock.lock();
    try {
      Optional<Restoration.Refusal> patched = patcher.refusal();
      if (patched.isPresent()) {
        return new Restoration(0, around.store().of(resource).size(), List.of(), patched);
      }
      changes.disarm(); // Nobody runs, so whatever was armed is of an online that is over.
      List<Checkpoint> checkpoints = new ArrayList<>(around.store().of(resource));
      Map<CheckpointId, Trouble> owed = new HashMap<>();
      for (int i = 0; i < checkpoints.size(); i++) {
        if (checkpoints.get(i).live().isPresent()) {
          try {
            checkpoints.set(i, saver.settled(checkpoints.get(i)));
          } catch (SourceException e) {
            owed.put(checkpoints.get(i).id(), Trouble.of(e));
          } catch (IOException e) {
            owed.put(checkpoints.get(i).id(), Trouble.ofStore(e));
          }
        }
      }
      Restoration restoration = restorer.restore(checkpoints, owed);
      if (restoration.refusal().isEmpty()) {
        around.store().of(resource).forEach(changes::arm);
      }
      return restoration;
    } finally {
      lock.unlock();
    }
  }

  // ---- while it runs ---------------------------------------------------------------------------

  void running() {
    lock.lock();
    try {
      for (Checkpoint checkpoint : around.store().of(resource)) {
        if (!changes.isWatching(checkpoint.id()) && runsWithWhatIsHere(checkpoint)) {
          changes.arm(markLive(checkpoint));
        }
      }
    } finally {
      lock.unlock();
    }
  }

  /**
   * What another node started, before that one died, runs with what is there. What is here must not
   * be saved as its own, unless it is the same.
   */
  private boolean runsWithWhatIsHere(Checkpoint checkpoint) {
    return checkpoint.live().isEmpty()
        || checkpoint.isLiveOn(around.node())
        || saver.isSaved(checkpoint);
  }

  private Checkpoint markLive(Checkpoint checkpoint) {
    try {
      return around.store().mark(checkpoint, marks -> marks.liveOn(around.node()));
    } catch (IOException e) {
      around.listener().notSaved(checkpoint, Cause.CHANGED, Trouble.ofStore(e), true);
      return checkpoint;
    }
  }

  // ---- when it fails ---------------------------------------------------------------------------

  /**
   * It failed; before it goes online again a checkpoint that is to blame is rolled back.
   *
   * @return whether one was
   */
  boolean failed(Instant at) {
    lock.lock();
    try {
      return blamer.failed(at);
    } finally {
      lock.unlock();
    }
  }

  // ---- when it is gone -------------------------------------------------------------------------

  void gone() {
    lock.lock();
    try {
      changes.disarm();
      boolean allSaved = true;
      for (Checkpoint checkpoint : around.store().of(resource)) {
        if (checkpoint.isLiveOn(around.node())) {
          allSaved &= saver.trySave(checkpoint, Cause.OFFLINE, null).isEmpty();
        }
      }
      if (allSaved) {
        backoff.reset();
      } else {
        around.later(backoff.next(), () -> blocking.execute(this::goneStill));
      }
    } finally {
      lock.unlock();
    }
  }

  /** Unless it has gone online meanwhile, which saved what was owed. */
  private void goneStill() {
    lock.lock();
    try {
      if (!changes.isWatching() && !closed) {
        gone();
      }
    } finally {
      lock.unlock();
    }
  }

  // ---- what an operator asks for ---------------------------------------------------------------

  Checkpoint add(Subject subject, CheckpointSettings settings, boolean runs)
      throws SourceException, IOException {
    lock.lock();
    try (Capture capture = around.sources().of(subject).capture()) {
      var id = new CheckpointId(resource, around.store().nextId(resource));
      Checkpoint added =
          around.store().create(id, subject, settings, runs, saver.saving(capture, Cause.ADDED));
      around.listener().saved(added, added.currentGeneration());
      if (runs) {
        changes.arm(added);
      }
      return added;
    } finally {
      lock.unlock();
    }
  }

  Checkpoint configure(CheckpointId id, CheckpointSettings settings) throws IOException {
    lock.lock();
    try {
      Checkpoint configured = around.store().configure(find(id), settings);
      changes.configured(configured);
      return configured;
    } finally {
      lock.unlock();
    }
  }

  void remove(CheckpointId id) throws IOException {
    lock.lock();
    try {
      around.store().remove(id);
      saver.forget(id);
      changes.removed(id);
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
      Runnable failed = changes.beingSaved(id);
      try {
        return saver.saveNow(checkpoint, cause, checkpoint.isLiveOn(around.node()));
      } catch (SourceException | IOException e) {
        failed.run();
        throw e;
      }
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
          saver.rollBack(
              checkpoint,
              older,
              marks -> undone.ifPresent(edit -> marks.left(around.node(), edit)));
      around.listener().saved(changed, changed.currentGeneration());
      return changed;
    } finally {
      lock.unlock();
    }
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
      return around.store().diff(source, from, live);
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
      changes.disarm(); // As before an online: nobody runs.
      List<Checkpoint> checkpoints = new ArrayList<>();
      for (Checkpoint checkpoint : around.store().of(resource)) {
        checkpoints.add(checkpoint.live().isPresent() ? saver.settled(checkpoint) : checkpoint);
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
    return changes.watched(id);
  }

  List<Unsaved> unsaved() {
    return saver.unsaved();
  }

  boolean isClean(CheckpointId id) {
    return changes.isClean(id);
  }

  /** Saves what is not saved yet; the next start goes on from there. */
  void close() {
    lock.lock();
    try {
      closed = true;
      changes.close();
    } finally {
      lock.unlock();
    }
  }
}
