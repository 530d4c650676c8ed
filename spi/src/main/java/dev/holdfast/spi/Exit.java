package dev.holdfast.spi;

/** How a process ended: its code, the signal that ended it, or honestly unknown. */
public sealed interface Exit {
  /**
   * It returned from main or called exit.
   *
   * @param code 0 to 255
   */
  record Code(int code) implements Exit {
    @Override
    public String toString() {
      return "exit code " + code;
    }
  }

  /**
   * A signal ended it.
   *
   * @param signal the signal's number on this machine: 9 is KILL, 15 is TERM
   */
  record Signal(int signal) implements Exit {
    @Override
    public String toString() {
      return "signal " + signal;
    }
  }

  /** It ended, and nobody was there to see how: while the cluster service was dead. */
  record Unknown() implements Exit {
    @Override
    public String toString() {
      return "unknown exit";
    }
  }
}
