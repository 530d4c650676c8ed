package dev.holdfast.service.process;

import dev.holdfast.service.posix.Pidfd;
import dev.holdfast.service.posix.PosixException;
import dev.holdfast.service.posix.WaitResult;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The children of this JVM: which of them were started here, and whether there are others. As a
 * subreaper it becomes the parent of every descendant whose own parent died.
 *
 * <p>The kernel's list of children may leave one out while another is reaped, so nothing is reaped
 * while it is read: all reaping goes through here. Thread-safe.
 */
final class OwnChildren {
  private final ProcFs proc;
  private final Set<Integer> started = ConcurrentHashMap.newKeySet();

  OwnChildren(ProcFs proc) {
    this.proc = proc;
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
    return pidfd.reap();
  }

  /**
   * Whether every orphan that the kernel gave us, dead or alive, was started here. If so, nothing
   * is left of a dead one that was: its descendants would be among our children now, or below one
   * that is. The kernel gives orphans to the first living thread of a subreaper, which is the one
   * that the process began with; so one short list says it.
   */
  synchronized boolean areAllStarted() {
    int firstThread = Math.toIntExact(ProcessHandle.current().pid());
    return proc.listsChildren(firstThread)
        && started.containsAll(proc.childrenOfThread(firstThread));
  }
}
