package dev.holdfast.service.process;

import dev.holdfast.service.posix.Pidfd;
import dev.holdfast.service.posix.PosixException;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sweeps our own list of children for those that nobody asked for: as a subreaper we get every
 * descendant whose parent died. Dead ones are reaped, living ones that carry a slot's token are
 * reported once. For one thread.
 *
 * <p>A zombie is reaped only when the sweep before saw it too: the JDK reaps children of its own
 * within milliseconds, and must not find them taken.
 */
final class ChildSweep {
  private static final Logger log = LoggerFactory.getLogger(ChildSweep.class);

  private final ProcFs proc;
  private final Supplier<Set<Integer>> spawnThreads;
  private final Predicate<ProcessIdentity> known;
  private final StrayListener listener;
  private final OwnChildren children;
  private Set<ProcessIdentity> zombies = Set.of();
  private Set<ProcessIdentity> reported = Set.of();

  /**
   * @param spawnThreads the threads whose children are registered, or about to be
   * @param known whether a process is watched, or was started by us
   */
  ChildSweep(
      ProcFs proc,
      Supplier<Set<Integer>> spawnThreads,
      Predicate<ProcessIdentity> known,
      StrayListener listener,
      OwnChildren children) {
    this.proc = proc;
    this.spawnThreads = spawnThreads;
    this.known = known;
    this.listener = listener;
    this.children = children;
  }

  void sweep() {
    Set<ProcessIdentity> zombiesNow = new HashSet<>();
    Set<ProcessIdentity> reportedNow = new HashSet<>();
    for (int pid : proc.children(spawnThreads.get())) {
      Optional<ProcStat> found = proc.stat(pid);
      if (found.isEmpty() || known.test(found.get().identity(proc.bootId()))) {
        continue;
      }
      ProcStat child = found.get();
      ProcessIdentity process = child.identity(proc.bootId());
      if (!child.isDead()) {
        if (reported.contains(process) || report(child, process)) {
          reportedNow.add(process);
        }
      } else if (!zombies.contains(process)) {
        zombiesNow.add(process);
      } else if (!known.test(process)) {
        reap(process);
      }
    }
    zombies = zombiesNow;
    reported = reportedNow;
  }

  /** Whether there is something to report, which is done. */
  private boolean report(ProcStat child, ProcessIdentity process) {
    Optional<SlotToken> token = proc.token(child);
    if (token.isEmpty()) {
      return false;
    }
    try {
      listener.onStray(process, token.get());
    } catch (RuntimeException e) {
      log.error("The owner of slot failed to take its stray process {}", process, e);
    }
    return true;
  }

  private void reap(ProcessIdentity process) {
    try {
      Optional<Pidfd> opened = Pidfd.open(process.pid());
      if (opened.isPresent()) {
        try (Pidfd pidfd = opened.get()) {
          if (proc.stat(process).isPresent()) {
            log.debug("Reaped descendant {}: {}", process, children.reap(process.pid(), pidfd));
          }
        }
      }
    } catch (PosixException e) {
      log.warn("The dead descendant {} cannot be reaped", process, e);
    }
  }
}
