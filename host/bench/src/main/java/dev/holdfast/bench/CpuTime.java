package dev.holdfast.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * How long all threads of this JVM have run, those of the collector and the compilers among them.
 * By the kernel's own count in nanoseconds: that of the JDK goes in steps of ten milliseconds.
 */
final class CpuTime {
  private static final Path TASKS = Path.of("/proc/self/task");

  private CpuTime() {}

  /** Something that is measured. */
  @FunctionalInterface
  interface Work {
    void run() throws IOException;
  }

  /** Does it, and adds how long the threads have run for it, and how long it took. */
  static void measure(Series cpu, Series wall, Work work) throws IOException {
    long nanos = nanos();
    long start = System.nanoTime();
    work.run();
    wall.add(System.nanoTime() - start);
    cpu.add(nanos() - nanos);
  }

  private static long nanos() throws IOException {
    List<Path> threads;
    try (Stream<Path> all = Files.list(TASKS)) {
      threads = all.toList();
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
    long nanos = 0;
    for (Path thread : threads) {
      try {
        String ran = Files.readString(thread.resolve("schedstat"));
        nanos += Long.parseLong(ran.substring(0, ran.indexOf(' ')));
      } catch (NoSuchFileException e) {
        // It ended since the list was made. What it ran is lost, as for all that ended before.
      }
    }
    return nanos;
  }
}
