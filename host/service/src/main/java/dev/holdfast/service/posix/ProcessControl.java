package dev.holdfast.service.posix;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** What a process may set about itself and its children. Safe for use by many threads. */
public final class ProcessControl {
  private static final NativeFunction SIGNAL = NativeFunction.fixed("signal");
  private static final NativeFunction KILL = NativeFunction.fixed("kill");
  private static final NativeFunction PRLIMIT = NativeFunction.fixed("prlimit");
  private static final NativeFunction GETTID = NativeFunction.fixed("gettid");
  private static final NativeFunction GETEUID = NativeFunction.fixed("geteuid");

  private static final int PR_SET_CHILD_SUBREAPER = 36;
  private static final int SIG_DFL = 0;
  private static final int RLIMIT_NOFILE = 7;

  private ProcessControl() {}

  /**
   * Refuses, with a sentence to show, to go on where these bindings do not hold.
   *
   * @throws UnsupportedOperationException anywhere but on Linux on x86-64 and AArch64
   */
  public static void requireSupported() {
    Architecture.requireSupported();
  }

  /** Descendants that lose their parent become our children from now on. Not inherited. */
  public static void becomeSubreaper() throws PosixException {
    PosixException.check(
        "become a child subreaper", Syscall.PRCTL.call(PR_SET_CHILD_SUBREAPER, 1, 0, 0));
  }

  /** A launcher may have left SIGCHLD ignored: then the kernel reaps for us, and exits are lost. */
  public static void stopIgnoringChildren() {
    var _ = SIGNAL.raw(Signal.CHLD.number(), SIG_DFL, 0, 0, 0, 0);
  }

  /**
   * Signals a process group by its number; false when it is empty. The number must be known to be
   * held: by a member, or by a leader that is not reaped.
   */
  public static boolean signalGroup(int group, Signal signal) throws PosixException {
    if (group <= 1) {
      throw new IllegalArgumentException("Group " + group + " is not one to signal");
    }
    int result = KILL.call(-group, signal.number());
    if (result == -Errno.ESRCH.number()) {
      return false;
    }
    PosixException.check("send SIG" + signal + " to process group " + group, result);
    return true;
  }

  /**
   * Sets how many files a process may open; it may raise that again as far as its hard limit goes.
   * The JVM raises its own limit to the hard one, and a child would inherit that.
   */
  public static void limitOpenFiles(int pid, long soft) throws PosixException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment limit = openFiles(pid, arena);
      limit.setAtIndex(JAVA_LONG, 0, lesser(soft, limit.getAtIndex(JAVA_LONG, 1)));
      PosixException.check(
          "limit the open files of process " + pid,
          PRLIMIT.call(pid, RLIMIT_NOFILE, limit.address(), 0));
    }
  }

  /** What a soft limit of open files can be where our own hard limit holds. */
  public static long withinHardLimit(long soft) throws PosixException {
    try (Arena arena = Arena.ofConfined()) {
      return lesser(soft, openFiles(0, arena).getAtIndex(JAVA_LONG, 1));
    }
  }

  /** Soft and hard limit; 0 is ourselves. */
  private static MemorySegment openFiles(int pid, Arena arena) throws PosixException {
    MemorySegment limit = arena.allocate(JAVA_LONG, 2);
    PosixException.check(
        "ask for the limit of open files of process " + pid,
        PRLIMIT.call(pid, RLIMIT_NOFILE, 0, limit.address()));
    return limit;
  }

  /** A limit can be "infinity", which is all bits set: compared without sign. */
  private static long lesser(long a, long b) {
    return Long.compareUnsigned(a, b) < 0 ? a : b;
  }

  /** The kernel's number of the calling thread, as in {@code /proc/self/task}. */
  public static int threadId() {
    return GETTID.call(0);
  }

  /** Whether we have root's rights. */
  public static boolean isRoot() {
    return GETEUID.call(0) == 0;
  }
}
