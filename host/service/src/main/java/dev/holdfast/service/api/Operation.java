package dev.holdfast.service.api;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A command being carried out: what it has said so far and, once, how it ended. The service writes,
 * any number of readers read, each from the line it has come to; a reader that goes away changes
 * nothing. Thread-safe.
 *
 * <p>Of the lines the first {@link #MAX_LINES} are kept; what comes after them is counted and named
 * in the last one.
 */
public final class Operation {
  /** A narration longer than this is nothing a person reads. */
  public static final int MAX_LINES = 10_000;

  private final String id;
  private final String what;
  private final Instant started;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final List<Narration> lines = new ArrayList<>();
  private @Nullable Outcome outcome;

  /**
   * An operation that has just been accepted.
   *
   * @param what the command in words, such as {@code "offline web-app"}
   */
  public Operation(String id, String what, Instant started) {
    this.id = id;
    this.what = what;
    this.started = started;
  }

  public String id() {
    return id;
  }

  public String what() {
    return what;
  }

  public Instant started() {
    return started;
  }

  /** Says something. Ignored once the operation has ended. */
  public void narrate(Narration line) {
    lock.lock();
    try {
      if (outcome == null && lines.size() <= MAX_LINES) {
        lines.add(
            lines.size() < MAX_LINES
                ? line
                : new Narration(line.time(), what, "more was said; it is not kept"));
        changed.signalAll();
      }
    } finally {
      lock.unlock();
    }
  }

  /**
   * Ends the operation.
   *
   * @return false when it had ended before; the first outcome stands
   */
  public boolean end(Outcome how) {
    lock.lock();
    try {
      if (outcome != null) {
        return false;
      }
      outcome = how;
      changed.signalAll();
      return true;
    } finally {
      lock.unlock();
    }
  }

  /** Empty while it goes on. */
  public Optional<Outcome> outcome() {
    lock.lock();
    try {
      return Optional.ofNullable(outcome);
    } finally {
      lock.unlock();
    }
  }

  /** All lines so far. */
  public List<Narration> lines() {
    lock.lock();
    try {
      return List.copyOf(lines);
    } finally {
      lock.unlock();
    }
  }

  /**
   * Waits until there is a line after the first {@code seen} ones, or the operation has ended, or
   * the wait is over; returns the lines after those, oldest first.
   */
  public List<Narration> awaitLines(int seen, Duration wait) throws InterruptedException {
    long nanos = wait.toNanos();
    lock.lockInterruptibly();
    try {
      while (lines.size() <= seen && outcome == null && nanos > 0) {
        nanos = changed.awaitNanos(nanos);
      }
      return seen >= lines.size() ? List.of() : List.copyOf(lines.subList(seen, lines.size()));
    } finally {
      lock.unlock();
    }
  }

  /** Waits for the end; empty when it has not come within the wait. */
  public Optional<Outcome> await(Duration wait) throws InterruptedException {
    long nanos = wait.toNanos();
    lock.lockInterruptibly();
    try {
      while (outcome == null && nanos > 0) {
        nanos = changed.awaitNanos(nanos);
      }
      return Optional.ofNullable(outcome);
    } finally {
      lock.unlock();
    }
  }

  @Override
  public String toString() {
    return what + " (operation " + id + ")";
  }
}
