package dev.holdfast.service.process;

import dev.holdfast.failpoint.StepPoint;
import dev.holdfast.service.posix.Pidfd;
import dev.holdfast.service.posix.PosixException;
import dev.holdfast.service.posix.PosixSpawn;
import dev.holdfast.service.posix.ProcessControl;
import dev.holdfast.service.posix.Signal;
import dev.holdfast.service.posix.SpawnRequest;
import dev.holdfast.service.process.SpawnException.Reason;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Starts processes on a few threads of its own, so that an exec that hangs on a file system blocks
 * nobody else; after a limit its child is killed, and the thread comes back.
 *
 * <p>The kernel keeps children by the thread that forked them. So what stands in the list of one of
 * these threads is ours, registered or about to be; and what hangs there is the start that hangs.
 */
final class Spawner implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Spawner.class);

  /** How many threads may hang for good in a file system before no start is taken any more. */
  static final int HUNG_THREADS = 12;

  /** How long a killed start has to come back, at most. */
  private static final Duration HUNG_GRACE = Duration.ofSeconds(1);

  /** Starts one process; may take for ever. */
  @FunctionalInterface
  interface Starter {
    ProcessIdentity start(ProcessSpec spec) throws SpawnException;
  }

  private final ProcFs proc;
  private final ExitWatcher watcher;
  private final ScheduledExecutorService timer;
  private final ProcessLimits limits;
  private final Starter starter;
  private final ThreadPoolExecutor threads;
  private final Set<Integer> threadIds = ConcurrentHashMap.newKeySet();

  private final OwnChildren children;

  /**
   * @param children where to note what we started
   */
  Spawner(
      ProcFs proc,
      ExitWatcher watcher,
      ScheduledExecutorService timer,
      ProcessLimits limits,
      OwnChildren children) {
    this(proc, watcher, timer, limits, children, null);
  }

  /**
   * @param starter what starts instead of us, for tests
   */
  Spawner(
      ProcFs proc,
      ExitWatcher watcher,
      ScheduledExecutorService timer,
      ProcessLimits limits,
      OwnChildren children,
      @Nullable Starter starter) {
    this.children = children;
    this.starter = starter == null ? this::start : starter;
    this.proc = proc;
    this.watcher = watcher;
    this.timer = timer;
    this.limits = limits;
    this.threads =
        new ThreadPoolExecutor(
            limits.spawnThreads(),
            limits.spawnThreads(),
            0,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(limits.waitingSpawns()),
            Thread.ofPlatform().name("holdfast-spawn-", 0).daemon(true).factory());
  }

  CompletableFuture<ProcessIdentity> spawn(ProcessSpec spec) {
    Start start = new Start(spec);
    try {
      threads.execute(start);
    } catch (RejectedExecutionException e) {
      start.refuse(
          threads.isShutdown()
              ? closed()
              : new SpawnException(
                  Reason.BUSY, "%d starts are waiting already".formatted(limits.waitingSpawns())));
    }
    return start.result;
  }

  /** The threads whose children are started by us. */
  Set<Integer> threadIds() {
    return Set.copyOf(threadIds);
  }

  private static SpawnException closed() {
    return new SpawnException(Reason.CLOSED, "the service is stopping");
  }

  /** One start, on its way. */
  private final class Start implements Runnable {
    final ProcessSpec spec;
    final CompletableFuture<ProcessIdentity> result = new CompletableFuture<>();
    private volatile boolean over;

    Start(ProcessSpec spec) {
      this.spec = spec;
    }

    @Override
    public void run() {
      int thread = ProcessControl.threadId();
      threadIds.add(thread);
      @Nullable Future<?> limit = null;
      try {
        if (threads.isShutdown()) {
          throw closed();
        }
        limit = after(limits.spawnLimit(), () -> giveUp(thread));
        ProcessIdentity process = starter.start(spec);
        if (!result.complete(process)) {
          discard(process);
        }
      } catch (SpawnException e) {
        refuse(e);
      } catch (RuntimeException e) {
        result.completeExceptionally(e);
      } finally {
        over = true;
        if (limit != null) {
          limit.cancel(false);
        }
      }
    }

    void refuse(SpawnException cause) {
      SpawnException failure =
          new SpawnException(
              cause.reason(), "Cannot start %s: %s".formatted(spec, cause.getMessage()));
      failure.setStackTrace(cause.getStackTrace());
      result.completeExceptionally(failure);
    }

    private void giveUp(int thread) {
      refuse(
          new SpawnException(
              Reason.HUNG,
              "it did not begin within %s; a file system it needs may hang"
                  .formatted(limits.spawnLimit())));
      for (int pid : proc.childrenOfThread(thread)) {
        if (!children.isStarted(pid)) {
          killHung(pid);
        }
      }
      Duration grace = limits.spawnLimit();
      var _ = after(grace.compareTo(HUNG_GRACE) < 0 ? grace : HUNG_GRACE, () -> replace(thread));
    }

    /** Neither the kill nor time brought the thread back: another takes its place. */
    private void replace(int thread) {
      if (!over) {
        log.error("Spawn thread {} hangs with {}; it is replaced", thread, spec);
        addThread();
      }
    }
  }

  private Future<?> after(Duration delay, Runnable action) {
    return timer.schedule(action, delay.toNanos(), TimeUnit.NANOSECONDS);
  }

  /** Called by the timer only. */
  private void addThread() {
    int more = threads.getCorePoolSize() + 1;
    if (more <= limits.spawnThreads() + HUNG_THREADS) {
      threads.setMaximumPoolSize(more);
      threads.setCorePoolSize(more);
      return;
    }
    List<Runnable> waiting = new ArrayList<>();
    threads.getQueue().drainTo(waiting);
    for (Runnable one : waiting) {
      ((Start) one)
          .refuse(
              new SpawnException(
                  Reason.BUSY, "%d starts hang and block all others".formatted(more - 1)));
    }
  }

  private ProcessIdentity start(ProcessSpec spec) throws SpawnException {
    SpawnRequest request = SpawnPlan.of(spec, limits.openFiles());
    // What carries a token is an application; of the rest, monitors are what matters.
    StepPoint fork = spec.isMarked() ? StepPoint.SLOT_FORK : StepPoint.MONITOR_FORK;
    fork.before();
    int pid;
    try {
      pid = PosixSpawn.spawn(request);
    } catch (PosixException e) {
      throw SpawnPlan.explain(request, e);
    }
    fork.after();
    children.add(pid);
    try {
      if (!SpawnPlan.isAnother(spec.user())) {
        ProcessControl.limitOpenFiles(pid, limits.openFiles());
      }
    } catch (PosixException e) {
      // Its limit stays ours, which is higher: most programs never notice.
      log.warn("The open files of process {} ({}) stay unlimited", pid, spec, e);
    }
    return identity(pid);
  }

  private ProcessIdentity identity(int pid) throws SpawnException {
    String found;
    try {
      Optional<ProcStat> stat = proc.stat(pid);
      if (stat.isPresent()) {
        return stat.get().identity(proc.bootId());
      }
      found = "it is reaped already: something in this JVM reaps all children";
    } catch (UncheckedIOException e) {
      found = e.getMessage() + ": " + e.getCause();
    }
    killHung(pid);
    throw new SpawnException(
        Reason.SYSTEM, "process %d could not be looked at and is killed: %s".formatted(pid, found));
  }

  /** The start then comes back as if it had worked, and what it brings is discarded. */
  private static void killHung(int pid) {
    try {
      Optional<Pidfd> pidfd = Pidfd.open(pid);
      if (pidfd.isPresent()) {
        try (Pidfd hung = pidfd.get()) {
          var _ = hung.signal(Signal.KILL);
        }
      }
    } catch (IOException e) {
      log.warn("The hung start of process {} cannot be killed", pid, e);
    }
  }

  /** Nobody waits for this process any more. */
  private void discard(ProcessIdentity process) {
    log.warn("Process {} began after its start was given up; it is killed", process);
    watcher.watch(process, (gone, _) -> watcher.acknowledge(gone));
    var _ = watcher.signal(process, Signal.KILL);
  }

  @Override
  public void close() {
    threads.shutdown();
  }
}
