package dev.holdfast.checkpoint;

import dev.holdfast.checkpoint.Checkpoints.Surroundings;
import java.io.IOException;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Makes generations of what is live: while the resource runs, after its end, and when it ran
 * elsewhere last. Content that is saved already makes none. For one thread at a time.
 */
final class Saver {
  private final Surroundings around;

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
    around.listener().leftThere(checkpoint, there);
    return changed;
  }

  /**
   * Saves, and tells what stood in the way. That the content is gone is no reason to try again.
   *
   * @return what stood in the way of a save that is still wanted
   */
  Optional<Trouble> trySave(Checkpoint checkpoint, Cause cause, boolean runs) {
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
  Checkpoint saveOwed(Checkpoint checkpoint) throws SourceException, IOException {
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
