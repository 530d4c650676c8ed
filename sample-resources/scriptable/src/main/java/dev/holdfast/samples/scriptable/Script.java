package dev.holdfast.samples.scriptable;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.UUID;

/**
 * The steps of a resource, read anew at every call: those in the control file {@code script} in its
 * directory, or when there is none, those of its property Script. So a test steers a resource while
 * it runs. Write the file beside it and rename it, or a call may read half of it.
 */
final class Script {
  private final Path directory;
  private final Path controlFile;

  Script(Path directory) {
    this(directory, directory.resolve("script"));
  }

  Script(Path directory, Path controlFile) {
    this.directory = directory;
    this.controlFile = controlFile;
  }

  /**
   * The steps for a place that are due, in order. Those that happen once are marked as done before
   * this returns, durably: they may end the JVM.
   *
   * @throws IllegalArgumentException when a line cannot be read
   */
  List<Step> due(Place place, List<String> lines) throws IOException {
    var due = new java.util.ArrayList<Step>();
    for (Step step : parse(current(lines))) {
      if (step.place() == place && (!step.once() || isFirst(step))) {
        due.add(step);
      }
    }
    return due;
  }

  /** The steps in lines; blank ones and those that begin with # are left out. */
  static List<Step> parse(List<String> lines) {
    return lines.stream()
        .map(String::strip)
        .filter(line -> !line.isEmpty() && !line.startsWith("#"))
        .map(Step::parse)
        .toList();
  }

  private List<String> current(List<String> lines) throws IOException {
    try {
      return Files.readAllLines(controlFile);
    } catch (NoSuchFileException e) {
      return lines;
    }
  }

  /** A file per step, named by what it says: written differently, it happens once more. */
  private boolean isFirst(Step step) throws IOException {
    UUID name = UUID.nameUUIDFromBytes(step.line().getBytes(StandardCharsets.UTF_8));
    Path mark = directory.resolve("once-" + name);
    try (FileChannel channel =
        FileChannel.open(mark, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      channel.force(true);
      return true;
    } catch (FileAlreadyExistsException e) {
      return false;
    }
  }
}
