package dev.holdfast.service.process;

import java.util.List;
import java.util.stream.Collectors;

/**
 * What came of stopping a process and all that belongs to it.
 *
 * @param graceSufficed whether the stop signal was enough: nothing had to be killed
 * @param standing what could not be ended; empty when all are seen gone
 */
public record StopOutcome(boolean graceSufficed, List<Survivor> standing) {
  public StopOutcome {
    standing = List.copyOf(standing);
  }

  /** Whether the whole tree is seen gone. */
  public boolean gone() {
    return standing.isEmpty();
  }

  @Override
  public String toString() {
    return gone()
        ? "gone" + (graceSufficed ? "" : ", by SIGKILL")
        : "cannot be killed: "
            + standing.stream().map(Survivor::toString).collect(Collectors.joining("; "));
  }

  /**
   * A process that outlived SIGKILL. Nothing may be started in its place: it may hold locks, ports
   * and mounts.
   *
   * @param process which
   * @param name its command's name, as the kernel keeps it
   * @param state its state letter; D is a wait inside the kernel that no signal ends
   * @param waitingIn the kernel function it waits in, or empty where the kernel does not say
   */
  public record Survivor(ProcessIdentity process, String name, char state, String waitingIn) {
    @Override
    public String toString() {
      return "process "
          + process.pid()
          + " ("
          + name
          + "), state "
          + state
          + (waitingIn.isEmpty() ? "" : ", waits in " + waitingIn);
    }
  }
}
