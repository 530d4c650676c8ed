package dev.holdfast.service.posix;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Optional;

/**
 * A descriptor that stands for one process and, unlike a pid, never for another. It stays good when
 * the process is dead and reaped.
 *
 * <p>Safe for use by many threads: each method, and closing, excludes the others, so that no call
 * meets a descriptor number that was given out again. None blocks.
 */
public final class Pidfd implements AutoCloseable {
  private static final NativeFunction WAITID = NativeFunction.fixed("waitid");

  private static final int P_PIDFD = 3;
  private static final int WNOHANG = 1;
  private static final int WEXITED = 4;
  private static final int WNOWAIT = 0x01000000;
  private static final int CLD_EXITED = 1;
  private static final int CLD_DUMPED = 3;
  private static final long SIGINFO_BYTES = 128;
  private static final long SI_CODE = 8;
  private static final long SI_PID = 16;
  private static final long SI_STATUS = 24;

  /** The second half of {@code pidfd_send_signal}'s flags: to all of the group it leads (6.9+). */
  private static final int PIDFD_SIGNAL_PROCESS_GROUP = 4;

  private static final long PIDFD_GET_INFO = 0xC040FF0BL;
  private static final long INFO_BYTES = 64;
  private static final long INFO_EXIT_CODE = 60;
  private static final long INFO_PID = 1;
  private static final long INFO_EXIT = 1 << 3;

  private final int pid;
  private int descriptor;

  private Pidfd(int pid, int descriptor) {
    this.pid = pid;
    this.descriptor = descriptor;
  }

  /**
   * Opens one for the process that has this pid now, which may be a zombie. To be sure whose pid it
   * is, compare its start ticks <em>after</em> opening.
   *
   * @return empty when there is no such process
   * @throws PosixException for everything else, above all when there are too many open files
   */
  public static Optional<Pidfd> open(int pid) throws PosixException {
    int result = Syscall.PIDFD_OPEN.call(pid, 0, 0, 0);
    // ENOENT, or EINVAL before Linux 6.15: the number belongs to a thread that leads no process. So
    // no process has it.
    if (result == -Errno.ESRCH.number()
        || result == -Errno.ENOENT.number()
        || result == -Errno.EINVAL.number()) {
      return Optional.empty();
    }
    return Optional.of(
        new Pidfd(pid, PosixException.check("open a pidfd of process " + pid, result)));
  }

  /** Sends a signal to the process; false when it is gone. A zombie takes it and does nothing. */
  public boolean signal(Signal signal) throws PosixException {
    return sent(signal, 0);
  }

  /**
   * Sends a signal to every process of the group that the process leads or led; false when there is
   * none. Asks the kernel for 6.9 or newer: {@link #canSignalGroups}.
   */
  public boolean signalGroup(Signal signal) throws PosixException {
    return sent(signal, PIDFD_SIGNAL_PROCESS_GROUP);
  }

  private synchronized boolean sent(Signal signal, int flags) throws PosixException {
    if (descriptor < 0) {
      return false;
    }
    int result = Syscall.PIDFD_SEND_SIGNAL.call(descriptor, signal.number(), 0, flags);
    if (result == -Errno.ESRCH.number()) {
      return false;
    }
    PosixException.check("send SIG" + signal + " to process " + pid, result);
    return true;
  }

  /** Looks at the end of a child, and leaves it to be waited for. */
  public WaitResult peek() throws PosixException {
    return waited(WEXITED | WNOHANG | WNOWAIT);
  }

  /** Takes the end of a child: its pid is free for others after this. */
  public WaitResult reap() throws PosixException {
    return waited(WEXITED | WNOHANG);
  }

  private synchronized WaitResult waited(int options) throws PosixException {
    if (descriptor < 0) {
      return new WaitResult.NotOurChild();
    }
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment info = arena.allocate(SIGINFO_BYTES, Long.BYTES);
      int result = WAITID.call(P_PIDFD, descriptor, info.address(), options);
      if (result == -Errno.ECHILD.number()) {
        return new WaitResult.NotOurChild();
      }
      PosixException.check("wait for process " + pid, result);
      if (info.get(JAVA_INT, SI_PID) == 0) {
        return new WaitResult.Running();
      }
      int code = info.get(JAVA_INT, SI_CODE);
      int status = info.get(JAVA_INT, SI_STATUS);
      return code == CLD_EXITED
          ? new WaitResult.Exited(status)
          : new WaitResult.Killed(status, code == CLD_DUMPED);
    }
  }

  /**
   * How a process ended that somebody else has reaped, where the kernel tells (6.15+); empty as
   * long as it is not reaped, and always on older kernels.
   */
  public synchronized Optional<WaitResult> exitOfReaped() {
    if (descriptor < 0) {
      return Optional.empty();
    }
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment info = arena.allocate(INFO_BYTES, Long.BYTES);
      info.set(JAVA_LONG, 0, INFO_PID | INFO_EXIT);
      int result = Syscall.IOCTL.call(descriptor, PIDFD_GET_INFO, info.address(), 0);
      boolean told = result == 0 && (info.get(JAVA_LONG, 0) & INFO_EXIT) != 0;
      return told
          ? Optional.of(WaitResult.ofWaitStatus(info.get(JAVA_INT, INFO_EXIT_CODE)))
          : Optional.empty();
    }
  }

  /** Whether the kernel has the request behind {@link #exitOfReaped}. Asked of our own process. */
  public static boolean tellsExitOfReaped() throws PosixException {
    try (Pidfd self = ofSelf();
        Arena arena = Arena.ofConfined()) {
      MemorySegment info = arena.allocate(INFO_BYTES, Long.BYTES);
      info.set(JAVA_LONG, 0, INFO_PID | INFO_EXIT);
      return Syscall.IOCTL.call(self.descriptor(), PIDFD_GET_INFO, info.address(), 0) == 0;
    }
  }

  /** Whether {@link #signalGroup} works here. Asked with signal 0, which nobody gets. */
  public static boolean canSignalGroups() throws PosixException {
    try (Pidfd self = ofSelf()) {
      int result =
          Syscall.PIDFD_SEND_SIGNAL.call(self.descriptor(), 0, 0, PIDFD_SIGNAL_PROCESS_GROUP);
      // ESRCH: the flag is known; we just lead no group.
      return result == 0 || result == -Errno.ESRCH.number();
    }
  }

  private static Pidfd ofSelf() throws PosixException {
    int pid = Math.toIntExact(ProcessHandle.current().pid());
    return open(pid).orElseThrow(() -> new AssertionError("We are not there: " + pid));
  }

  synchronized int descriptor() {
    return descriptor;
  }

  @Override
  public synchronized void close() {
    if (descriptor >= 0) {
      Descriptors.close(descriptor);
      descriptor = -1;
    }
  }
}
