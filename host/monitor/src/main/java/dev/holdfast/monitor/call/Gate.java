package dev.holdfast.monitor.call;

import dev.holdfast.protocol.Failures;
import dev.holdfast.protocol.wire.Failure;
import dev.holdfast.spi.ResourceException.Responsibility;
import dev.holdfast.spi.ResourceException.Retry;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Lets one entry into a resource at a time, in the order they came. A check (a poll) only enters
 * when nobody else is there or waits, and is hurried when somebody comes. Behind an entry that was
 * given up and is still inside nobody waits: everything is refused until it is out. Thread-safe;
 * nothing is called while the lock is held.
 */
final class Gate implements Entry.Door {
  /** The code of a failure: an earlier call is still inside and will not let go. */
  static final String RESOURCE_BUSY = "ResourceBusy";

  /** The code of a failure: the resource was closed, or could not be opened. */
  static final String NOT_OPEN = "NotOpen";

  /** So long may a check go on once a call waits behind it. */
  static final Duration CHECK_YIELDS_IN = Duration.ofMillis(500);

  private final String resourceName;
  private final Consumer<Entry> start;
  private final Runnable free;
  private final ArrayDeque<Entry> waiting = new ArrayDeque<>();
  private @Nullable Entry occupant;
  private boolean occupantIsCheck;
  private boolean closed;

  /**
   * A gate for one resource.
   *
   * @param start gives an entry a thread
   * @param free nobody is in and nobody waits
   */
  Gate(String resourceName, Consumer<Entry> start, Runnable free) {
    this.resourceName = resourceName;
    this.start = start;
    this.free = free;
  }

  /** An entry comes; it is started now, or later, or refused. */
  void enter(Entry entry) {
    Failure refused = null;
    boolean now = false;
    Entry hurried = null;
    synchronized (this) {
      if (closed) {
        refused = notOpen();
      } else if (occupant == null) {
        occupant = entry;
        occupantIsCheck = false;
        now = true;
      } else if (occupant.isGivenUp()) {
        refused = busy(occupant);
      } else {
        waiting.add(entry);
        hurried = occupantIsCheck ? occupant : null;
      }
    }
    if (hurried != null) {
      hurried.yieldIn(CHECK_YIELDS_IN);
    }
    if (refused != null) {
      entry.refuse(refused);
    }
    if (now) {
      start.accept(entry);
    }
  }

  /**
   * A check may come, if nobody is there.
   *
   * @param next makes the check, or null; called under the lock, so it must not call back
   */
  void enterIfFree(Supplier<@Nullable Entry> next) {
    Entry check;
    synchronized (this) {
      if (closed || occupant != null || !waiting.isEmpty()) {
        return;
      }
      check = next.get();
      occupant = check;
      occupantIsCheck = check != null;
    }
    if (check != null) {
      start.accept(check);
    }
  }

  /** Cancels every entry of an epoch before this one. */
  void cancelBefore(long epoch) {
    var older = new ArrayList<Entry>();
    synchronized (this) {
      if (occupant != null) {
        older.add(occupant);
      }
      older.addAll(waiting);
    }
    older.removeIf(entry -> entry.what().epoch() >= epoch);
    older.forEach(entry -> entry.cancel(Entry.CANCELLED));
  }

  /** The failure that tells of an occupant that hangs; null when none does. */
  synchronized @Nullable Failure hanging() {
    return occupant != null && occupant.isGivenUp() ? busy(occupant) : null;
  }

  /** An entry is out, or was cancelled while it waited. */
  @Override
  public void left(Entry entry) {
    Entry next = null;
    boolean nobody;
    synchronized (this) {
      if (entry.equals(occupant)) {
        occupant = waiting.poll();
        occupantIsCheck = false;
        next = occupant;
      } else {
        waiting.remove(entry);
      }
      nobody = occupant == null && !closed;
    }
    if (next != null) {
      start.accept(next);
    } else if (nobody) {
      free.run();
    }
  }

  /** The occupant was given up: who waits behind it need not. */
  @Override
  public void givenUp(Entry entry) {
    List<Entry> refused;
    synchronized (this) {
      if (!entry.equals(occupant)) {
        return;
      }
      refused = new ArrayList<>(waiting);
      waiting.clear();
    }
    refused.forEach(waiter -> waiter.refuse(busy(entry)));
  }

  /** Nobody enters any more. */
  void close() {
    List<Entry> refused;
    synchronized (this) {
      closed = true;
      refused = new ArrayList<>(waiting);
      waiting.clear();
    }
    refused.forEach(waiter -> waiter.refuse(notOpen()));
  }

  private Failure busy(Entry inside) {
    return Failures.of(
        Responsibility.INTERNAL,
        Retry.HERE,
        RESOURCE_BUSY,
        "Resource %s cannot be called: its %s was given up and is still inside plugin %s. Only a new monitor helps."
            .formatted(resourceName, inside.what().entryPoint(), inside.what().plugin().label()));
  }

  private Failure notOpen() {
    return notOpen(resourceName);
  }

  static Failure notOpen(String resource) {
    return Failures.of(
        Responsibility.INTERNAL,
        Retry.HERE,
        NOT_OPEN,
        "Resource " + resource + " is not open in this monitor.");
  }
}
