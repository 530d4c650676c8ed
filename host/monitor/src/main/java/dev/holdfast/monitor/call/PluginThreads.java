package dev.holdfast.monitor.call;

import dev.holdfast.protocol.Failures;
import dev.holdfast.protocol.wire.Failure;
import dev.holdfast.spi.ResourceException.Responsibility;
import dev.holdfast.spi.ResourceException.Retry;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The platform threads of one plugin. A thread is made when none is idle, up to the limit; beyond
 * it entries wait, and one that waits too long is refused with {@link #MONITOR_BUSY}. A thread that
 * hangs in plugin code is never taken back: it counts until it returns. Terminations have a reserve
 * beyond the limit, so that a plugin all of whose threads hang can still be told to stop.
 *
 * <p>Platform threads, because two spinning calls on two cores stop every virtual thread of a JVM
 * (measured: 0 of 100 checks in 3 s), and none of the platform threads. Thread-safe.
 */
public final class PluginThreads {
  /** So many threads may be inside one plugin at a time. */
  public static final int THREAD_LIMIT = 256;

  /** So many more for terminations. */
  public static final int TERMINATE_RESERVE = 32;

  /** So long does an entry wait for a thread when all are taken. */
  public static final Duration WAIT_LIMIT = Duration.ofSeconds(2);

  /** A thread without work ends after this time. */
  static final Duration IDLE_LIMIT = Duration.ofSeconds(30);

  /** The code of a failure: no thread was free in time. */
  public static final String MONITOR_BUSY = "MonitorBusy";

  private final String label;
  private final Alarms alarms;
  private final int limit;
  private final Duration waitLimit;
  private final ArrayDeque<Entry> waiting = new ArrayDeque<>();
  private final ArrayDeque<Entry> waitingFirst = new ArrayDeque<>();
  private int threads;
  private int idle;
  private int inside;
  private long made;

  /** Threads for one plugin, with the limits that apply outside tests. */
  public PluginThreads(String label, Alarms alarms) {
    this(label, alarms, THREAD_LIMIT, WAIT_LIMIT);
  }

  PluginThreads(String label, Alarms alarms, int limit, Duration waitLimit) {
    this.label = label;
    this.alarms = alarms;
    this.limit = limit;
    this.waitLimit = waitLimit;
  }

  /** Runs an entry as soon as there is a thread. Never waits. */
  void run(Entry entry) {
    take(entry, waiting, limit);
  }

  /** The same, before others and with the reserve: for terminations. */
  void runFirst(Entry entry) {
    take(entry, waitingFirst, limit + TERMINATE_RESERVE);
  }

  /** How many threads are inside plugin code. */
  public synchronized int inside() {
    return inside;
  }

  private synchronized void take(Entry entry, ArrayDeque<Entry> queue, int threadLimit) {
    int queued = waiting.size() + waitingFirst.size();
    if (idle <= queued && threads < threadLimit && startThread(entry)) {
      return;
    }
    queue.add(entry);
    notify();
    if (idle <= queued) {
      alarms.in(waitLimit, () -> refuse(entry));
    }
  }

  private boolean startThread(Entry entry) {
    var thread =
        Thread.ofPlatform()
            .name("plugin-" + label + "-" + (made + 1))
            .daemon(true)
            .unstarted(() -> work(entry));
    try {
      thread.start();
    } catch (OutOfMemoryError e) {
      // The system gives no more threads. The entry waits for one of those there are.
      return false;
    }
    threads++;
    made++;
    return true;
  }

  private void refuse(Entry entry) {
    boolean removed;
    int threadsNow;
    synchronized (this) {
      removed = waiting.remove(entry) || waitingFirst.remove(entry);
      threadsNow = threads;
    }
    if (removed) {
      entry.refuse(busy(threadsNow));
    }
  }

  private Failure busy(int threadsNow) {
    return Failures.of(
        Responsibility.INTERNAL,
        Retry.HERE,
        MONITOR_BUSY,
        "All %d threads of plugin %s were inside it for %d ms; this call was not begun."
            .formatted(threadsNow, label, waitLimit.toMillis()));
  }

  private void work(Entry first) {
    for (@Nullable Entry entry = first; entry != null; entry = next()) {
      synchronized (this) {
        inside++;
      }
      try {
        entry.run();
      } catch (Throwable thrown) {
        alarms.fault(thrown); // Plugin code cannot get here: the entry keeps what it throws.
      } finally {
        synchronized (this) {
          inside--;
        }
      }
    }
  }

  /** Waits for work; null when this thread is to end. One of the reserve only terminates. */
  private synchronized @Nullable Entry next() {
    long end = System.nanoTime() + IDLE_LIMIT.toNanos();
    idle++;
    try {
      while (true) {
        Entry entry = waitingFirst.poll();
        boolean ofTheReserve = threads > limit;
        if (entry == null && !ofTheReserve) {
          entry = waiting.poll();
        }
        if (entry != null) {
          return entry;
        }
        long left = end - System.nanoTime();
        if (left <= 0 || ofTheReserve) {
          threads--;
          return null;
        }
        pause(left);
      }
    } finally {
      idle--;
    }
  }

  private synchronized void pause(long nanos) {
    try {
      TimeUnit.NANOSECONDS.timedWait(this, nanos);
    } catch (InterruptedException e) {
      // Plugin code may have kept this thread and interrupt it now. It means nothing here.
      return;
    }
  }
}
