package dev.holdfast.checkpoint;

import dev.holdfast.checkpoint.Checkpoints.Surroundings;
import dev.holdfast.checkpoint.Restoration.Refusal;
import dev.holdfast.quorum.Blobs;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Gives the checkpoints of a resource back what was saved, before it goes online. What must not be
 * overwritten, and what must not fail, is looked at for all of them before any is touched.
 */
final class Restorer {
  /** How long {@link RestorePolicy#RETRY} tries. */
  private static final Duration RETRY_MAX = Duration.ofSeconds(10);

  private static final Duration RETRY_PAUSE = Duration.ofMillis(250);

  private final Surroundings around;

  Restorer(Surroundings around) {
    this.around = around;
  }

  /**
   * Restores them.
   *
   * @param owed whose last changes could not be saved, and why: their live content is newer
   */
  Restoration restore(List<Checkpoint> checkpoints, Map<CheckpointId, Trouble> owed) {
    List<Checkpoint> toRestore = new ArrayList<>();
    List<Refusal> refusals = new ArrayList<>();
    for (Checkpoint checkpoint : checkpoints) {
      Looked looked =
          owed.containsKey(checkpoint.id())
              ? new Looked(checkpoint, false)
              : lookForDrift(checkpoint);
      toRestore.add(looked.checkpoint());
      refusal(looked, owed.get(checkpoint.id())).ifPresent(refusals::add);
    }
    if (!refusals.isEmpty()) {
      return new Restoration(0, checkpoints.size(), List.of(), together(refusals));
    }
    int restored = 0;
    List<String> unrestored = new ArrayList<>();
    for (Checkpoint checkpoint : toRestore) {
      Optional<Trouble> trouble = restoreOne(checkpoint, owed.get(checkpoint.id()));
      if (trouble.isEmpty()) {
        restored++;
      } else {
        unrestored.add("%s: %s".formatted(name(checkpoint), trouble.get().obstacle()));
        if (checkpoint.settings().onRestoreFailure() == RestorePolicy.FAIL) {
          refusals.add(
              new Refusal(
                  "%s was not restored: %s".formatted(name(checkpoint), trouble.get()), true));
        }
      }
    }
    return new Restoration(restored, checkpoints.size(), unrestored, together(refusals));
  }

  private static Optional<Refusal> together(List<Refusal> refusals) {
    return refusals.isEmpty()
        ? Optional.empty()
        : Optional.of(
            new Refusal(
                String.join("; ", refusals.stream().map(Refusal::why).toList()),
                refusals.stream().allMatch(Refusal::again)));
  }

  static String name(Checkpoint checkpoint) {
    return "checkpoint %d (%s)".formatted(checkpoint.id().number(), checkpoint.subject());
  }

  // ---- edits made while it was offline --------------------------------------------------------

  /**
   * A checkpoint whose live content was looked at.
   *
   * @param waits whether there is an edit about which somebody has to decide
   */
  private record Looked(Checkpoint checkpoint, boolean waits) {}

  /** Finds an edit, keeps it, and tells it; adopts it where that is the policy. */
  private Looked lookForDrift(Checkpoint checkpoint) {
    @Nullable String left = checkpoint.left().get(around.node());
    if (left == null) {
      // It never ran here: what is there is nobody's edit of it.
      return new Looked(checkpoint, false);
    }
    try (Capture capture = source(checkpoint).capture()) {
      String fingerprint = capture.fingerprint();
      if (fingerprint.equals(left)
          || fingerprint.equals(checkpoint.currentGeneration().fingerprint())) {
        return new Looked(checkpoint, false);
      }
      DriftPolicy policy =
          checkpoint.rollback() ? DriftPolicy.RESTORE : checkpoint.settings().onDrift();
      return new Looked(keepDrift(checkpoint, capture, policy), policy == DriftPolicy.REFUSE);
    } catch (SourceException e) {
      if (e.obstacle() == Obstacle.MISSING && !left.equals(Lane.ABSENT)) {
        around
            .listener()
            .drifted(checkpoint, Optional.empty(), List.of(), checkpoint.settings().onDrift());
      }
      // What else is in the way, the restore meets as well, and tells.
      return new Looked(checkpoint, false);
    }
  }

