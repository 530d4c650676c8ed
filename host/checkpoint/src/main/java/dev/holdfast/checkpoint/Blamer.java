package dev.holdfast.checkpoint;

import dev.holdfast.checkpoint.Checkpoints.Surroundings;
import dev.holdfast.quorum.Blobs;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Looks, when a resource failed, whether what was saved last is to blame: tells it, and rolls it
 * back where that is wanted. For one thread at a time.
 */
final class Blamer {
  private final String resource;
  private final Surroundings around;
  private final Saver saver;
  private final Suspicions suspicions = new Suspicions();

  Blamer(String resource, Surroundings around, Saver saver) {
    this.resource = resource;
    this.around = around;
    this.saver = saver;
  }

  /**
   * It failed; before it goes online again a checkpoint that is to blame is rolled back.
   *
   * @return whether one was
   */
  boolean failed(Instant at) {
    boolean rolledBack = false;
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
            rolledBack |= rollBackBlamed(checkpoint);
          }
        }
      }
    }
    return rolledBack;
  }

  private boolean rollBackBlamed(Checkpoint checkpoint) {
    Generation blamed = checkpoint.currentGeneration();
    Optional<Generation> before = checkpoint.before(blamed);
    if (before.isEmpty() || blamed.cause() == Cause.PATCHED) {
      return false; // A patch changed more than its checkpoints, and that is not rolled back
      // (Q288562).
    }
    try {
      Checkpoint changed = saver.rollBack(checkpoint, before.get(), _ -> {});
      around.listener().rolledBack(changed, blamed, changedBy(changed, blamed));
      return true;
    } catch (IOException e) {
      around.listener().notSaved(checkpoint, Cause.ROLLED_BACK, Trouble.ofStore(e), false);
      return false;
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
}
