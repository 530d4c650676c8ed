package dev.holdfast.service.process;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * What came of stopping a process and all that belongs to it.
 *
 * @param obeyed whether its leader ended before anything was killed
 * @param graceSufficed whether that was enough: nothing had to be killed
 * @param given how long the leader was given after the stop signal; zero when it was not asked
 * @param took how long all of it took
 * @param standing what could not be ended; empty when all are seen gone
 */
public record StopOutcome(
    boolean obeyed, boolean graceSufficed, Duration given, Duration took, List<Survivor> standing) {
  public StopOutcome {
    standing = List.copyOf(standing);
  }

  /** There was nothing to end. */
  static StopOutcome nothing() {
    return new StopOutcome(true, true, Duration.ZERO, Duration.ZERO, List.of());
  }

  /** Whether the whole tree is seen gone. */
  public boolean gone() {
    return standing.isEmpty();
  }

  /** What it took, step by step, as the end of a sentence about the process. */
  public String steps() {
    String asked =
        given.isZero()
            ? ""
            : (obeyed
                    ? "ended %s after its stop signal; "
                    : "did not end within %s of its stop signal; ")
                .formatted(seconds(given));
    if (graceSufficed) {
      return asked + "nothing had to be killed";
    }
    String killed =
        obeyed
            ? "what it had left was sent SIGKILL; "
            : "it was sent SIGKILL with all it had started; ";
    String end =
        gone()
            ? "all are gone after %s".formatted(seconds(took))
            : "after %s there still is %s".formatted(seconds(took), survivors());
    return asked + killed + end;
  }

  private String survivors() {
    return standing.stream().map(Survivor::toString).collect(Collectors.joining("; "));
  }

  private static String seconds(Duration duration) {
    return String.format(Locale.ROOT, "%.1f s", duration.toMillis() / 1000.0);
  }

  @Override
  public String toString() {
    return gone()
        ? "gone" + (graceSufficed ? "" : ", by SIGKILL")
        : "cannot be killed: " + survivors();
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
