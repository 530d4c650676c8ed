package dev.holdfast.bench;

import dev.holdfast.service.process.ProcessSpec;
import dev.holdfast.service.process.Processes;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Agents that are forked, run and reaped, by the service's own way to do it, and nothing else: what
 * they say is read by nobody, and nobody is told. Each is asked again one interval after its last
 * run has ended, as a monitor asks, so the machine is as busy as it is with one.
 */
final class OcfFloor {
  private final Processes processes;
  private final List<ProcessSpec> agents;
  private final Duration interval;
  private final int self = Math.toIntExact(ProcessHandle.current().pid());

  /**
   * Agents whose turn comes, in the order of that. All wait equally long, so it is that of ends.
   */
  private final LinkedBlockingQueue<Turn> turns = new LinkedBlockingQueue<>();

  private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();

  private record Turn(ProcessSpec agent, long dueNanos) {}

  OcfFloor(Processes processes, List<ProcessSpec> agents, Duration interval) {
    this.processes = processes;
    this.agents = agents;
    this.interval = interval;
  }

  /** Asks for so long, and returns what one run took. */
  OcfFigures ask(Duration period) throws IOException, InterruptedException {
    ProcessCpu before = ProcessCpu.of(self);
    long start = System.nanoTime();
    for (int i = 0; i < agents.size(); i++) {
      turns.add(new Turn(agents.get(i), start + i * interval.toNanos() / agents.size()));
    }
    int runs = 0;
    for (int over = 0; over < agents.size(); ) {
      Turn next = turns.take();
      if (next.dueNanos() >= start + period.toNanos()) {
        over++;
      } else {
        pauseUntil(next.dueNanos());
        begin(next.agent());
        runs++;
      }
    }
    if (failure.get() != null) {
      throw new IOException("An agent of the floor could not be run", failure.get());
    }
    double seconds = (System.nanoTime() - start) / 1e9;
    return OcfFigures.of(ProcessCpu.of(self).minus(before), runs, seconds);
  }

  private static void pauseUntil(long nanos) {
    for (long left = nanos - System.nanoTime(); left > 0; left = nanos - System.nanoTime()) {
      LockSupport.parkNanos(left);
    }
  }

  private void begin(ProcessSpec agent) {
    var _ =
        processes
            .spawn(agent)
            .thenAccept(
                process ->
                    processes.watch(
                        process,
                        (gone, _) -> {
                          processes.acknowledge(gone);
                          turns.add(new Turn(agent, System.nanoTime() + interval.toNanos()));
                        }))
            .exceptionally(
                thrown -> {
                  failure.set(thrown);
                  turns.add(new Turn(agent, Long.MAX_VALUE));
                  return null;
                });
  }
}
