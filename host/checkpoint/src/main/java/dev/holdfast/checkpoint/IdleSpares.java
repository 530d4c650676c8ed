package dev.holdfast.checkpoint;

import dev.holdfast.quorum.Blobs;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Deletes the files of replaced generations that no new one has been written into for a while. So
 * what was dropped is gone from the disk soon, also when nothing changes any more. Thread-safe.
 */
final class IdleSpares {
  private static final System.Logger LOG = System.getLogger(IdleSpares.class.getName());

  /** How often that is looked at while there are any; each is idle for twice as long at most. */
  private static final Duration LOOK = Duration.ofSeconds(2);

  private final Blobs blobs;
  private final ScheduledExecutorService timer;
  private final Executor blocking;
  private final AtomicBoolean isDue = new AtomicBoolean();

  /**
   * @param timer runs short tasks only
   * @param blocking runs what takes its time
   */
  IdleSpares(Blobs blobs, ScheduledExecutorService timer, Executor blocking) {
    this.blobs = blobs;
    this.timer = timer;
    this.blocking = blocking;
  }

  /** There may be some now; returns at once. */
  void mayBeThere() {
    if (isDue.compareAndSet(false, true)) {
      try {
        var _ =
            timer.schedule(
                () -> blocking.execute(this::deleteIdle), LOOK.toNanos(), TimeUnit.NANOSECONDS);
      } catch (RejectedExecutionException closing) {
        // All are deleted then.
      }
    }
  }

  private void deleteIdle() {
    isDue.set(false);
    try {
      if (blobs.deleteIdleSpares()) {
        mayBeThere();
      }
    } catch (IOException e) {
      LOG.log(Level.WARNING, "a blob that was replaced was not deleted", e);
      mayBeThere();
    }
  }

  /** Deletes all of them: nothing is saved any more. */
  void deleteAll() {
    try {
      blobs.deleteSpares();
    } catch (IOException e) {
      // The next start collects it.
      LOG.log(Level.WARNING, "a blob that was replaced was not deleted", e);
    }
  }
}
