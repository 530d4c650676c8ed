package dev.holdfast.checkpoint;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;

/**
 * Whether failures are due to a generation: the first one comes soon after it was saved, and
 * another one after a restart with it. Confined to its lane.
 */
final class Suspicions {
  /** How soon is soon, where no other time is set. */
  static final Duration SOON = Duration.ofMinutes(1);

  /** So many failures and it is the generation. */
  private static final int FAILURES = 2;

  private final Map<CheckpointId, Suspicion> suspicions = new HashMap<>();

  private record Suspicion(long generation, int failures) {}

  /** What a failure says about a checkpoint's current generation. */
  enum Verdict {
    NOTHING,

    /** It is the first one, and came soon after. */
    SUSPECTED,

    /** It failed with it again. */
    BLAMED
  }

  /** The resource failed. */
  Verdict failed(Checkpoint checkpoint, Instant at) {
    Generation current = checkpoint.currentGeneration();
    Suspicion before = suspicions.get(checkpoint.id());
    if (before != null && before.generation() == current.number()) {
      suspicions.put(checkpoint.id(), new Suspicion(current.number(), before.failures() + 1));
      return before.failures() + 1 == FAILURES ? Verdict.BLAMED : Verdict.NOTHING;
    }
    if (!canBeBlamed(current.cause())
        || Duration.between(current.savedAt(), at).compareTo(soon(checkpoint)) > 0) {
      return Verdict.NOTHING;
    }
    suspicions.put(checkpoint.id(), new Suspicion(current.number(), 1));
    return Verdict.SUSPECTED;
  }

  private static Duration soon(Checkpoint checkpoint) {
    Duration set = checkpoint.settings().rollBackWithin();
    return set.isZero() ? SOON : set;
  }

  /** What was there from the beginning, or is what somebody went back to, changed nothing. */
  private static boolean canBeBlamed(Cause cause) {
    return switch (cause) {
      case CHANGED, OFFLINE, MANUAL, PATCHED, DRIFT -> true;
      case ADDED, ROLLED_BACK -> false;
    };
  }
}
