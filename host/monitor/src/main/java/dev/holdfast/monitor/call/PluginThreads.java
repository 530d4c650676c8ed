package dev.holdfast.monitor.call;

import dev.holdfast.protocol.Failures;
import dev.holdfast.protocol.wire.Failure;
import dev.holdfast.spi.ResourceException.Responsibility;
import dev.holdfast.spi.ResourceException.Retry;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The platform threads of one plugin. A few at a time are at work, as many as get on beside each
 * other; more are woken or made, up to the limit, for those that are stuck. A thousand quick calls
 * after a monitor's death are over sooner this way than on a thread for each. At the limit entries
 * wait, and one that waits too long is refused with {@link #MONITOR_BUSY}. A thread that hangs in
 * plugin code is never taken back: it counts until it returns. Terminations get a thread at once,
 * and have a reserve beyond the limit, so that a plugin all of whose threads hang can still be told
 * to stop.
 *
 * <p>A thread that waits inside for a command of the service's is not at work: another takes its
 * place at once, where one that is stuck elsewhere has to be found by a look.
 *
 * <p>A thread that has left plugin code goes on with what waited for just that, the next call of
 * the same resource, without a turn in the queue.
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

  /** So many threads work at once before it is looked at whether they are stuck. */
  static final int QUICK_THREADS = Math.max(2, Runtime.getRuntime().availableProcessors());

  /** How often it is looked at whether those that wait need more threads. */
  static final Duration LOOK_INTERVAL = Duration.ofMillis(5);

  /** A thread that is this long in one call is stuck, though it does not seem to wait. */
  private static final Duration LONG_CALL = Duration.ofMillis(20);

  /** Who has waited this long needs a thread, though none is stuck. */
  private static final Duration LONG_WAIT = Duration.ofMillis(100);

  /** So many threads at most are made by one look: it is the clock's thread that makes them. */
  private static final int MADE_AT_ONCE = 32;

  /** The code of a failure: no thread was free in time. */
  public static final String MONITOR_BUSY = "MonitorBusy";

  private final String label;
  private final Alarms alarms;
  private final int limit;
  private final Duration waitLimit;
  private final ArrayDeque<Waiting> waiting = new ArrayDeque<>();
  private final ArrayDeque<Waiting> waitingFirst = new ArrayDeque<>();
  private final Set<Worker> workers = new HashSet<>();
  private int idle;
  private int inside;

  /** Of those inside, how many wait for a command. */
  private int asking;

  private long made;
  private boolean looking;

  /**
   * An entry without a thread.
   *
   * @param sinceNanos when it came, by {@link System#nanoTime}
   */
  private record Waiting(Entry entry, long sinceNanos) {}

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
    if (!follows(entry)) {
      take(entry, waiting, limit, QUICK_THREADS);
    }
  }

  /** The same, before others and with the reserve: for terminations. */
  void runFirst(Entry entry) {
    take(entry, waitingFirst, limit + TERMINATE_RESERVE, limit + TERMINATE_RESERVE);
  }

  /** How many threads are inside plugin code. */
  public synchronized int inside() {
    return inside;
  }

  /**
   * The current thread, if it is one of ours, waits inside plugin code for a command: whoever waits
   * for a thread need not wait for this one.
   */
  synchronized void asks() {
    if (isOurs(Thread.currentThread())) {
      asking++;
      if (waiting.isEmpty()) {
        return;
      }
      if (idle > 0) {
        notify();
      } else if (workers.size() < limit) {
        var _ = startNext();
      }
    }
  }

  /** The same thread goes on. */
  synchronized void answered() {
    if (isOurs(Thread.currentThread())) {
      asking--;
    }
  }

  private boolean isOurs(Thread thread) {
    return thread instanceof Worker worker && worker.isOf(this);
  }

  /**
   * Whether this is a thread of ours that has left plugin code and takes the entry itself. One of
   * the reserve does not: it only terminates.
   */
  private boolean follows(Entry entry) {
    if (!(Thread.currentThread() instanceof Worker worker)
        || !worker.isOf(this)
        || worker.following != null
        || worker.current.isInside()) {
      return false;
    }
    synchronized (this) {
      if (workers.size() > limit) {
        return false;
      }
    }
    worker.following = entry;
    return true;
  }

  /**
   * @param atOnce with this many threads at work it waits for one of those, or for a look
   */
  private synchronized void take(
      Entry entry, ArrayDeque<Waiting> queue, int threadLimit, int atOnce) {
    boolean wanted = inside - asking < atOnce;
    int queued = waiting.size() + waitingFirst.size();
    if (wanted && idle <= queued && workers.size() < threadLimit && startThread(entry)) {
      return;
    }
    queue.add(new Waiting(entry, System.nanoTime()));
    if (wanted) {
      notify();
    }
    if (!wanted || idle <= queued) {
      lookLater();
    }
  }

  private boolean startThread(Entry entry) {
    var worker = new Worker("plugin-" + label + "-" + (made + 1), entry);
    try {
      worker.start();
    } catch (OutOfMemoryError e) {
      // The system gives no more threads. The entry waits for one of those there are.
      return false;
    }
    workers.add(worker);
    inside++;
    made++;
    return true;
  }

  // ---- those that wait ---------------------------------------------------------------------

  /** One look is to come as long as something waits. */
  private void lookLater() {
    if (looking || (waiting.isEmpty() && waitingFirst.isEmpty())) {
      return;
    }
    looking = true;
    boolean canHelp = idle > 0 || workers.size() < limit;
    alarms.in(canHelp ? LOOK_INTERVAL : untilOldestGivesUp(), this::look);
  }

  private Duration untilOldestGivesUp() {
    long left = waitLimit.minus(oldestWait()).toNanos();
    return Duration.ofNanos(Math.max(LOOK_INTERVAL.toNanos(), left));
  }

  private Duration oldestWait() {
    long now = System.nanoTime();
    long longest = 0;
    for (ArrayDeque<Waiting> queue : List.of(waiting, waitingFirst)) {
      Waiting first = queue.peekFirst();
      longest = first == null ? longest : Math.max(longest, now - first.sinceNanos());
    }
    return Duration.ofNanos(longest);
  }

  private void look() {
    var refused = new ArrayList<Entry>();
    int threadsNow;
    synchronized (this) {
      looking = false;
      giveUp(waiting, refused);
      giveUp(waitingFirst, refused);
      makeMore();
      lookLater();
      threadsNow = workers.size();
    }
    refused.forEach(entry -> entry.refuse(busy(threadsNow)));
  }

  private void giveUp(ArrayDeque<Waiting> queue, List<Entry> refused) {
    long now = System.nanoTime();
    for (Waiting first = queue.peekFirst();
        first != null && now - first.sinceNanos() >= waitLimit.toNanos();
        first = queue.peekFirst()) {
      queue.removeFirst();
      refused.add(first.entry());
    }
  }

  /**
   * Wakes or makes as many again as are stuck, if too few get on: a plugin all of whose calls block
   * has all its threads within some looks.
   */
  private void makeMore() {
    long now = System.nanoTime();
    int stuck = 0;
    for (Worker worker : workers) {
      stuck += worker.isStuck(now) ? 1 : 0;
    }
    int wanted = inside - stuck < QUICK_THREADS ? Math.max(stuck, QUICK_THREADS) : 0;
    if (wanted == 0 && oldestWait().compareTo(LONG_WAIT) > 0) {
      wanted = QUICK_THREADS;
    }
    for (int i = 0; i < Math.min(wanted, idle); i++) {
      notify();
    }
    int more = Math.min(Math.min(wanted - idle, MADE_AT_ONCE), limit - workers.size());
    for (int i = 0; i < more; i++) {
      if (!startNext()) {
        return;
      }
    }
  }

  private boolean startNext() {
    Waiting next = waiting.peekFirst();
    if (next == null || !startThread(next.entry())) {
      return false;
    }
    waiting.removeFirst();
    return true;
  }

  private Failure busy(int threadsNow) {
    return Failures.of(
        Responsibility.INTERNAL,
        Retry.HERE,
        MONITOR_BUSY,
        "All %d threads of plugin %s were inside it for %d ms; this call was not begun."
            .formatted(threadsNow, label, waitLimit.toMillis()));
  }

  // ---- a thread's work ---------------------------------------------------------------------

  /** A thread; what it is inside, and what it is to go on with, is its own to know. */
  private final class Worker extends Thread {
    private volatile Entry current;
    private @Nullable Entry following;

    Worker(String name, Entry first) {
      super(name);
      setDaemon(true);
      this.current = first;
    }

    boolean isOf(PluginThreads pool) {
      return PluginThreads.this.equals(pool);
    }

    /**
     * Whether nothing can be expected of it soon: it waits inside plugin code, or is there long.
     */
    boolean isStuck(long nowNanos) {
      Entry now = current;
      if (!now.isInside()) {
        return false;
      }
      return switch (getState()) {
        case WAITING, TIMED_WAITING -> true;
        case NEW, RUNNABLE, BLOCKED, TERMINATED ->
            nowNanos - now.enteredNanos().orElse(nowNanos) > LONG_CALL.toNanos();
      };
    }

    @Override
    public void run() {
      for (@Nullable Entry entry = current; entry != null; entry = goOn()) {
        current = entry;
        try {
          entry.run();
        } catch (Throwable thrown) {
          alarms.fault(thrown); // Plugin code cannot get here: the entry keeps what it throws.
        }
      }
    }

    private @Nullable Entry goOn() {
      Entry next = following;
      following = null;
      return next == null ? next(this) : next;
    }
  }

  /** Waits for work; null when this thread is to end. One of the reserve only terminates. */
  private synchronized @Nullable Entry next(Worker worker) {
    long end = System.nanoTime() + IDLE_LIMIT.toNanos();
    inside--;
    idle++;
    try {
      while (true) {
        Waiting found = waitingFirst.poll();
        boolean ofTheReserve = workers.size() > limit;
        if (found == null && !ofTheReserve) {
          found = waiting.poll();
        }
        if (found != null) {
          inside++;
          return found.entry();
        }
        long left = end - System.nanoTime();
        if (left <= 0 || ofTheReserve) {
          workers.remove(worker);
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
