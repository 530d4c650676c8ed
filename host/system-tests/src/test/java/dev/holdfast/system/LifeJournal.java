package dev.holdfast.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What an application wrote about its own lives ({@code life-journal.sh}): the oracle of tests that
 * must not take Holdfast's word for anything.
 */
final class LifeJournal {
  private static final Pattern LINE =
      Pattern.compile(
          "(start|stop) pid=(\\d+) ticks=(\\d+) boot=(\\S+) at=([0-9.]+)(?: beside=(\\S+))?");

  private final Path file;

  private LifeJournal(Path file) {
    this.file = file;
  }

  /** The journal in that file. */
  static LifeJournal of(Path file) {
    return new LifeJournal(file);
  }

  /** The journal of an application of that name, in a folder. */
  static LifeJournal in(Path folder, String name) {
    return new LifeJournal(folder.resolve(name + ".journal"));
  }

  /** The command line of the application, whose program is put beside its journal. */
  String commandLine() throws IOException {
    return commandLine(Objects.requireNonNull(file.getParent()), file);
  }

  /**
   * The command line of an application.
   *
   * @param folder where its program is put
   * @param file its journal; when relative, in the directory that it is started in
   */
  static String commandLine(Path folder, Path file) throws IOException {
    Path program = folder.resolve("life-journal.sh");
    if (!Files.exists(program)) {
      try (InputStream source =
          Objects.requireNonNull(LifeJournal.class.getResourceAsStream("/life-journal.sh"))) {
        Files.copy(source, program);
      }
    }
    return "sh " + program + " " + file;
  }

  /**
   * A line.
   *
   * @param at seconds since boot
   * @param beside the pid of an earlier life that lived still; "none" for none; empty at a stop
   */
  record Entry(boolean start, long pid, long startTicks, String boot, double at, String beside) {}

  List<Entry> entries() {
    try {
      List<Entry> entries = new ArrayList<>();
      for (String line : Files.exists(file) ? Files.readAllLines(file) : List.<String>of()) {
        Matcher matcher = LINE.matcher(line);
        assertThat(matcher.matches()).as("line of %s: %s", file, line).isTrue();
        String beside = matcher.group(6);
        entries.add(
            new Entry(
                matcher.group(1).equals("start"),
                Long.parseLong(matcher.group(2)),
                Long.parseLong(matcher.group(3)),
                matcher.group(4),
                Double.parseDouble(matcher.group(5)),
                beside == null ? "" : beside));
      }
      return entries;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  List<Entry> starts() {
    return entries().stream().filter(Entry::start).toList();
  }

  /** When a life ended in order the last time, in seconds since boot. */
  double lastStop() {
    return entries().stream()
        .filter(entry -> !entry.start())
        .mapToDouble(Entry::at)
        .max()
        .orElseThrow();
  }

  /** The last life, while it lasts. */
  Optional<Entry> living() {
    return Optional.of(starts())
        .filter(all -> !all.isEmpty())
        .map(List::getLast)
        .filter(LifeJournal::lives);
  }

  /** Those that last. */
  List<Entry> lasting() {
    return starts().stream().filter(LifeJournal::lives).toList();
  }

  /** Those that began while another one lasted; there must never be any. */
  List<Entry> besideAnother() {
    return starts().stream().filter(life -> !life.beside().equals("none")).toList();
  }

  /** Never were there two lives at a time, and the last one lives. */
  void assertOneLifeAtATime() {
    assertThat(starts()).as("lives of %s", file).isNotEmpty();
    assertThat(besideAnother()).isEmpty();
    assertThat(lasting()).as("lives of %s that last", file).containsExactly(starts().getLast());
  }

  private static boolean lives(Entry life) {
    return Processes.isAlive(life.pid())
        && Processes.startTicks(life.pid()).orElse(-1) == life.startTicks();
  }
}