  private Checkpoint keepDrift(Checkpoint checkpoint, Capture capture, DriftPolicy policy) {
    var saving =
        new CheckpointStore.Saving(capture, Cause.DRIFT, around.node(), around.clock().instant());
    try {
      if (isKept(checkpoint, capture) && policy != DriftPolicy.ADOPT) {
        return checkpoint; // Told when it was found; the online was refused, or did not succeed.
      }
      Generation before = checkpoint.currentGeneration();
      Checkpoint kept =
          around
              .store()
              .append(
                  checkpoint,
                  saving,
                  marks -> {
                    if (policy == DriftPolicy.ADOPT) {
                      marks.currentIsAdded();
                    }
                  });
      Generation drift = kept.generations().getLast();
      around.listener().drifted(kept, Optional.of(drift), differences(kept, before, drift), policy);
      return kept;
    } catch (IOException e) {
      around.listener().notSaved(checkpoint, Cause.DRIFT, Trouble.ofStore(e), false);
      return checkpoint;
    }
  }

  private static boolean isKept(Checkpoint checkpoint, Capture capture) {
    Generation last = checkpoint.generations().getLast();
    return last.cause() == Cause.DRIFT && last.fingerprint().equals(capture.fingerprint());
  }

  /**
   * The fingerprint of what is live, when that is an edit which was told and kept already and about
   * which somebody had to decide. A rollback is that decision: it leaves it at that, so that the
   * edit is not found a second time.
   */
  Optional<String> keptEdit(Checkpoint checkpoint) {
    if (checkpoint.live().isPresent()
        || checkpoint.generations().getLast().cause() != Cause.DRIFT) {
      return Optional.empty();
    }
    try (Capture capture = source(checkpoint).capture()) {
      return isKept(checkpoint, capture) ? Optional.of(capture.fingerprint()) : Optional.empty();
    } catch (SourceException e) {
      return Optional.empty(); // What cannot be read now is looked at again by the next online.
    }
  }

  private List<Difference> differences(Checkpoint checkpoint, Generation from, Generation to) {
    Blobs blobs = around.store().blobs();
    try {
      return source(checkpoint).diff(blobs.file(from.digest()), blobs.file(to.digest()));
    } catch (SourceException e) {
      return List.of(); // The one that was saved is damaged, which the restore tells.
    }
  }

  // ---- what must not go online ----------------------------------------------------------------

  private Optional<Refusal> refusal(Looked looked, @Nullable Trouble owed) {
    Checkpoint checkpoint = looked.checkpoint();
    if (looked.waits()) {
      return refused(
          false,
          "%s was edited while the resource was offline, and --on-drift is refuse; keep the edit with \"holdfast checkpoint save\", or undo it with \"holdfast checkpoint rollback\" to generation %d"
              .formatted(name(checkpoint), checkpoint.current()));
    }
    if (checkpoint.settings().onRestoreFailure() != RestorePolicy.FAIL) {
      return Optional.empty();
    }
    Optional<Trouble> trouble = owed == null ? rehearse(checkpoint) : Optional.of(unsaved(owed));
    trouble.ifPresent(
        each ->
            around.listener().notRestored(checkpoint, checkpoint.currentGeneration(), each, false));
    return trouble.flatMap(
        each -> refused(true, "%s cannot be restored: %s".formatted(name(checkpoint), each)));
  }

  private static Optional<Refusal> refused(boolean again, String why) {
    return Optional.of(new Refusal(why, again));
  }

  private static Trouble unsaved(Trouble owed) {
    return new Trouble(
        owed.obstacle(),
        "its last changes could not be saved, and must not be overwritten: " + owed.message(),
        owed.holders());
  }

  /** Whether it could be restored now. */
  Optional<Trouble> rehearse(Checkpoint checkpoint) {
    Optional<Generation> good = firstGood(checkpoint, false);
    if (good.isEmpty()) {
      return Optional.of(nothingGood());
    }
    try {
      source(checkpoint).rehearse(around.store().blobs().file(good.get().digest()));
      return Optional.empty();
    } catch (SourceException e) {
      return Optional.of(Trouble.of(e));
    }
  }

  private static Trouble nothingGood() {
    return new Trouble(Obstacle.CORRUPT, "no generation can be read back");
  }

  // ---- while it stays offline -----------------------------------------------------------------

  /**
   * Makes the live content of a checkpoint what counts, for a resource that stays offline.
   *
   * @throws SourceException the live content is not what was saved
   */
  Checkpoint restoreOffline(Checkpoint checkpoint) throws SourceException, IOException {
    Generation good =
        firstGood(checkpoint, true)
            .orElseThrow(() -> new SourceException(Obstacle.CORRUPT, nothingGood().message()));
    List<String> notes = List.of();
    if (!liveFingerprint(checkpoint).equals(good.fingerprint())) {
      Path blob = around.store().blobs().file(good.digest());
      notes =
          switch (checkpoint.settings().onRestoreFailure()) {
            case RETRY -> restoreRetrying(checkpoint, blob);
            case FORCE -> source(checkpoint).restore(blob, true);
            case CONTINUE, FAIL -> source(checkpoint).restore(blob, false);
          };
    }
    Checkpoint restored =
        around
            .store()
            .mark(
                checkpoint,
                marks ->
                    marks
                        .notLive()
                        .rollback(false)
                        .unrestored(Optional.empty())
                        .left(around.node(), good.fingerprint()));
    around.listener().restored(restored, good, notes);
    return restored;
  }

