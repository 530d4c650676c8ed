package dev.holdfast.samples.scriptable;

import dev.holdfast.spi.Problem;
import dev.holdfast.spi.Properties;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * The steps of a resource, read anew at every call: those in the control file {@code script} in its
 * directory, or when there is none, those of its properties. So a test steers a resource while it
 * runs. Write the file beside it and rename it, or a call may read half of it.
 *
 * <p>Where the host does not say what the properties are (while the type is loaded, in open and in
 * close), those count that were seen last: they are kept in the file {@code kept}.
 */
final class Script {
  private static final String CONTROL_FILE = "script";
  private static final String KEPT = "kept";

  private final Path directory;
  private final Path controlFile;
  private List<String> kept = List.of();

  private Script(Path directory, Path controlFile) {
    this.directory = directory;
    this.controlFile = controlFile;
  }

  /** The script of the resource that has this directory. */
  static Script of(Path directory) {
    return new Script(directory, directory.resolve(CONTROL_FILE));
  }

  /** A script in a file of this name. */
  static Script inFile(Path controlFile) throws IOException {
    Path directory = controlFile.getParent();
    if (directory == null) {
      throw new IOException(controlFile + " is no absolute path");
    }
    return new Script(directory, controlFile);
  }

  /**
   * The steps for a place that are due, in order. Those that happen once are marked as done before
   * this returns, durably: they may end the JVM.
   *
   * @throws IllegalArgumentException when a line cannot be read
   */
  List<Step> due(Place place, Properties properties) throws IOException {
    List<String> lines = lines(properties);
    keep(lines);
    return due(place, lines);
  }

  /** The same, where properties are not known. */
  List<Step> due(Place place) throws IOException {
    return due(place, readOr(directory.resolve(KEPT), List.of()));
  }

  private List<Step> due(Place place, List<String> lines) throws IOException {
    var due = new ArrayList<Step>();
    for (Step step : parse(readOr(controlFile, lines))) {
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

  /** What cannot be read in properties. */
  static List<Problem> problems(Properties properties) {
    var problems = new ArrayList<Problem>();
    for (Place place : Place.values()) {
      for (String step : properties.get(place.property())) {
        try {
          Step.parse(line(place, step));
        } catch (IllegalArgumentException e) {
          problems.add(new Problem(place.property().name(), String.valueOf(e.getMessage())));
        }
      }
    }
    return problems;
  }

  /** What properties say, as it is written in a script. */
  static List<String> lines(Properties properties) {
    var lines = new ArrayList<String>();
    for (Place place : Place.values()) {
      properties.get(place.property()).forEach(step -> lines.add(line(place, step)));
    }
    return lines;
  }

  private static String line(Place place, String step) {
    return place.word() + ": " + step;
  }

  private static List<String> readOr(Path file, List<String> otherwise) throws IOException {
    try {
      return Files.readAllLines(file);
    } catch (NoSuchFileException e) {
      return otherwise;
    }
  }

  /** Terminate may enter beside another call, so two may be here. */
  private synchronized void keep(List<String> lines) throws IOException {
    if (lines.equals(kept)) {
      return;
    }
    Path fresh = Files.write(directory.resolve(KEPT + ".new"), lines);
    Files.move(
        fresh,
        directory.resolve(KEPT),
        StandardCopyOption.ATOMIC_MOVE,
        StandardCopyOption.REPLACE_EXISTING);
    kept = lines;
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
