package dev.holdfast.service.process;

import java.time.Duration;

/**
 * The limits of {@link LinuxProcesses}.
 *
 * @param spawnThreads how many starts run at once: 1 to 64
 * @param waitingSpawns how many more may wait for a thread; beyond, a start is refused as busy
 * @param spawnLimit how long one start may take before it is given up
 * @param killLimit how long to wait for processes to go after SIGKILL before saying what stands
 * @param exitCodeLimit how long the parent of a dead process that is not our child may take to reap
 *     it, before we call its exit unknown
 * @param sweepInterval how often our own list of children is swept, and output files are looked at
 * @param openFiles how many files an application may open at first (its soft limit)
 */
public record ProcessLimits(
    int spawnThreads,
    int waitingSpawns,
    Duration spawnLimit,
    Duration killLimit,
    Duration exitCodeLimit,
    Duration sweepInterval,
    long openFiles) {

  /** What fits one node with a few thousand applications. */
  public static final ProcessLimits DEFAULT =
      new ProcessLimits(
          4,
          10_000,
          Duration.ofSeconds(30),
          Duration.ofSeconds(5),
          Duration.ofMillis(200),
          Duration.ofSeconds(1),
          1024);

  public ProcessLimits {
    if (spawnThreads < 1 || spawnThreads > 64) {
      throw new IllegalArgumentException("Spawn threads are 1 to 64, not " + spawnThreads);
    }
    if (waitingSpawns < 1 || openFiles < 16) {
      throw new IllegalArgumentException(
          "At least 1 waiting spawn and 16 open files are needed, not %d and %d"
              .formatted(waitingSpawns, openFiles));
    }
  }

  /** The same with another limit of one start. */
  public ProcessLimits withSpawnLimit(Duration limit) {
    return new ProcessLimits(
        spawnThreads, waitingSpawns, limit, killLimit, exitCodeLimit, sweepInterval, openFiles);
  }
}