  // ---- one checkpoint -------------------------------------------------------------------------

  private Optional<Trouble> restoreOne(Checkpoint checkpoint, @Nullable Trouble owed) {
    Optional<Generation> good = firstGood(checkpoint, true);
    if (good.isEmpty()) {
      return failed(checkpoint, checkpoint.currentGeneration(), nothingGood(), owed);
    }
    boolean force = checkpoint.settings().onRestoreFailure() == RestorePolicy.FORCE;
    if (owed != null && !force) {
      return failed(checkpoint, good.get(), unsaved(owed), owed);
    }
    Path blob = around.store().blobs().file(good.get().digest());
    List<String> notes;
    try {
      notes =
          checkpoint.settings().onRestoreFailure() == RestorePolicy.RETRY
              ? restoreRetrying(checkpoint, blob)
              : source(checkpoint).restore(blob, force);
    } catch (SourceException e) {
      return failed(checkpoint, good.get(), Trouble.of(e), owed);
    }
    try {
      Checkpoint restored =
          around
              .store()
              .mark(
                  checkpoint,
                  marks ->
                      marks
                          .liveOn(around.node())
                          .rollback(false)
                          .unrestored(Optional.empty())
                          .left(around.node(), good.get().fingerprint()));
      around.listener().restored(restored, good.get(), notes);
      return Optional.empty();
    } catch (IOException e) {
      return failed(checkpoint, good.get(), Trouble.ofStore(e), null);
    }
  }

  private List<String> restoreRetrying(Checkpoint checkpoint, Path blob) throws SourceException {
    Instant giveUpAt = around.clock().instant().plus(RETRY_MAX);
    var never = new CountDownLatch(1);
    while (true) {
      try {
        return source(checkpoint).restore(blob, false);
      } catch (SourceException e) {
        if (!around.clock().instant().isBefore(giveUpAt)) {
          throw e;
        }
      }
      try {
        if (never.await(RETRY_PAUSE.toMillis(), TimeUnit.MILLISECONDS)) {
          throw new IllegalStateException("a latch that nobody counts down was counted down");
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new SourceException(Obstacle.IO, "waiting to try again was interrupted");
      }
    }
  }

  /**
   * The resource runs on what is there, and that is remembered: it is no change of its own. But
   * what is owed is, and is saved as soon as it can be.
   */
  private Optional<Trouble> failed(
      Checkpoint checkpoint, Generation generation, Trouble trouble, @Nullable Trouble owed) {
    boolean online = checkpoint.settings().onRestoreFailure() != RestorePolicy.FAIL;
    around.listener().notRestored(checkpoint, generation, trouble, online);
    if (online) {
      String fingerprint = owed == null ? liveFingerprint(checkpoint) : Lane.ABSENT;
      try {
        var _ =
            around
                .store()
                .mark(
                    checkpoint,
                    marks -> marks.liveOn(around.node()).unrestored(Optional.of(fingerprint)));
      } catch (IOException e) {
        around.listener().notSaved(checkpoint, Cause.CHANGED, Trouble.ofStore(e), false);
      }
    }
    return Optional.of(trouble);
  }

  private String liveFingerprint(Checkpoint checkpoint) {
    try (Capture capture = source(checkpoint).capture()) {
      return capture.fingerprint();
    } catch (SourceException e) {
      return Lane.ABSENT;
    }
  }

  /** The newest generation that can be read back; tells of those that cannot. */
  private Optional<Generation> firstGood(Checkpoint checkpoint, boolean tell) {
    List<Generation> bad = new ArrayList<>();
    List<Blobs.Condition> conditions = new ArrayList<>();
    Optional<Generation> good = Optional.empty();
    for (Generation candidate : checkpoint.candidates().toList()) {
      Blobs.Condition condition = condition(candidate);
      if (condition == Blobs.Condition.GOOD) {
        good = Optional.of(candidate);
        break;
      }
      bad.add(candidate);
      conditions.add(condition);
    }
    for (int i = 0; tell && i < bad.size(); i++) {
      around.listener().damaged(checkpoint, bad.get(i), conditions.get(i), good);
    }
    return good;
  }

  private Blobs.Condition condition(Generation generation) {
    try {
      return around.store().blobs().check(generation.digest());
    } catch (IOException e) {
      return Blobs.Condition.DAMAGED;
    }
  }

  private Source source(Checkpoint checkpoint) {
    return around.sources().of(checkpoint.subject());
  }
}
