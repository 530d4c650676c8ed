package dev.holdfast.cli.audit;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * All processes at about one moment, read from {@code /proc} without anybody's help. A process that
 * goes while it is read is left out: that it is gone is an answer.
 *
 * @param uptimeTicks how long the machine runs, on the clock of start ticks
 */
record ProcessTable(Map<Integer, ProcessSeen> processes, String bootId, long uptimeTicks) {
  /** The variable by which the service marks what it starts in a slot. */
  private static final String TOKEN_ENTRY = "HOLDFAST_SLOT=";

  private static final String JVM = "java";

  /** A longer chain of parents than this is no chain: the table was read while pids moved. */
  private static final int ANCESTORS_MAX = 64;

  // Counted from the field after the name, which is the third of the line.
  private static final int STATE = 0;
  private static final int PARENT = 1;
  private static final int GROUP = 2;
  private static final int SESSION = 3;
  private static final int START_TICKS = 19;

  ProcessTable {
    processes = Map.copyOf(processes);
  }

  /** Reads a proc file system. */
  static ProcessTable read(Path proc) throws IOException {
    String bootId = Files.readString(proc.resolve("sys/kernel/random/boot_id"), UTF_8).strip();
    String uptime = Files.readString(proc.resolve("uptime"), UTF_8);
    // Seconds with two digits after the point; a tick is a hundredth of a second.
    long ticks = Long.parseLong(uptime.substring(0, uptime.indexOf(' ')).replace(".", ""));
    var all = new TreeMap<Integer, ProcessSeen>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(proc, "[0-9]*")) {
      for (Path entry : entries) {
        seen(entry).ifPresent(process -> all.put(process.pid(), process));
      }
    }
    return new ProcessTable(all, bootId, ticks);
  }

  private static Optional<ProcessSeen> seen(Path entry) {
    String stat = text(entry.resolve("stat"));
    int opening = stat.indexOf('(');
    int closing = stat.lastIndexOf(')');
    if (opening < 2 || closing < opening) {
      return Optional.empty(); // It went meanwhile, and its file is empty or not there.
    }
    String name = stat.substring(opening + 1, closing);
    String[] fields = stat.substring(closing + 1).strip().split(" ", START_TICKS + 2);
    char state = fields[STATE].charAt(0);
    Optional<String> token = token(entry, state);
    boolean interesting = token.isPresent() || name.equals(JVM);
    return Optional.of(
        new ProcessSeen(
            Integer.parseInt(entry.getFileName().toString()),
            name,
            state,
            Integer.parseInt(fields[PARENT]),
            Integer.parseInt(fields[GROUP]),
            Integer.parseInt(fields[SESSION]),
            Long.parseLong(fields[START_TICKS]),
            token,
            interesting ? words(entry.resolve("cmdline")).toList() : List.of(),
            interesting ? places(entry) : List.of()));
  }

  /**
   * The digest of the token in the environment it was started with. Of a process that waits in the
   * kernel it is not asked: its memory may be locked, and who reads it would wait as well.
   */
  private static Optional<String> token(Path entry, char state) {
    if (state == 'D' || state == 'Z') {
      return Optional.empty();
    }
    return words(entry.resolve("environ"))
        .filter(word -> word.startsWith(TOKEN_ENTRY))
        .findFirst()
        .map(word -> Digests.ofText(word.substring(TOKEN_ENTRY.length())));
  }

  private static Stream<String> words(Path file) {
    String text = text(file);
    return text.isEmpty() ? Stream.empty() : Arrays.stream(text.split("\0"));
  }

  private static List<Path> places(Path entry) {
    List<Path> places = new ArrayList<>();
    for (String link : List.of("cwd", "fd/1", "fd/2")) {
      try {
        places.add(Files.readSymbolicLink(entry.resolve(link)));
      } catch (IOException goneOrNotOurs) {
        // Then this place says nothing of whose it is.
      }
    }
    return places;
  }

  private static String text(Path file) {
    try {
      return new String(Files.readAllBytes(file), ISO_8859_1);
    } catch (IOException goneOrNotOurs) {
      return "";
    }
  }

  Collection<ProcessSeen> all() {
    return processes.values();
  }

  /** The process with that number, dead or alive. */
  Optional<ProcessSeen> find(int pid) {
    return Optional.ofNullable(processes.get(pid));
  }

  /** That life of a process, dead (and unreaped) or alive; empty when it is gone. */
  Optional<ProcessSeen> find(Facts.Life life) {
    return find(life.pid())
        .filter(
            process ->
                process.startTicks() == life.startTicks()
                    && (life.bootId().isEmpty() || life.bootId().equals(bootId)));
  }

  /** That life, if it lives. */
  Optional<ProcessSeen> living(Facts.Life life) {
    return find(life).filter(process -> !process.isDead());
  }

  /** The living processes that carry a token. */
  List<ProcessSeen> holders() {
    return all().stream()
        .filter(process -> process.tokenDigest().isPresent() && !process.isDead())
        .toList();
  }

  /** The living processes that carry this token. */
  List<ProcessSeen> holders(String tokenDigest) {
    return holders().stream()
        .filter(process -> process.tokenDigest().filter(tokenDigest::equals).isPresent())
        .toList();
  }

  /** Its parent, its parent's parent, and so on. */
  List<ProcessSeen> ancestors(ProcessSeen process) {
    List<ProcessSeen> ancestors = new ArrayList<>();
    Optional<ProcessSeen> next = find(process.parent());
    while (next.isPresent() && ancestors.size() < ANCESTORS_MAX) {
      ancestors.add(next.get());
      next = find(next.get().parent());
    }
    return ancestors;
  }
}
