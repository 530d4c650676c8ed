package dev.holdfast.system;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;

/**
 * What {@code journal-app} wrote down about its own lives in one resource's directory. It is the
 * oracle: what the service says of itself is compared with it, and not the other way round.
 */
final class Journal {
  static final String PROGRAM = "journal-app";

  private static final String FILE = "journal";

  private final List<Line> lines;

  /**
   * @param what start, stop or overlap
   * @param startTicks with the pid, which process that was
   */
  record Line(String what, long pid, long startTicks) {
    static Line of(String text) {
      String[] words = text.split(" ");
      return new Line(words[0], Long.parseLong(words[1]), Long.parseLong(words[2]));
    }

    boolean isSameLife(Line other) {
      return pid == other.pid && startTicks == other.startTicks;
    }

    boolean isAlive() {
      return Processes.startTicks(pid).orElse(-1) == startTicks && Processes.isAlive(pid);
    }
  }

  private Journal(List<Line> lines) {
    this.lines = lines;
  }

  /** The journal in a resource's directory; empty when it never ran. */
  static Journal in(Path directory) throws IOException {
    Path file = directory.resolve(FILE);
    return new Journal(
        Files.exists(file) ? Files.readAllLines(file).stream().map(Line::of).toList() : List.of());
  }

  /** The lives that still last. */
  List<Line> alive() {
    return lines.stream().filter(line -> line.what().equals("start") && line.isAlive()).toList();
  }

  /** What should never have happened, whatever was killed. */
  List<String> violations() {
    var wrong = new ArrayList<String>();
    var started = new HashSet<Line>();
    for (Line line : lines) {
      switch (line.what()) {
        case "overlap" -> wrong.add("a second life began beside the first: " + line);
        case "start" -> {
          if (!started.add(line)) {
            wrong.add("a life began twice: " + line);
          }
        }
        case "stop" -> {
          if (started.stream().noneMatch(line::isSameLife)) {
            wrong.add("a life ended that never began: " + line);
          }
        }
        default -> wrong.add("a line that means nothing: " + line);
      }
    }
    return wrong;
  }
}
