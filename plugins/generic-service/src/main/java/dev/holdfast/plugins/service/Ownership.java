package dev.holdfast.plugins.service;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.holdfast.spi.ResourceException;
import dev.holdfast.spi.ResourceException.Responsibility;
import dev.holdfast.spi.ResourceException.Retry;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Which run of the service is this resource's: a file in the resource's own directory, since a run
 * belongs to one node and one boot. Every write is durable when it returns. Thread-safe; one object
 * has the file at a time.
 *
 * <pre>
 *   nothing ──intend──► intended ──claim──► claimed ──forget──► nothing
 *                          │                  │ ▲
 *                          └──forget          └─┘ claim: the manager started it again, or an operator
 *                                                 had it adopted
 * </pre>
 *
 * <p>Four lines of UTF-8: {@code holdfast-run 1}, the service, the boot's id, and {@code intended
 * MILLIS} (since boot) or {@code claimed RUN}. What is not of this form is no claim.
 */
final class Ownership {
  /**
   * A death between intention and claim leaves a start that is ours when it began within this time.
   * Later it may be anybody's. Intentions are told by a clock that goes on while the machine is
   * suspended, and systemd's does not: after a suspend such a start is nobody's, which harms
   * nothing.
   */
  static final Duration INTENTION_HOLDS = Duration.ofMinutes(1);

  private static final String MAGIC = "holdfast-run 1";
  private static final String INTENDED = "intended ";
  private static final String CLAIMED = "claimed ";

  /** A run that is claimed although nothing tells it from others: a script without a pid file. */
  private static final String UNTOLD = "-";

  /** Whose a run is. */
  enum Verdict {
    /** Holdfast started it, or adopted it. */
    OURS,
    /** Ours was ended, and its manager has started it again by itself. */
    RESTARTED,
    /** Somebody else started it. */
    STRANGER
  }

  private final Path file;
  private final Node node;

  /** What this object wrote or read last, since a claim is looked at each second. */
  private @Nullable Mark known;

  private record Mark(String service, String text) {}

  Ownership(Path directory, Node node) {
    this.file = directory.resolve("run");
    this.node = node;
  }

  /** Writes down that the service is about to be started. */
  synchronized void intend(String service) throws ResourceException {
    try {
      write(service, INTENDED + node.uptime().toMillis());
    } catch (IOException e) {
      throw notWritten(e);
    }
  }

  /** Writes down that this run is ours. */
  synchronized void claim(String service, Optional<String> run) throws ResourceException {
    try {
      write(service, CLAIMED + run.orElse(UNTOLD));
    } catch (IOException e) {
      throw notWritten(e);
    }
  }

  /** Writes down that no run is ours. */
  synchronized void forget() throws ResourceException {
    known = null;
    try {
      Files.deleteIfExists(file);
      syncFolder();
    } catch (IOException e) {
      throw notWritten(e);
    }
  }

  /** The run that is claimed, if that was told from others. */
  synchronized Optional<String> claimed(String service) throws ResourceException {
    return mark(service)
        .filter(mark -> mark.startsWith(CLAIMED))
        .map(mark -> mark.substring(CLAIMED.length()))
        .filter(run -> !run.equals(UNTOLD));
  }

  /** Whose the run is that was seen. Pure but for the reading. */
  synchronized Verdict verdict(String service, Sighting seen) throws ResourceException {
    String mark = mark(service).orElse("");
    if (mark.startsWith(CLAIMED)) {
      String claimed = mark.substring(CLAIMED.length());
      if (claimed.equals(UNTOLD) || seen.run().map(claimed::equals).orElse(true)) {
        return Verdict.OURS;
      }
      // Somebody's start would have set the manager's count to 0.
      return seen.restarts() > 0 ? Verdict.RESTARTED : Verdict.STRANGER;
    }
    if (mark.startsWith(INTENDED)) {
      var intended = Duration.ofMillis(Long.parseLong(mark.substring(INTENDED.length())));
      // Where it cannot be told when it began, what was about to be started has been started.
      return seen.began().map(began -> isBetween(intended, began)).orElse(true)
          ? Verdict.OURS
          : Verdict.STRANGER;
    }
    return Verdict.STRANGER;
  }

  private static boolean isBetween(Duration intended, Duration began) {
    return began.compareTo(intended) >= 0 && began.compareTo(intended.plus(INTENTION_HOLDS)) <= 0;
  }

  /** The last line, when the others say what they should. */
  private Optional<String> mark(String service) throws ResourceException {
    Mark last = known;
    if (last != null && last.service().equals(service)) {
      return Optional.of(last.text());
    }
    Optional<String> read = read(service);
    known = read.map(text -> new Mark(service, text)).orElse(null);
    return read;
  }

  private Optional<String> read(String service) throws ResourceException {
    try {
      List<String> lines = Files.readAllLines(file, UTF_8);
      return lines.size() == 4
              && lines.get(0).equals(MAGIC)
              && lines.get(1).equals(service)
              && lines.get(2).equals(node.bootId())
              && lines.get(3).matches(INTENDED + "\\d{1,18}|" + CLAIMED + "\\S+")
          ? Optional.of(lines.get(3))
          : Optional.empty();
    } catch (NoSuchFileException nothingWritten) {
      return Optional.empty();
    } catch (IOException e) {
      throw new ResourceException(
          Responsibility.ENVIRONMENT,
          Retry.HERE,
          "RunNotRead",
          "Which run of the service is Holdfast's is in %s, and that cannot be read: %s."
              .formatted(file, e.getMessage()),
          e);
    }
  }

  private void write(String service, String mark) throws IOException {
    String text = String.join("\n", MAGIC, service, node.bootId(), mark) + "\n";
    Path fresh = file.resolveSibling("run.new");
    try (var channel =
        FileChannel.open(
            fresh,
            StandardOpenOption.CREATE,
            StandardOpenOption.WRITE,
            StandardOpenOption.TRUNCATE_EXISTING)) {
      ByteBuffer bytes = UTF_8.encode(text);
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
      channel.force(true);
    }
    // Until it is known to be durable, nothing is.
    known = null;
    Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    syncFolder();
    known = new Mark(service, mark);
  }

  private void syncFolder() throws IOException {
    try (var folder = FileChannel.open(file.resolveSibling("."), StandardOpenOption.READ)) {
      folder.force(true);
    }
  }

  private ResourceException notWritten(IOException e) {
    return new ResourceException(
        Responsibility.ENVIRONMENT,
        Retry.HERE,
        "RunNotWritten",
        "Which run of the service is Holdfast's could not be written down in %s: %s."
            .formatted(file, e.getMessage()),
        e);
  }
}
