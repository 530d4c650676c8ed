package dev.holdfast.service.process;

import dev.holdfast.failpoint.StepPoint;
import dev.holdfast.service.posix.Pidfd;
import dev.holdfast.service.posix.PosixException;
import dev.holdfast.service.posix.ProcessControl;
import dev.holdfast.service.posix.Signal;
import dev.holdfast.service.posix.WaitResult;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends one process and all that belongs to it.
 *
 * <pre>
 * signal the group, continue it ─► leader dead, or the grace is over
 *   ─► SIGKILL the group while the leader is unreaped
 *   ─► look who is left of group, session and token; SIGKILL each through its pidfd, wait, look again
 *   ─► nobody left, or the kill limit is over: say who stands
 * </pre>
 *
 * No thread waits: each arrow is taken by a death, or by the timer.
 */
final class ProcessTree {
  private static final Logger log = LoggerFactory.getLogger(ProcessTree.class);

  /** How long to wait for the deaths of one round before looking again. */
  private static final Duration ROUND = Duration.ofMillis(250);

  /** How long to wait between two looks when all that the first one found is dead. */
  private static final Duration PAUSE = Duration.ofMillis(10);

  private final ProcFs proc;
  private final ExitWatcher watcher;
  private final ProcessScan scan;
  private final Executor executor;
  private final Executor afterPause;
  private final Duration killLimit;
  private final boolean groupsByPidfd;

  private final ProcessIdentity leader;
  private final @Nullable SlotToken token;

  /** What was seen to descend from the leader; null when descent does not count. */
  private @Nullable Set<ProcessIdentity> descent;

  /** Where what has no token is of the leader's tree; null for nowhere. */
  private @Nullable Path place;

  ProcessTree(Context context, ProcessIdentity leader, @Nullable SlotToken token) {
    this.proc = context.proc();
    this.watcher = context.watcher();
    this.scan = context.scan();
    this.executor = context.executor();
    this.killLimit = context.killLimit();
    this.afterPause =
        CompletableFuture.delayedExecutor(PAUSE.toNanos(), TimeUnit.NANOSECONDS, executor);
    this.groupsByPidfd = context.groupsByPidfd();
    this.leader = leader;
    this.token = token;
  }

  /**
   * What every stop needs.
   *
   * @param executor where the steps are taken; none of them waits
   * @param groupsByPidfd whether the kernel signals groups by pidfd (6.9+)
   */
  record Context(
      ProcFs proc,
      ExitWatcher watcher,
      ProcessScan scan,
      Executor executor,
      Duration killLimit,
      boolean groupsByPidfd) {}

  CompletableFuture<StopOutcome> stop(Signal signal, Duration grace) {
    long began = System.nanoTime();
    return CompletableFuture.supplyAsync(() -> watcher.hold(leader), executor)
        .thenCompose(
            held ->
                ask(held, signal, grace)
                    .thenComposeAsync(
                        _ -> kill(held, grace.isZero() ? Duration.ZERO : since(began), began),
                        executor)
                    .whenComplete((_, _) -> watcher.release(held)));
  }

  /** Kills it at once, with all that descends from it now. */
  CompletableFuture<StopOutcome> killDescent() {
    long began = System.nanoTime();
    descent = new HashSet<>();
    return CompletableFuture.supplyAsync(() -> watcher.hold(leader), executor)
        .thenCompose(
            held ->
                scan.take()
                    // Before the leader is dead: then its children are nobody's.
                    .thenAcceptAsync(this::left, executor)
                    .thenComposeAsync(_ -> kill(held, Duration.ZERO, began), executor)
                    .whenComplete((_, _) -> watcher.release(held)));
  }

  /** Ends what a dead leader left, and what runs in this folder without a token. */
  CompletableFuture<StopOutcome> endLeft(Path folder, Duration grace) {
    descent = new HashSet<>();
    place = folder;
    return stop(Signal.TERM, grace);
  }

  /** What stands of it; what descends from that is kept in mind. */
  private List<ProcStat> left(ProcessScan.Snapshot snapshot) {
    SlotToken marked = token;
    Set<ProcessIdentity> known = descent;
    if (known == null || marked == null) {
      return snapshot.tree(leader, token);
    }
    List<ProcStat> left = snapshot.descent(leader, marked, known, place);
    left.forEach(member -> known.add(member.identity(proc.bootId())));
    return left;
  }

  private static Duration since(long nanos) {
    return Duration.ofNanos(System.nanoTime() - nanos);
  }

  /** Completes when the leader is dead or the grace is over. */
  private CompletableFuture<?> ask(Watch held, Signal signal, Duration grace) {
    if (grace.isZero()) {
      return CompletableFuture.completedFuture(null);
    }
    if (held.died.isDone()) {
      return scan.take()
          .thenComposeAsync(snapshot -> signalEach(left(snapshot), signal, grace), executor);
    }
    return signalGroup(held, signal)
        .thenComposeAsync(_ -> signalGroup(held, Signal.CONT), executor)
        .thenCompose(
            _ -> held.died.copy().completeOnTimeout(null, grace.toNanos(), TimeUnit.NANOSECONDS));
  }

