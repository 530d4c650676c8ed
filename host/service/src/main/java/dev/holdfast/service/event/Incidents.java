package dev.holdfast.service.event;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.TRUNCATE_EXISTING;
import static java.nio.file.StandardOpenOption.WRITE;

import com.google.common.io.MoreFiles;
import com.google.common.io.RecursiveDeleteOption;
import dev.holdfast.failpoint.StoragePoint;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The incidents of this node, a folder each: {@code <seq>/incident.json} and the evidence beside
 * it. A folder is made under another name, synced, and then renamed: it is there whole or not at
 * all.
 *
 * <p>Safe for use by many threads; all methods read or write files and return when that is done.
 */
public final class Incidents {
  /** How many incidents are kept; the oldest go first. */
  public static final int KEPT = 200;

  /** How much of one piece of evidence is kept. */
  public static final int EVIDENCE_LIMIT_BYTES = 1 << 20;

  private static final Logger log = LoggerFactory.getLogger(Incidents.class);
  private static final String FILE = "incident.json";
  private static final Pattern SEQ = Pattern.compile("[1-9]\\d{0,17}");
  private static final Pattern EVIDENCE_NAME = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}");
  private static final String UNFINISHED = ".tmp";

  private final Path folder;
  private final int kept;

  private Incidents(Path folder, int kept) {
    this.folder = folder;
    this.kept = kept;
  }

  /**
   * Those in a folder, which is made when it is not there; what a crash left unfinished is removed.
   */
  public static Incidents open(Path folder) throws IOException {
    return open(folder, KEPT);
  }

  static Incidents open(Path folder, int kept) throws IOException {
    Files.createDirectories(folder);
    try (Stream<Path> entries = Files.list(folder)) {
      for (Path entry : entries.toList()) {
        if (entry.toString().endsWith(UNFINISHED)) {
          delete(entry);
        } else if (Files.isDirectory(entry)) {
          Files.deleteIfExists(entry.resolve(FILE + UNFINISHED));
        }
      }
    }
    return new Incidents(folder, kept);
  }

  /**
   * Writes an incident down with its evidence. Durable when it returns. Evidence that is not there
   * is left out, and what cannot be read is told in the log: an incident is never lost for its
   * evidence.
   */
  public synchronized Incident record(IncidentReport report, List<Evidence> evidence)
      throws IOException {
    evidence.forEach(one -> requireName(one.name()));
    long seq = seqs().stream().mapToLong(Long::longValue).max().orElse(0) + 1;
    Path unfinished = folder.resolve(seq + UNFINISHED);
    if (Files.exists(unfinished)) {
      delete(unfinished); // An attempt before this one failed half way.
    }
    dropOldest();
    Files.createDirectory(unfinished);
    List<String> names =
        evidence.stream().filter(one -> keep(one, unfinished)).map(Evidence::name).toList();
    IncidentReport toMillis =
        new IncidentReport(
            report.time().truncatedTo(ChronoUnit.MILLIS),
            report.monitor(),
            report.pid(),
            report.epoch(),
            report.exit(),
            report.calls(),
            report.culprit(),
            report.victims());
    Incident incident = new Incident(seq, toMillis, List.of(), Map.of(), names);
    writeSynced(
        unfinished.resolve(FILE), IncidentJson.encode(incident).getBytes(StandardCharsets.UTF_8));
    sync(unfinished);
    try {
      rename(unfinished, folder(seq));
      sync(folder);
    } catch (IOException e) {
      deleteAlso(folder(seq), e); // What is told as lost is not to be found later.
      throw e;
    }
    return incident;
  }

  private static void requireName(String name) {
    if (!EVIDENCE_NAME.matcher(name).matches() || name.equals(FILE)) {
      throw new IllegalArgumentException("'" + name + "' is no name to keep evidence under");
    }
  }

  private static boolean keep(Evidence evidence, Path into) {
    try {
      writeSynced(into.resolve(evidence.name()), bytes(evidence));
      return true;
    } catch (NoSuchFileException e) {
      return false; // As the contract says: no crash, no crash report.
    } catch (IOException e) {
      log.warn("The evidence {} cannot be kept", evidence.name(), e);
      return false;
    }
  }

  private static byte[] bytes(Evidence evidence) throws IOException {
    return switch (evidence) {
      case Evidence.Head(_, Path file) -> part(file, false);
      case Evidence.Tail(_, Path file) -> part(file, true);
      case Evidence.Text(_, String text) -> {
        byte[] all = text.getBytes(StandardCharsets.UTF_8);
        yield all.length <= EVIDENCE_LIMIT_BYTES ? all : Arrays.copyOf(all, EVIDENCE_LIMIT_BYTES);
      }
    };
  }

  private static byte[] part(Path file, boolean end) throws IOException {
    try (FileChannel channel = FileChannel.open(file, READ)) {
      long size = channel.size();
      int length = (int) Math.min(size, EVIDENCE_LIMIT_BYTES);
      ByteBuffer buffer = ByteBuffer.allocate(length);
      long from = end ? size - length : 0;
      while (buffer.hasRemaining() && channel.read(buffer, from + buffer.position()) >= 0) {
        // Reads on until it is full, or the file is shorter than it was.
      }
      return Arrays.copyOf(buffer.array(), buffer.position());
    }
  }

  /**
   * Changes what is told of an incident: what was done, how long it took. Durable when it returns.
   *
   * @return the incident as it is now; empty when there is none of this seq
   */
  public synchronized Optional<Incident> update(long seq, UnaryOperator<Incident> change)
      throws IOException {
    Optional<Incident> found = find(seq);
    if (found.isEmpty()) {
      return Optional.empty();
    }
    Incident changed = change.apply(found.get());
    Path file = folder(seq).resolve(FILE);
    Path fresh = folder(seq).resolve(FILE + UNFINISHED);
    try {
      writeSynced(fresh, IncidentJson.encode(changed).getBytes(StandardCharsets.UTF_8));
      rename(fresh, file);
    } finally {
      Files.deleteIfExists(fresh); // It is still there when the disk was full.
    }
    sync(folder(seq));
    return Optional.of(changed);
  }

  /**
   * The incident of this seq.
   *
   * @throws IOException when it is there and cannot be read; the message names the file
   */
  public Optional<Incident> find(long seq) throws IOException {
    Path file = folder(seq).resolve(FILE);
    try {
      return Optional.of(IncidentJson.decode(Files.readString(file)));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (RuntimeException e) {
      throw new IOException("Incident " + seq + " cannot be read, " + file + " is damaged", e);
    }
  }

  /** All incidents, oldest first. One that is damaged is named in the log and left out. */
  public List<Incident> list() throws IOException {
    List<Incident> all = new ArrayList<>();
    for (long seq : seqs()) {
      try {
        find(seq).ifPresent(all::add);
      } catch (IOException e) {
        log.error("An incident is left out of the list", e);
      }
    }
    return all;
  }

  /** Where an incident and its evidence are. */
  public Path folder(long seq) {
    return folder.resolve(Long.toString(seq));
  }

  private List<Long> seqs() throws IOException {
    try (Stream<Path> entries = Files.list(folder)) {
      return entries
          .map(entry -> entry.getFileName().toString())
          .filter(name -> SEQ.matcher(name).matches())
          .map(Long::valueOf)
          .sorted()
          .toList();
    }
  }

  /** Makes room for one more. */
  private void dropOldest() throws IOException {
    List<Long> seqs = seqs();
    for (long seq : seqs.subList(0, Math.max(0, seqs.size() + 1 - kept))) {
      // Renamed first: cut off in the middle, it is removed at the next start.
      Path going = folder.resolve(seq + UNFINISHED);
      Files.move(folder(seq), going, StandardCopyOption.ATOMIC_MOVE);
      delete(going);
    }
  }

  private static void delete(Path entry) throws IOException {
    MoreFiles.deleteRecursively(entry, RecursiveDeleteOption.ALLOW_INSECURE);
  }

  private static void deleteAlso(Path entry, IOException failure) {
    try {
      if (Files.exists(entry)) {
        delete(entry);
      }
    } catch (IOException e) {
      failure.addSuppressed(e);
    }
  }

  private static void rename(Path from, Path to) throws IOException {
    StoragePoint.INCIDENT_RENAME.before();
    Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
    StoragePoint.INCIDENT_RENAME.after();
  }

  private static void writeSynced(Path file, byte[] bytes) throws IOException {
    StoragePoint.INCIDENT_WRITE.before();
    try (FileChannel channel = FileChannel.open(file, CREATE, WRITE, TRUNCATE_EXISTING)) {
      ByteBuffer buffer = ByteBuffer.wrap(bytes);
      while (buffer.hasRemaining()) {
        channel.write(buffer);
      }
      channel.force(true);
    }
    StoragePoint.INCIDENT_WRITE.after();
  }

  private static void sync(Path directory) throws IOException {
    StoragePoint.INCIDENT_DIRECTORY_SYNC.before();
    try (FileChannel channel = FileChannel.open(directory, READ)) {
      channel.force(true);
    }
    StoragePoint.INCIDENT_DIRECTORY_SYNC.after();
  }
}
