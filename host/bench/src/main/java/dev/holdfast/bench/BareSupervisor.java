package dev.holdfast.bench;

import dev.holdfast.service.process.LinuxProcesses;
import dev.holdfast.service.process.ProcessIdentity;
import dev.holdfast.service.process.ProcessLimits;
import dev.holdfast.service.process.ProcessSpec;
import dev.holdfast.service.process.Processes;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The least that restarts: sees an exit by pidfd and starts the program anew, with the service's
 * own process code, but without monitor, policy and records.
 */
final class BareSupervisor implements AutoCloseable {
  private final Processes processes;
  private final ProcessSpec spec;
  private final AtomicReference<@Nullable ProcessIdentity> running = new AtomicReference<>();
  private volatile boolean closed;

  private BareSupervisor(Processes processes, ProcessSpec spec) {
    this.processes = processes;
    this.spec = spec;
  }

  static BareSupervisor start(StampingProgram program, Path directory, Path stamps)
      throws IOException {
    Processes processes = LinuxProcesses.open(ProcessLimits.DEFAULT, (_, _) -> {});
    ProcessSpec spec =
        ProcessSpec.of(
            List.of(program.executable().toString(), stamps.toString()),
            directory,
            Map.of(),
            directory.resolve("bare.out"));
    var supervisor = new BareSupervisor(processes, spec);
    supervisor.spawn();
    return supervisor;
  }

  private void spawn() {
    var _ =
        processes
            .spawn(spec)
            .thenAccept(
                process -> {
                  running.set(process);
                  processes.watch(process, (ended, _) -> again(ended));
                });
  }

  private void again(ProcessIdentity ended) {
    if (!closed) {
      spawn();
    }
    processes.acknowledge(ended);
  }

  /** Ends the program. */
  @Override
  public void close() {
    closed = true;
    ProcessIdentity last = running.get();
    if (last != null) {
      processes.kill(last, null).join();
    }
    processes.close();
  }
}
