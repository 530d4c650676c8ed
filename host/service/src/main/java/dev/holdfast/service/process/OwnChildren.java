package dev.holdfast.service.process;

import dev.holdfast.service.posix.Pidfd;
import dev.holdfast.service.posix.PosixException;
import dev.holdfast.service.posix.WaitResult;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.IntPredicate;
import java.util.function.LongSupplier;

/**
 * The children of this JVM: which of them were started here, and whether there are others. As a
 * subreaper it becomes the parent of every descendant whose own parent died.
 *
 * <p>The kernel's list of children may leave one out while another is reaped, so nothing is reaped
 * while it is read: all reaping goes through here. Thread-safe.
 */
final class OwnChildren implements AutoCloseable {
  /**
   * A busy disk has a process wait, and whose it is cannot be read meanwhile: so long it may be
   * anybody's. One that waits for longer hangs, and nobody is to be held up by that.
   */
  static final Duration MAY_BE_ANYBODYS = Duration.ofSeconds(1);

  private final ProcFs proc;
  private final LongSupplier nanos;

  /** A kernel does not change; this is asked at the end of each command. */
  private final boolean listed;

  /** Who becomes ours when its parent dies is given to this thread. */
  private final ChildrenFile ofFirstThread;

  private final Set<Integer> started = ConcurrentHashMap.newKeySet();

  /** What is known of children that others started; guarded by this. */
  private final Map<Integer, Orphan> orphans = new HashMap<>();

  /** When a child that others started was first seen to wait unread; guarded by this. */
  private final Map<Integer, Long> waitingSince = new HashMap<>();

  OwnChildren(ProcFs proc) {
    this(proc, System::nanoTime);
  }

  OwnChildren(ProcFs proc, LongSupplier nanos) {
    this.proc = proc;
    this.nanos = nanos;
    this.listed = proc.listsChildren(firstThread());
    this.ofFirstThread = proc.childrenFile(firstThread());
  }

  /** This child was started here; it counts as such until it is reaped. */
  void add(int pid) {
    started.add(pid);
  }

  boolean isStarted(int pid) {
    return started.contains(pid);
  }

  /** Reaps a dead child, whose pid is then anybody's. */
  synchronized WaitResult reap(int pid, Pidfd pidfd) throws PosixException {
    // Before: right after, the pid may be that of another child.
    started.remove(pid);
    orphans.remove(pid);
    waitingSince.remove(pid);
    return pidfd.reap();
  }

  /** Whether this kernel lists the children of a thread, and so {@link #hasOrphanOf} can tell. */
  boolean areListed() {
    return listed;
  }

  /**
   * Whether anything is left of a dead process that was started here. Its descendants would be
   * among our children now, or below one that is: the kernel gives orphans to the first living
   * thread of a subreaper, which is the one that the process began with. So one short list says it;
   * each orphan on it is looked at once.
   */
  synchronized boolean hasOrphanOf(ProcessIdentity dead, SlotToken token) {
    return hasOrphan(pid -> orphan(pid).isOf(dead, token));
  }

  /** The same, where what has no token and runs in this folder counts, too. */
  synchronized boolean hasOrphanOf(ProcessIdentity dead, SlotToken token, Path place) {
    return hasOrphan(
        pid -> {
          Orphan orphan = orphan(pid);
          return orphan.isOf(dead, token) || (orphan.token().isEmpty() && proc.runsIn(pid, place));
        });
  }

  private boolean hasOrphan(IntPredicate wanted) {
    Set<Integer> dead = new HashSet<>();
    boolean diedSinceListed;
    do {
      diedSinceListed = false;
      for (int pid : ofFirstThread.read()) {
        if (started.contains(pid)) {
          continue;
        }
        if (wanted.test(pid) && isAlive(pid)) {
          return true;
        }
        // What dies after the list is read leaves its children to us after it, too. Only who was
        // known dead before has none that are missing.
        diedSinceListed |= !isAlive(pid) && dead.add(pid);
      }
    } while (diedSinceListed);
    return false;
  }

  private Orphan orphan(int pid) {
    Orphan known = orphans.get(pid);
    if (known != null) {
      return known;
    }
    Optional<ProcStat> stat = proc.stat(pid);
    if (stat.isEmpty() || stat.get().isDead()) {
      return Orphan.NONE; // It is reaped by the next sweep.
    }
    boolean waits = stat.get().state() == ProcFs.WAITING;
    if (waits && hangs(pid)) {
      // To look again costs milliseconds each, and all reaping waits for that.
      return new Orphan(stat.get().group(), stat.get().session(), Optional.empty(), false);
    }
    Optional<SlotToken> token = proc.token(stat.get());
    Orphan looked = new Orphan(stat.get().group(), stat.get().session(), token, false);
    if (token.isEmpty() && (waits || proc.isBetweenPrograms(pid) || proc.isExiting(pid))) {
      return Orphan.UNKNOWN; // A busy machine may take long over an exec, or an exit.
    }
    waitingSince.remove(pid);
    orphans.put(pid, looked);
    return looked;
  }

  private boolean hangs(int pid) {
    long now = nanos.getAsLong();
    long since = waitingSince.computeIfAbsent(pid, _ -> now);
    return now - since >= MAY_BE_ANYBODYS.toNanos();
  }

  private boolean isAlive(int pid) {
    return proc.stat(pid).filter(stat -> !stat.isDead()).isPresent();
  }

  @Override
  public void close() {
    try {
      ofFirstThread.close();
    } catch (IOException e) {
      throw new UncheckedIOException("The list of children cannot be closed", e);
    }
  }

  private static int firstThread() {
    return Math.toIntExact(ProcessHandle.current().pid());
  }

  /**
   * A child of ours that somebody else started; it counts until it is reaped.
   *
   * @param unknown whose it is cannot be told now: it may be anybody's
   */
  private record Orphan(int group, int session, Optional<SlotToken> token, boolean unknown) {
    static final Orphan NONE = new Orphan(0, 0, Optional.empty(), false);
    static final Orphan UNKNOWN = new Orphan(0, 0, Optional.empty(), true);

    boolean isOf(ProcessIdentity dead, SlotToken wanted) {
      return unknown
          || (token.isPresent()
              ? token.get().equals(wanted)
              : group == dead.pid() || session == dead.pid());
    }
  }
}
