package dev.holdfast.checkpoint;

import dev.holdfast.checkpoint.Checkpoints.Surroundings;
import java.io.IOException;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Makes generations of what is live: while the resource runs, after its end, and when it ran
 * elsewhere last. Content that is saved already makes none. For one thread at a time.
 */
final class Saver {
  private final Surroundings around;

  /** What could not be saved, and is tried again. */
  private final Map<CheckpointId, Unsaved> unsaved = new ConcurrentHashMap<>();

  Saver(Surroundings around) {
    this.around = around;
  }

  /** What was live is saved, where that is here. */
  Checkpoint settled(Checkpoint checkpoint) throws SourceException, IOException {
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
    forget(checkpoint.id());
    around.listener().leftThere(checkpoint, there);
    return changed;
  }

  /**
   * Saves, and tells what stood in the way. That the content is gone is no reason to try again.
   *
   * @param changed since when there is something to save, of what runs; null of what ran
   * @return what stood in the way of a save that is still wanted
   */
  Optional<Trouble> trySave(Checkpoint checkpoint, Cause cause, @Nullable Instant changed) {
    Trouble trouble;
    boolean again = true;
    try {
      if (changed != null) {
        saveNow(checkpoint, cause, true);
      } else {
        saveOwed(checkpoint);
      }
      return Optional.empty();
    } catch (SourceException e) {
      trouble = Trouble.of(e);
      again = e.obstacle() != Obstacle.MISSING;
    } catch (IOException e) {
      trouble = Trouble.ofStore(e);
    }
    Instant since = changed == null ? around.clock().instant() : changed;
    var now = new Unsaved(checkpoint.id(), checkpoint.subject(), since, cause, trouble);
    Unsaved before = unsaved.get(checkpoint.id());
    // Tried again for hours, it is told once.
    if (before == null || !before.isSame(now)) {
      around.listener().notSaved(checkpoint, cause, trouble, again);
    }
    if (again) {
      unsaved.put(checkpoint.id(), before == null ? now : now.since(before.since()));
    } else {
      unsaved.remove(checkpoint.id());
    }
    return Optional.of(trouble);
  }

  /** What could not be saved, in the order of the checkpoints' numbers. For any thread. */
  List<Unsaved> unsaved() {
    return unsaved.values().stream()
        .sorted(Comparator.comparingInt(each -> each.id().number()))
        .toList();
  }

  /** The same of one checkpoint. For any thread. */
  Optional<Unsaved> unsaved(CheckpointId id) {
    return Optional.ofNullable(unsaved.get(id));
  }

  /** Nothing of it is to be saved any more. */
  void forget(CheckpointId id) {
    unsaved.remove(id);
  }

  /** The save after its end. */
  Checkpoint saveOwed(Checkpoint checkpoint) throws SourceException, IOException {
    try {
      return saveNow(checkpoint, Cause.OFFLINE, false);
    } catch (SourceException e) {
      if (e.obstacle() != Obstacle.MISSING) {
        throw e;
      }
      // It deleted its own configuration: what was saved last stays what is restored.
      forget(checkpoint.id());
      around.listener().notSaved(checkpoint, Cause.OFFLINE, Trouble.of(e), false);
      return around
          .store()
          .mark(
              checkpoint,
              marks ->
                  marks.notLive().unrestored(Optional.empty()).left(around.node(), Lane.ABSENT));
    }
  }

  /**
   * Saves the live content, unless it is what is saved already, or what could not be replaced by
   * that.
   */
  Checkpoint saveNow(Checkpoint checkpoint, Cause cause, boolean runs)
      throws SourceException, IOException {
    try (Capture capture = around.sources().of(checkpoint.subject()).capture()) {
      String fingerprint = capture.fingerprint();
      if (isKept(checkpoint, fingerprint, cause)) {
        Checkpoint kept = around.store().mark(checkpoint, marks -> state(marks, runs, fingerprint));
        forget(checkpoint.id());
        return kept;
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
      forget(checkpoint.id());
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

  /** Whether the live content is the current generation's; what cannot be read is not. */
  boolean isSaved(Checkpoint checkpoint) {
    try (Capture capture = around.sources().of(checkpoint.subject()).capture()) {
      return capture.fingerprint().equals(checkpoint.currentGeneration().fingerprint());
    } catch (SourceException e) {
      return false;
    }
  }

  private static boolean isKept(Checkpoint checkpoint, String fingerprint, Cause cause) {
    return fingerprint.equals(checkpoint.currentGeneration().fingerprint())
        || (cause != Cause.MANUAL
            && (checkpoint.unrestored().equals(Optional.of(fingerprint))
                || (checkpoint.rollback() && isThere(checkpoint, fingerprint))));
  }

  /** What does not count is history, and is written down once. */
  private static boolean isThere(Checkpoint checkpoint, String fingerprint) {
    return checkpoint.generations().stream()
        .anyMatch(generation -> fingerprint.equals(generation.fingerprint()));
  }

  CheckpointStore.Saving saving(Capture capture, Cause cause) {
    return new CheckpointStore.Saving(capture, cause, around.node(), around.clock().instant());
  }

  /**
   * Makes an older generation the current one, which the next online restores.
   *
   * @param more what else is written with it
   */
  Checkpoint rollBack(Checkpoint checkpoint, Generation to, Consumer<CheckpointStore.Marks> more)
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
}
