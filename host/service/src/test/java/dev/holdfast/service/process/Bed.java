package dev.holdfast.service.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.holdfast.service.posix.Signal;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;

/** Real processes to try things on; what a test leaves behind is killed when it is closed. */
final class Bed {
  /** For every wait of these tests; far beyond what a loaded machine needs. */
  static final Duration PATIENCE = Duration.ofSeconds(60);

  record Told(ProcessIdentity process, ExitStatus status) {}

  record Stray(ProcessIdentity process, SlotToken token) {}

  final Processes processes;
  final ProcFs proc = new ProcFs(Path.of("/proc"));
  final Path folder;
  final BlockingQueue<Told> told = new LinkedBlockingQueue<>();
  final BlockingQueue<Stray> strays = new LinkedBlockingQueue<>();
  private final List<ProcessIdentity> toKill = new ArrayList<>();

  private Bed(Path folder, ProcessLimits limits, boolean groupSignals) throws IOException {
    this.folder = folder;
    StrayListener listener = (process, token) -> strays.add(new Stray(process, token));
    this.processes =
        groupSignals
            ? LinuxProcesses.open(limits, listener)
            : LinuxProcesses.openWithoutGroupSignals(limits, listener);
  }

  static Bed in(Path folder) throws IOException {
    return new Bed(folder, ProcessLimits.DEFAULT, true);
  }

  static Bed in(Path folder, ProcessLimits limits) throws IOException {
    return new Bed(folder, limits, true);
  }

  static Bed asOnAnOldKernel(Path folder) throws IOException {
    return new Bed(folder, ProcessLimits.DEFAULT, false);
  }

  ProcessSpec shell(String script) {
    return ProcessSpec.of(
        List.of("sh", "-c", script),
        folder,
        Map.of("PATH", "/usr/local/bin:/usr/bin:/bin"),
        folder.resolve("out.log"));
  }

  ProcessIdentity start(ProcessSpec spec) throws Exception {
    ProcessIdentity process = get(processes.spawn(spec));
    toKill.add(process);
    return process;
  }

  /** Starts and watches; its exit comes to {@link #told}. */
  ProcessIdentity run(ProcessSpec spec) throws Exception {
    ProcessIdentity process = start(spec);
    watch(process);
    return process;
  }

  void watch(ProcessIdentity process) {
    processes.watch(process, (p, status) -> told.add(new Told(p, status)));
  }

  void kill(ProcessIdentity process) {
    assertThat(processes.signal(process, Signal.KILL)).as("SIGKILL for %s", process).isTrue();
  }

  Told nextExit() throws InterruptedException {
    Told next = told.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    assertThat(next).as("an exit is told").isNotNull();
    return Objects.requireNonNull(next);
  }

  /** The pid that a script wrote to a file, and the process it is. */
  ProcessIdentity processIn(String file) throws IOException {
    Path path = folder.resolve(file);
    until("a pid is in " + file, () -> Files.exists(path) && read(path).endsWith("\n"));
    ProcessIdentity process =
        processes.identify(Integer.parseInt(read(path).strip())).orElseThrow();
    toKill.add(process);
    return process;
  }

  String output() {
    return read(folder.resolve("out.log"));
  }

  static String read(Path path) {
    try {
      return Files.exists(path) ? Files.readString(path) : "";
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static void until(String what, BooleanSupplier condition) {
    await(what).atMost(PATIENCE).pollInterval(Duration.ofMillis(5)).until(condition::getAsBoolean);
  }

  static <T> T get(Future<T> future)
      throws InterruptedException, ExecutionException, TimeoutException {
    return future.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
  }

  /** Not even a zombie; those that nobody asked for are swept within two seconds. */
  void assertNoChildIsLeft() {
    until("no child is left", () -> proc.children(Set.of()).isEmpty());
  }

  /** Whether the process is a zombie. */
  boolean isZombie(ProcessIdentity process) {
    return proc.stat(process).filter(ProcStat::isDead).isPresent();
  }

  void close() throws Exception {
    for (ProcessIdentity process : toKill) {
      var _ = get(processes.kill(process, null));
      try {
        processes.watch(process, (_, _) -> {});
      } catch (IllegalStateException watched) {
        // The test watches it; either way there is a watch to acknowledge.
      }
    }
    for (ProcessIdentity process : toKill) {
      until(
          process + " is acknowledged",
          () -> {
            try {
              processes.acknowledge(process);
              return true;
            } catch (IllegalStateException notToldYet) {
              return false;
            }
          });
    }
    processes.close();
  }
}
