package dev.holdfast.checkpoint;

import dev.holdfast.checkpoint.Checkpoints.Surroundings;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.Lock;
import org.jspecify.annotations.Nullable;

/**
 * Watches the checkpoints of a resource that runs, and saves what changes when it has been quiet.
 * Its methods are called by whoever has the lane's lock, those that only ask excepted; what it does
 * by itself later it does with that lock.
 */
final class ChangeSaver {
  /**
   * Saves that wait for a quiet time end it together, on the multiples of this: so those of many
   * resources share syncs, and cost half. A quiet time is longer by that at most.
   */
  private static final Duration TOGETHER = Duration.ofMillis(20);

  private final Surroundings around;
  private final Executor blocking;
  private final Lock lock;
  private final Saver saver;
  private final Map<CheckpointId, Guard> guards = new ConcurrentHashMap<>();
  private final Backoff backoff;
  private boolean closed;

  /**
   * @param blocking runs what takes its time
   * @param lock the lane's, and so is the backoff
   */
  ChangeSaver(Surroundings around, Executor blocking, Lock lock, Backoff backoff, Saver saver) {
    this.around = around;
    this.blocking = blocking;
    this.lock = lock;
    this.backoff = backoff;
    this.saver = saver;
  }

  /** The watch over a checkpoint whose resource runs. */
  private record Guard(Dirt dirt, Source.@Nullable Watching watching) {
    void close() {
      if (watching != null) {
        watching.close();
      }
    }
  }

  boolean isWatching() {
    return !guards.isEmpty();
  }

  boolean isWatching(CheckpointId id) {
    return guards.containsKey(id);
  }

  Watched watched(CheckpointId id) {
    Guard guard = guards.get(id);
    Optional<Instant> known = guard == null ? Optional.empty() : guard.dirt().knownSince();
    return new Watched(
        guard != null && guard.watching() != null,
        saver.unsaved(id).map(Unsaved::since).or(() -> known).orElse(null));
  }

  /** Whether nothing of it is to be saved or to be looked at. */
  boolean isClean(CheckpointId id) {
    Guard guard = guards.get(id);
    return guard == null || guard.dirt().isClean();
  }

  /**
   * Begins to watch. What was changed between the last look and now is found by looking once more.
   */
  void arm(Checkpoint checkpoint) {
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
    if (dirt.mayHaveChanged(around.clock().instant())) {
      saveWhenDue(checkpoint.id(), dirt);
    }
  }

  void disarm() {
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
    Instant now = around.clock().instant();
    if (now.isBefore(due.get())) {
      around.later(Duration.between(now, together(due.get())), () -> saveWhenDue(id, dirt));
    } else {
      blocking.execute(() -> saveChanged(id, dirt));
    }
  }

  private static Instant together(Instant due) {
    long step = TOGETHER.toMillis();
    return Instant.ofEpochMilli((due.toEpochMilli() / step + 1) * step);
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
    Optional<Trouble> trouble = saver.trySave(checkpoint, Cause.CHANGED, taken);
    if (trouble.isEmpty()) {
      backoff.reset();
      around.idle().mayBeThere();
    } else if (trouble.get().obstacle() != Obstacle.MISSING) {
      owe(checkpoint.id(), dirt, taken);
    }
  }

  private void owe(CheckpointId id, Dirt dirt, Instant taken) {
    dirt.putBack(taken, around.clock().instant());
    around.later(backoff.next(), () -> blocking.execute(() -> saveChanged(id, dirt)));
  }

  /**
   * It is saved by somebody else right now.
   *
   * @return what is to be run when that fails: whoever asked was told, and what was to be saved by
   *     itself is so still
   */
  Runnable beingSaved(CheckpointId id) {
    Guard guard = guards.get(id);
    @Nullable Instant taken = guard == null ? null : guard.dirt().take();
    return guard == null || taken == null ? () -> {} : () -> owe(id, guard.dirt(), taken);
  }

  void removed(CheckpointId id) {
    Guard guard = guards.remove(id);
    if (guard != null) {
      guard.close();
    }
  }

  /** It has other settings now, and with them other delays. What is dirty is found dirty again. */
  void configured(Checkpoint checkpoint) {
    if (isWatching(checkpoint.id())) {
      removed(checkpoint.id());
      arm(checkpoint);
    }
  }

  /** Saves what is not saved yet, and watches no more. */
  void close() {
    closed = true;
    Map<CheckpointId, Instant> dirty = new HashMap<>();
    guards.forEach(
        (id, guard) -> {
          Instant since = guard.dirt().take();
          if (since != null) {
            dirty.put(id, since);
          }
        });
    disarm();
    dirty.forEach(
        (id, since) ->
            around.store().find(id).ifPresent(each -> saver.trySave(each, Cause.CHANGED, since)));
  }
}
