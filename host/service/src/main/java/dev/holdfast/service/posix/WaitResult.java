package dev.holdfast.service.posix;

/** What waiting for a process found. */
public sealed interface WaitResult {
  /** It ended by itself. */
  record Exited(int code) implements WaitResult {}

  /** A signal ended it. */
  record Killed(int signal, boolean coreDumped) implements WaitResult {}

  /** It is a child of ours and has not ended, or its end is not ours to see yet. */
  record Running() implements WaitResult {}

  /** It is not, or no longer, a child of ours. */
  record NotOurChild() implements WaitResult {}

  /**
   * From a wait status as the kernel packs it: code in the high byte, signal in the low seven bits.
   */
  static WaitResult ofWaitStatus(int status) {
    int signal = status & 0x7f;
    return signal == 0 ? new Exited(status >> 8 & 0xff) : new Killed(signal, (status & 0x80) != 0);
  }
}
