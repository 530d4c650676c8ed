package dev.holdfast.registry.hive;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;

/**
 * Rests for as long as others commit meanwhile: after a quarter of a millisecond of work three
 * quarters, so that it takes a quarter of a processor at most. Without that the work keeps a
 * processor for its whole slice of some milliseconds each time, and a group whose leader waits for
 * that processor waits with all its writers.
 *
 * <p>A lower priority would not do: a thread that is not run does not come to a safepoint either,
 * for which all others then wait. One that rests is at one.
 *
 * <p>Not thread-safe: for the thread that works.
 */
final class RestingPace implements Pace {
  static final long WORK_NANOS = TimeUnit.MICROSECONDS.toNanos(250);
  static final long REST_NANOS = 3 * WORK_NANOS;

  private final LongSupplier groups;
  private final LongSupplier nanoTime;
  private final LongConsumer rest;

  private long committed;
  private long workedSince;

  /**
   * @param groups how many groups were committed
   * @param nanoTime as {@link System#nanoTime}
   * @param rest lets so many nanoseconds pass
   */
  RestingPace(LongSupplier groups, LongSupplier nanoTime, LongConsumer rest) {
    this.groups = groups;
    this.nanoTime = nanoTime;
    this.rest = rest;
    this.committed = groups.getAsLong();
    this.workedSince = nanoTime.getAsLong();
  }

  /** Beside these commits. */
  RestingPace(GroupCommit commits) {
    this(commits::groups, System::nanoTime, LockSupport::parkNanos);
  }

  @Override
  public void step() {
    long now = nanoTime.getAsLong();
    if (now - workedSince < WORK_NANOS) {
      return;
    }
    long before = committed;
    committed = groups.getAsLong();
    if (committed != before) {
      rest.accept(REST_NANOS);
      now = nanoTime.getAsLong();
    }
    workedSince = now;
  }
}
