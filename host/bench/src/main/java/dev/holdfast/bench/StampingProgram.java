package dev.holdfast.bench;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;

/**
 * A program that writes down when its first instruction ran, on the clock of {@link
 * System#nanoTime}, which on Linux is CLOCK_MONOTONIC as it is. It is in C, for a shell has no
 * clock of that grain and an interpreter starts too late.
 */
final class StampingProgram {
  private static final String SOURCE = "first-instruction.c";

  private final Path executable;

  private StampingProgram(Path executable) {
    this.executable = executable;
  }

  /**
   * Compiles it.
   *
   * @throws IOException also when there is no C compiler
   */
  static StampingProgram compile(Ground ground) throws IOException, InterruptedException {
    Path source = ground.directory().resolve(SOURCE);
    try (InputStream text = StampingProgram.class.getResourceAsStream(SOURCE)) {
      if (text == null) {
        throw new IOException(SOURCE + " is not among the benchmarks' resources.");
      }
      Files.copy(text, source, StandardCopyOption.REPLACE_EXISTING);
    }
    Path executable = ground.directory().resolve("first-instruction");
    ground.run(List.of("cc", "-O2", "-o", executable.toString(), source.toString()), Map.of());
    return new StampingProgram(executable);
  }

  Path executable() {
    return executable;
  }

  /** When a life of it began, and its pid. */
  record Stamp(long nanos, int pid) {}

  /** All lives that were written to a file. */
  static List<Stamp> read(Path stamps) throws IOException {
    if (!Files.exists(stamps)) {
      return List.of();
    }
    String text = Files.readString(stamps);
    return text.substring(0, text.lastIndexOf('\n') + 1)
        .lines()
        .map(line -> line.split(" ", 2))
        .map(words -> new Stamp(Long.parseLong(words[0]), Integer.parseInt(words[1])))
        .toList();
  }

  /** Waits for the life of that number, counted from 0. */
  static Stamp await(Path stamps, int life) throws IOException {
    Ground.await("life " + life + " is written to " + stamps, () -> read(stamps).size() > life);
    return read(stamps).get(life);
  }
}
