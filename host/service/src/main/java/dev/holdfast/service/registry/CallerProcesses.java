package dev.holdfast.service.registry;

import java.util.Optional;

/** Says who a process is. */
@FunctionalInterface
public interface CallerProcesses {
  /** The living process of that number; empty when there is none. */
  Optional<Running> find(int pid);

  /**
   * A process.
   *
   * @param startTicks when it started, as in {@code /proc/PID/stat}
   * @param program the name of what it runs
   */
  record Running(long startTicks, String program) {}
}
