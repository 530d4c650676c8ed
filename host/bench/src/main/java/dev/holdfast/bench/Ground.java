package dev.holdfast.bench;

import dev.holdfast.service.posix.Pidfd;
import dev.holdfast.service.posix.Signal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/**
 * What all benchmarks stand on: the distribution that is measured, a directory for homes and files,
 * and how many rounds there are.
 *
 * @param dist the distribution
 * @param directory where to write; on the file system whose speed is to count
 * @param quick few rounds, to see that it works
 */
record Ground(Path dist, Path directory, boolean quick) {
  private static final Duration WAIT_MAX = Duration.ofMinutes(2);
  private static final Duration POLL = Duration.ofMillis(2);

  /** Something that is waited for. */
  @FunctionalInterface
  interface Condition {
    boolean holds() throws IOException;
  }

  int rounds(int whole) {
    return quick ? Math.max(2, whole / 20) : whole;
  }

  Path launcher() {
    return dist.resolve("bin").resolve("holdfast");
  }

  Path java() {
    return Path.of(System.getProperty("java.home"), "bin", "java");
  }

  /** Where AOT caches are made; kept from run to run, as they go by the distribution's digest. */
  Path caches() {
    return directory.resolveSibling("caches");
  }

  /** The environment of a launcher that uses AOT caches, and of one that cannot have any. */
  Map<String, String> environment(boolean aot) {
    return Map.of(
        "HOLDFAST_JAVA_HOME",
        System.getProperty("java.home"),
        "HOLDFAST_CACHE",
        // A place where nothing can be made: else the service would make caches behind our back.
        aot ? caches().toString() : "/dev/null/none");
  }

  /** Makes the AOT caches; takes some seconds of one core. */
  void makeCaches() throws IOException, InterruptedException {
    run(List.of(launcher().toString(), "--make-aot-caches"), environment(true));
    for (String program : List.of("cli", "service", "monitor")) {
      try (Stream<Path> files = Files.walk(caches())) {
        if (files.noneMatch(file -> file.endsWith(program + ".aot"))) {
          throw new IOException(
              "No AOT cache was made for the " + program + " in " + caches() + ".");
        }
      }
    }
  }

  /** Runs a command to its end and returns how long that took. */
  long run(List<String> command, Map<String, String> environment)
      throws IOException, InterruptedException {
    Path output = directory.resolve("output.log");
    var builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.redirectOutput(output.toFile()).redirectInput(Path.of("/dev/null").toFile());
    builder.environment().putAll(environment);
    long start = System.nanoTime();
    int code = builder.start().waitFor();
    long nanos = System.nanoTime() - start;
    if (code != 0) {
      throw new IOException(command + " ended with " + code + ": " + Files.readString(output));
    }
    return nanos;
  }

  /** Kills a process, and tells when: just before. */
  static long kill(int pid) throws IOException {
    try (Pidfd process =
        Pidfd.open(pid)
            .orElseThrow(() -> new IOException("Process " + pid + " is gone already."))) {
      long now = System.nanoTime();
      if (!process.signal(Signal.KILL)) {
        throw new IOException("Process " + pid + " was gone before it could be killed.");
      }
      return now;
    }
  }

  /** Waits. */
  static void await(String what, Condition condition) throws IOException {
    long end = System.nanoTime() + WAIT_MAX.toNanos();
    while (!condition.holds()) {
      if (System.nanoTime() - end > 0) {
        throw new IOException(
            "After " + WAIT_MAX.toSeconds() + " s it is still not so that " + what + ".");
      }
      pause(POLL);
    }
  }

  /** Lets the machine come to rest. */
  static void pause(Duration duration) {
    LockSupport.parkNanos(duration.toNanos());
  }

  /** Removes a directory with all that is in it. */
  static void remove(Path directory) throws IOException {
    if (!Files.exists(directory)) {
      return;
    }
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    }
  }
}
