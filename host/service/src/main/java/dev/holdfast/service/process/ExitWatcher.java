package dev.holdfast.service.process;

import com.google.common.util.concurrent.Uninterruptibles;
import dev.holdfast.failpoint.StepPoint;
import dev.holdfast.service.posix.Epoll;
import dev.holdfast.service.posix.Pidfd;
import dev.holdfast.service.posix.PosixException;
import dev.holdfast.service.posix.Signal;
import dev.holdfast.service.posix.WaitResult;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Waits for the end of every process we care for, in one thread.
 *
 * <p>A child is looked at and not reaped until its exit is acknowledged, and, beyond that, until
 * nobody holds it: as long as it is unreaped its number, and that of its group, belong to nobody
 * else. For a process that is not our child the kernel is asked (6.15+) once its parent has reaped
 * it.
 *
 * <p>Safe for use by many threads.
 */
final class ExitWatcher implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(ExitWatcher.class);

  private static final Duration FIRST_RETRY = Duration.ofMillis(1);
  private static final Duration RETRY_STEP_LIMIT = Duration.ofMillis(25);

  private final ProcFs proc;
  private final ScheduledExecutorService timer;
  private final Duration exitCodeLimit;
  private final OwnChildren children;
  private final Epoll epoll;
  private final Thread thread;
  private final AtomicLong keys = new AtomicLong(Epoll.WOKEN);
  private final Map<Long, Watch> byKey = new ConcurrentHashMap<>();
  private final Map<ProcessIdentity, Watch> byProcess = new ConcurrentHashMap<>();
  private volatile boolean closing;

  /**
   * @param children through which what we started is reaped
   */
  ExitWatcher(
      ProcFs proc, ScheduledExecutorService timer, Duration exitCodeLimit, OwnChildren children)
      throws PosixException {
    this.children = children;
    this.proc = proc;
    this.timer = timer;
    this.exitCodeLimit = exitCodeLimit;
    this.epoll = new Epoll();
    this.thread = Thread.ofPlatform().name("holdfast-exits").daemon(true).unstarted(this::run);
    thread.start();
  }

  /** See {@link Processes#watch}. */
  void watch(ProcessIdentity process, ExitListener owner) {
    Watch watch = hold(process);
    try {
      synchronized (watch) {
        if (watch.owner != null) {
          throw new IllegalStateException("Process " + process + " is being watched already");
        }
        watch.owner = owner;
      }
      tell(watch);
    } finally {
      release(watch);
    }
  }

  /** See {@link Processes#acknowledge}. */
  void acknowledge(ProcessIdentity process) {
    Watch watch = byProcess.get(process);
    if (watch == null) {
      return;
    }
    synchronized (watch) {
      if (!watch.told && !watch.closed) {
        throw new IllegalStateException(
            "The exit of process " + process + " is acknowledged, and was not told yet");
      }
      watch.acknowledged = true;
    }
    closeWhenDone(watch);
  }

  /** Waits for a process without being its owner. As long as it is held, a child is not reaped. */
  Watch hold(ProcessIdentity process) {
    while (true) {
      Watch watch = byProcess.computeIfAbsent(process, this::open);
      synchronized (watch) {
        if (!watch.closed) {
          watch.holds++;
          return watch;
        }
      }
    }
  }

  /** See {@link Processes#signal}. */
  boolean signal(ProcessIdentity process, Signal signal) {
    Watch watch = hold(process);
    try {
      Pidfd pidfd = watch.pidfd;
      return pidfd != null && !watch.died.isDone() && pidfd.signal(signal);
    } catch (PosixException e) {
      throw new UncheckedIOException("Process " + process + " cannot be signalled", e);
    } finally {
      release(watch);
    }
  }

  void release(Watch watch) {
    synchronized (watch) {
      watch.holds--;
    }
    closeWhenDone(watch);
  }

  boolean isWatched(ProcessIdentity process) {
    return byProcess.containsKey(process);
  }

  /**
   * The pidfd first, then the look at whose it is: the other way round the pid could change hands.
   */
  private Watch open(ProcessIdentity process) {
    try {
      Optional<Pidfd> pidfd =
          process.bootId().equals(proc.bootId()) ? Pidfd.open(process.pid()) : Optional.empty();
      if (pidfd.isPresent() && proc.stat(process).isEmpty()) {
        pidfd.get().close();
        pidfd = Optional.empty();
      }
      Watch watch = new Watch(keys.incrementAndGet(), process, pidfd.orElse(null));
      if (pidfd.isPresent()) {
        add(watch, pidfd.get());
      } else {
        watch.status = new ExitStatus.Unknown("it was gone before it could be watched");
        watch.died.complete(null);
      }
      return watch;
    } catch (PosixException e) {
      throw new UncheckedIOException("Process " + process + " cannot be watched", e);
    }
  }

  private void add(Watch watch, Pidfd pidfd) throws PosixException {
    byKey.put(watch.key, watch);
    try {
      epoll.add(pidfd, watch.key);
    } catch (PosixException e) {
      byKey.remove(watch.key);
      pidfd.close();
      throw e;
    }
  }

  private void run() {
    while (!closing) {
      try {
        for (long key : epoll.await()) {
          Watch watch = byKey.get(key);
          if (watch != null) {
            diedOrLog(watch);
          }
        }
      } catch (PosixException e) {
        throw new AssertionError("Waiting for processes is broken; no exit would be seen", e);
      }
    }
  }

  /** What goes wrong with one process must not hide the deaths of all others. */
  private void diedOrLog(Watch watch) {
    try {
      died(watch);
    } catch (RuntimeException e) {
      log.error("The exit of process {} is not told", watch.process, e);
    }
  }

  private void died(Watch watch) {
    watch.died.complete(null);
    resolve(watch, System.nanoTime(), FIRST_RETRY);
  }

  /** Finds out how it ended, now or a little later, and tells. */
  private void resolve(Watch watch, long since, Duration retry) {
    ExitStatus status = look(watch);
    boolean late = System.nanoTime() - since >= exitCodeLimit.toNanos();
    if (status == null && late) {
      status =
          new ExitStatus.Unknown(
              "it was not our child, and its parent or this kernel did not tell");
    }
    if (status == null) {
      Duration next = retry.multipliedBy(2);
      Duration step = next.compareTo(RETRY_STEP_LIMIT) < 0 ? next : RETRY_STEP_LIMIT;
      var _ =
          timer.schedule(() -> resolve(watch, since, step), retry.toNanos(), TimeUnit.NANOSECONDS);
      return;
    }
    synchronized (watch) {
      watch.status = status;
    }
    tell(watch);
    closeWhenDone(watch);
  }

  private @Nullable ExitStatus look(Watch watch) {
    synchronized (watch) {
      Pidfd pidfd = watch.pidfd;
      if (pidfd == null || watch.closed) {
        return new ExitStatus.Unknown("it is not watched any more");
      }
      try {
        return switch (pidfd.peek()) {
          case WaitResult.Exited exited -> {
            watch.child = true;
            yield new ExitStatus.Code(exited.code());
          }
          case WaitResult.Killed killed -> {
            watch.child = true;
            yield new ExitStatus.Signalled(killed.signal(), killed.coreDumped());
          }
          // Dead, and not to be waited for: somebody traces it.
          case WaitResult.Running _ -> null;
          case WaitResult.NotOurChild _ -> ofReaped(pidfd);
        };
      } catch (PosixException e) {
        log.warn("The exit of process {} cannot be looked at", watch.process, e);
        return new ExitStatus.Unknown(String.valueOf(e.getMessage()));
      }
    }
  }

  private static @Nullable ExitStatus ofReaped(Pidfd pidfd) {
    return switch (pidfd.exitOfReaped().orElse(null)) {
      case WaitResult.Exited exited -> new ExitStatus.Code(exited.code());
      case WaitResult.Killed killed ->
          new ExitStatus.Signalled(killed.signal(), killed.coreDumped());
      case null -> null;
      case WaitResult.Running _, WaitResult.NotOurChild _ -> null;
    };
  }

  /** Once there is a status and an owner: tells, once, outside the lock. */
  private void tell(Watch watch) {
    ExitListener owner;
    ExitStatus status;
    synchronized (watch) {
      owner = watch.owner;
      status = watch.status;
      if (owner == null || status == null || watch.told) {
        return;
      }
      watch.told = true;
    }
    try {
      owner.onExit(watch.process, status);
    } catch (RuntimeException e) {
      log.error("The owner of process {} failed to take its exit ({})", watch.process, status, e);
    }
  }

  private void closeWhenDone(Watch watch) {
    synchronized (watch) {
      if (watch.closed || !watch.isDone()) {
        return;
      }
      watch.closed = true;
      if (watch.acknowledged && watch.child && watch.pidfd != null) {
        reap(watch.process, watch.pidfd);
      }
      if (watch.pidfd != null) {
        watch.pidfd.close();
      }
    }
    byKey.remove(watch.key, watch);
    byProcess.remove(watch.process, watch);
  }

  private void reap(ProcessIdentity process, Pidfd pidfd) {
    try {
      StepPoint.PROCESS_REAP.before();
      var _ = children.reap(process.pid(), pidfd);
      StepPoint.PROCESS_REAP.after();
    } catch (PosixException e) {
      log.warn("Process {} cannot be reaped", process, e);
    }
  }

  @Override
  public void close() {
    closing = true;
    epoll.wake();
    if (!Thread.currentThread().equals(thread)) {
      Uninterruptibles.joinUninterruptibly(thread);
    }
    byKey.values().forEach(watch -> Optional.ofNullable(watch.pidfd).ifPresent(Pidfd::close));
    epoll.close();
  }
}
