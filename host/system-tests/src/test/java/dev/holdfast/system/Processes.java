package dev.holdfast.system;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;

/** Processes as {@code /proc} shows them, and signals to them. */
final class Processes {
  /** The variable by which the service marks the processes of a resource. */
  private static final String SLOT = "HOLDFAST_SLOT";

  private static final int STATE_AFTER_NAME = 0;
  private static final int START_TICKS_AFTER_NAME = 19;

  private Processes() {}

  /**
   * A process.
   *
   * @param slot the slot it was started in; empty when in none
   */
  record Seen(long pid, List<String> command, Optional<String> slot) {}

  /**
   * Every living process that has to do with a home: the home is in its command line, its working
   * directory is within, or it carries the mark, which all that starts from a marked process
   * inherits.
   *
   * @param mark {@code NAME=VALUE}
   */
  static List<Seen> of(Path home, String mark) {
    try (Stream<Path> entries = Files.list(Path.of("/proc"))) {
      return entries
          .filter(entry -> entry.getFileName().toString().matches("[0-9]+"))
          .filter(entry -> !entry.endsWith(Long.toString(ProcessHandle.current().pid())))
          .flatMap(entry -> seen(entry, home, mark).stream())
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Optional<Seen> seen(Path entry, Path home, String mark) {
    List<String> command = zeroSeparated(entry.resolve("cmdline"));
    List<String> environment = zeroSeparated(entry.resolve("environ"));
    boolean ours =
        environment.contains(mark)
            || command.stream().anyMatch(word -> word.contains(home.toString()))
            || isWithin(entry.resolve("cwd"), home);
    // A zombie has ended, and has neither command nor environment.
    if (!ours || command.isEmpty()) {
      return Optional.empty();
    }
    Optional<String> slot =
        environment.stream()
            .filter(variable -> variable.startsWith(SLOT + "="))
            .map(variable -> variable.substring(SLOT.length() + 1))
            .findFirst();
    return Optional.of(new Seen(Long.parseLong(entry.getFileName().toString()), command, slot));
  }

  private static boolean isWithin(Path link, Path home) {
    try {
      return Files.readSymbolicLink(link).startsWith(home);
    } catch (IOException goneOrNotOurs) {
      // Then it is none of those that are looked for.
      return false;
    }
  }

  private static List<String> zeroSeparated(Path file) {
    try {
      String text = new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
      return text.isEmpty() ? List.of() : Arrays.asList(text.split("\0"));
    } catch (IOException goneOrNotOurs) {
      // The process ended between listing and reading, or is somebody else's.
      return List.of();
    }
  }

  /** When a process started, in clock ticks since boot; empty when there is no such process. */
  static OptionalLong startTicks(long pid) {
    String[] fields = statAfterName(pid);
    return fields.length == 0
        ? OptionalLong.empty()
        : OptionalLong.of(Long.parseLong(fields[START_TICKS_AFTER_NAME]));
  }

  /** Whether there is such a process, and it is no zombie. */
  static boolean isAlive(long pid) {
    String[] fields = statAfterName(pid);
    return fields.length > 0 && !fields[STATE_AFTER_NAME].equals("Z");
  }

  /** Whether it was stopped by a signal. */
  static boolean isStopped(long pid) {
    String[] fields = statAfterName(pid);
    return fields.length > 0 && fields[STATE_AFTER_NAME].equals("T");
  }

  private static String[] statAfterName(long pid) {
    try {
      String stat = Files.readString(Path.of("/proc", Long.toString(pid), "stat"));
      return stat.substring(stat.lastIndexOf(')') + 2).split(" ");
    } catch (IOException noSuchProcess) {
      // Which is an answer.
      return new String[0];
    }
  }

  /**
   * Sends a signal.
   *
   * @param signal its name, such as {@code KILL}
   */
  static void signal(long pid, String signal) throws IOException, InterruptedException {
    Process kill = new ProcessBuilder("sh", "-c", "kill -" + signal + " " + pid).start();
    if (kill.waitFor() != 0) {
      throw new IOException("SIG" + signal + " could not be sent to process " + pid);
    }
  }
}
