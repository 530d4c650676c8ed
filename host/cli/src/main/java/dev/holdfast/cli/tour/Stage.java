package dev.holdfast.cli.tour;

import dev.holdfast.cli.session.ExitCode;
import dev.holdfast.cli.session.Failure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Where a tour is played: a folder for shells, and a cluster service that they know. When it is
 * closed, nothing of it runs any more, and nothing is left but a home that was named.
 */
final class Stage implements AutoCloseable {
  private static final Duration READY_MAX = Duration.ofMinutes(2);
  private static final Duration END_MAX = Duration.ofMinutes(1);
  private static final Duration LOOK_AGAIN = Duration.ofMillis(50);

  private final Path distribution;
  private final Path scratch;
  private final Path home;
  private final List<Process> beside = new ArrayList<>();
  private @Nullable Process service;

  /**
   * @param home where the service is to keep its data; null for a place that is removed afterwards
   */
  Stage(Path distribution, @Nullable Path home) throws IOException {
    this.distribution = distribution;
    if (home != null) {
      requireFree(home);
    }
    this.scratch = Files.createTempDirectory("holdfast-tour");
    this.home = home == null ? scratch.resolve("home") : home.toAbsolutePath().normalize();
  }

  /** A tour makes what it tells of, so nothing of it may be there. */
  private static void requireFree(Path home) throws IOException {
    if (!Files.exists(home)) {
      return;
    }
    try (Stream<Path> files = Files.list(home)) {
      if (files.findAny().isPresent()) {
        throw new Failure(
            ExitCode.CONFLICT,
            "%s is not empty, and a tour is played in a home of its own; name another folder, or leave --home out."
                .formatted(home));
      }
    }
  }

  Path home() {
    return home;
  }

  /** Starts the service; it is ready when this returns. */
  void start(List<String> flags) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of(launcher(), "serve", "--home", home.toString()));
    command.addAll(flags);
    Path said = scratch.resolve("service.out");
    Process started = builder(command).redirectOutput(said.toFile()).start();
    service = started;
    long end = System.nanoTime() + READY_MAX.toNanos();
    while (Files.readString(said).lines().noneMatch(line -> line.startsWith("ready "))) {
      if (started.waitFor(LOOK_AGAIN) || System.nanoTime() - end > 0) {
        throw new Failure(
            ExitCode.FAILED, "The cluster service did not start: " + Files.readString(said));
      }
    }
  }

  private String launcher() {
    return distribution.resolve("bin").resolve("holdfast").toString();
  }

  private ProcessBuilder builder(List<String> command) {
    var builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.directory(scratch.toFile());
    builder.redirectInput(Path.of("/dev/null").toFile());
    Map<String, String> environment = builder.environment();
    environment.put("HOLDFAST_HOME", home.toString());
    environment.put("HOLDFAST_SAMPLES", distribution.resolve("samples").toString());
    environment.put(
        "PATH",
        "%s/bin:%s/samples/information-store:%s"
            .formatted(distribution, distribution, environment.getOrDefault("PATH", "/usr/bin")));
    return builder;
  }

  /** What a command did. */
  record Ran(int exitCode, String output) {}

  /** Runs a line of a shell to its end. */
  Ran run(String line, Duration limit) throws IOException, InterruptedException {
    Path said = Files.createTempFile(scratch, "said", "");
    Process shell = builder(List.of("sh", "-c", line)).redirectOutput(said.toFile()).start();
    try {
      if (!shell.waitFor(limit)) {
        throw new Failure(
            ExitCode.FAILED, "\"%s\" did not end within %s s.".formatted(line, limit.toSeconds()));
      }
      return new Ran(shell.exitValue(), Files.readString(said));
    } finally {
      shell.destroyForcibly();
      Files.deleteIfExists(said);
    }
  }

  /** A command that goes on. */
  record Beside(Process process, Path said) {
    String output() throws IOException {
      return Files.readString(said);
    }
  }

  Beside start(String line) throws IOException {
    Path said = Files.createTempFile(scratch, "beside", "");
    // The shell becomes what it starts, so that the end of one is that of the other.
    Process process =
        builder(List.of("sh", "-c", "exec " + line)).redirectOutput(said.toFile()).start();
    beside.add(process);
    return new Beside(process, said);
  }

  /** Lets a little time pass; fails when the service has ended meanwhile. */
  void pause() throws InterruptedException {
    if (service != null && service.waitFor(LOOK_AGAIN)) {
      throw new Failure(ExitCode.FAILED, "The cluster service ended in the middle of the tour.");
    }
  }

  @Override
  public void close() throws IOException {
    beside.forEach(Process::destroyForcibly);
    Process running = service;
    if (running != null) {
      running.destroy(); // It takes everything offline, in order.
      try {
        if (!running.waitFor(END_MAX)) {
          running.destroyForcibly().waitFor();
        }
      } catch (InterruptedException e) {
        running.destroyForcibly();
        Thread.currentThread().interrupt();
      }
    }
    remove(scratch);
  }

  private static void remove(Path root) throws IOException {
    if (!Files.exists(root)) {
      return;
    }
    List<Path> found;
    try (Stream<Path> files = Files.walk(root)) {
      found = files.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path file : found) {
      Files.deleteIfExists(file);
    }
  }
}