  private CompletableFuture<StopOutcome> kill(Watch held, Duration given, long began) {
    boolean obeyed = held.died.isDone();
    var asked = new Asked(obeyed, given, began, System.nanoTime());
    return signalGroup(held, Signal.KILL)
        .thenComposeAsync(_ -> finish(asked, obeyed, executor), executor);
  }

  /**
   * How the leader took it.
   *
   * @param obeyed whether it is dead already
   * @param given how long it had for that
   * @param began when the stop was, in nanoseconds
   * @param killing since when it is killed
   */
  private record Asked(boolean obeyed, Duration given, long began, long killing) {
    StopOutcome outcome(boolean graceSufficed, List<StopOutcome.Survivor> standing) {
      return new StopOutcome(obeyed, graceSufficed, given, since(began), standing);
    }
  }

  /**
   * One look, and what follows from it: done, given up, or another round.
   *
   * @param graceSufficed whether nothing had to be killed so far
   * @param next where the round after this one begins: at once, or after a pause
   */
  private CompletableFuture<StopOutcome> finish(Asked asked, boolean graceSufficed, Executor next) {
    return scan.take()
        .thenComposeAsync(
            snapshot -> {
              List<ProcStat> left = left(snapshot);
              if (left.isEmpty()) {
                return CompletableFuture.completedFuture(asked.outcome(graceSufficed, List.of()));
              }
              if (since(asked.killing()).compareTo(killLimit) >= 0) {
                return CompletableFuture.completedFuture(asked.outcome(false, describe(left)));
              }
              return killEach(left).thenComposeAsync(_ -> finish(asked, false, afterPause), next);
            },
            executor);
  }

  /** Completes when they are dead, or the round is over. */
  private CompletableFuture<?> killEach(List<ProcStat> left) {
    return signalEach(left, Signal.KILL, ROUND);
  }

  /** Completes when they are dead, or the time is over. */
  private CompletableFuture<?> signalEach(List<ProcStat> left, Signal signal, Duration time) {
    List<Watch> held = new ArrayList<>();
    for (ProcStat member : left) {
      try {
        Watch watch = watcher.hold(member.identity(proc.bootId()));
        held.add(watch);
        signalOne(watch, signal);
        if (signal != Signal.KILL) {
          signalOne(watch, Signal.CONT);
        }
      } catch (UncheckedIOException e) {
        // Too many open files; the next round may find one closed. Until then it stands.
        log.warn("Process {} of {} cannot be signalled", member.pid(), leader, e);
      }
    }
    return CompletableFuture.allOf(
            held.stream().map(watch -> watch.died).toArray(CompletableFuture<?>[]::new))
        .completeOnTimeout(null, time.toNanos(), TimeUnit.NANOSECONDS)
        .whenComplete((_, _) -> held.forEach(watcher::release));
  }

  /**
   * Signals the leader's group. By the leader's pidfd where the kernel can: that never meets
   * another group, dead or alive. By number only while the leader is an unreaped child of ours,
   * which keeps the number. Else each member by a pidfd of its own.
   */
  private CompletableFuture<?> signalGroup(Watch held, Signal signal) {
    StepPoint.PROCESS_SIGNAL.before();
    CompletableFuture<?> signalled = signalGroupNow(held, signal);
    StepPoint.PROCESS_SIGNAL.after();
    return signalled;
  }

  private CompletableFuture<?> signalGroupNow(Watch held, Signal signal) {
    try {
      if (held.pidfd != null && groupsByPidfd) {
        // A leader that went into the background by itself may lead no group.
        if (!held.pidfd.signalGroup(signal)) {
          signalOne(held, signal);
        }
        return CompletableFuture.completedFuture(null);
      }
      if (held.pidfd != null && isUnreapedGroupLeader(held.pidfd)) {
        var _ = ProcessControl.signalGroup(leader.pid(), signal);
        return CompletableFuture.completedFuture(null);
      }
    } catch (PosixException e) {
      log.warn("The group of process {} cannot be signalled", leader, e);
    }
    return scan.take().thenAcceptAsync(snapshot -> signalMembers(snapshot, signal), executor);
  }

  private boolean isUnreapedGroupLeader(Pidfd pidfd) throws PosixException {
    return switch (pidfd.peek()) {
      case WaitResult.NotOurChild _ -> false;
      case WaitResult.Exited _, WaitResult.Killed _, WaitResult.Running _ ->
          proc.stat(leader).filter(stat -> stat.group() == leader.pid()).isPresent();
    };
  }

  private void signalMembers(ProcessScan.Snapshot snapshot, Signal signal) {
    for (ProcStat member : snapshot.tree(leader, token)) {
      Watch watch = watcher.hold(member.identity(proc.bootId()));
      try {
        signalOne(watch, signal);
      } finally {
        watcher.release(watch);
      }
    }
  }

  private void signalOne(Watch watch, Signal signal) {
    try {
      if (watch.pidfd != null) {
        var _ = watch.pidfd.signal(signal);
      }
    } catch (PosixException e) {
      // It stays, and is named among what stands.
      log.warn("Process {} of {} cannot be signalled", watch.process, leader, e);
    }
  }

  private List<StopOutcome.Survivor> describe(List<ProcStat> left) {
    return left.stream()
        .map(
            p ->
                new StopOutcome.Survivor(
                    p.identity(proc.bootId()), p.name(), p.state(), proc.waitingIn(p.pid())))
        .toList();
  }
}
