package dev.holdfast.service.process;

import dev.holdfast.service.posix.Signal;

/** How a process ended. Unknown is said when it is not known: no value is ever guessed. */
public sealed interface ExitStatus {

  /** It ended by itself, with this code (0 to 255). */
  record Code(int code) implements ExitStatus {
    @Override
    public String toString() {
      return "exit code " + code;
    }
  }

  /** A signal ended it. */
  record Signalled(int signal, boolean coreDumped) implements ExitStatus {
    @Override
    public String toString() {
      return "signal " + Signal.nameOf(signal) + (coreDumped ? " (core dumped)" : "");
    }
  }

  /** It is gone; how is not to be had, for this reason. */
  record Unknown(String why) implements ExitStatus {
    @Override
    public String toString() {
      return "unknown (" + why + ")";
    }
  }
}
