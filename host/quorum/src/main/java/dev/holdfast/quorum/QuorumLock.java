package dev.holdfast.quorum;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * The operating system's lock on a quorum directory. It is gone with the process that held it,
 * however that ended.
 *
 * <p>The lock's own file is opened once and never read: a POSIX lock is dropped when the process
 * that holds it closes <em>any</em> descriptor of the file. Who holds the lock is written beside
 * it, in {@code quorum.holder}; that file proves nothing, the lock does.
 */
public final class QuorumLock implements AutoCloseable {
  static final String LOCK_FILE = "quorum.lock";
  static final String HOLDER_FILE = "quorum.holder";
  private static final String NEW_HOLDER_FILE = "quorum.holder.new";
  private static final int HOLDER_CHARS_MAX = 4_096;

  /** The directories that this process holds, or is trying to take. */
  private static final Set<Path> HELD = ConcurrentHashMap.newKeySet();

  private final AtomicBoolean closed = new AtomicBoolean();
  private final Path directory;
  private final FileChannel channel;

  private QuorumLock(Path directory, FileChannel channel) {
    this.directory = directory;
    this.channel = channel;
  }

  /** Takes the lock if it is free. */
  static Optional<QuorumLock> tryTake(Path path, Holder holder) throws IOException {
    Path directory = path.toRealPath();
    // Opening and closing the file again, only to find that we hold it, would drop our own lock.
    if (!HELD.add(directory)) {
      return Optional.empty();
    }
    QuorumLock taken = null;
    try {
      taken = tryTakeOnce(directory, holder);
    } finally {
      if (taken == null) {
        HELD.remove(directory);
      }
    }
    return Optional.ofNullable(taken);
  }

  private static @Nullable QuorumLock tryTakeOnce(Path directory, Holder holder)
      throws IOException {
    Path file = directory.resolve(LOCK_FILE);
    Object before = identity(file);
    FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE);
    try {
      // A restore lets another directory take this one's place: what we lock must be what is there.
      if (lock(channel, directory) == null || !before.equals(identity(file))) {
        channel.close();
        return null;
      }
      writeHolder(directory, holder);
      return new QuorumLock(directory, channel);
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  /** Which file it is, whatever it is called; made when there is none. */
  private static Object identity(Path file) throws IOException {
    if (!Files.exists(file)) {
      FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE).close();
    }
    return Files.readAttributes(file, BasicFileAttributes.class).fileKey();
  }

  private static @Nullable FileLock lock(FileChannel channel, Path directory) throws IOException {
    try {
      return channel.tryLock();
    } catch (IOException e) {
      throw noLocks(directory, e);
    }
  }

  /** Without a lock two nodes would write at once, so there is no way around it. */
  static IOException noLocks(Path directory, IOException refused) {
    String fileSystem;
    try {
      fileSystem = Files.getFileStore(directory).type();
    } catch (IOException e) {
      fileSystem = "unknown";
    }
    return new IOException(
        "quorum directory %s not opened: its file system (%s) gives no lock (%s), and without one two nodes could write there at once; put the quorum directory on a file system with locks, such as a local disk"
            .formatted(directory, fileSystem, refused.getMessage()),
        refused);
  }

  /** What the last one that took the lock wrote down; empty when there is nothing readable. */
  static Optional<Holder> readHolder(Path directory) throws IOException {
    Path file = directory.resolve(HOLDER_FILE);
    if (!Files.exists(file) || Files.size(file) > HOLDER_CHARS_MAX) {
      return Optional.empty();
    }
    Map<String, String> fields = new HashMap<>();
    for (String line : Files.readAllLines(file)) {
      int equals = line.indexOf('=');
      if (equals > 0) {
        fields.put(line.substring(0, equals), line.substring(equals + 1));
      }
    }
    try {
      return Optional.of(
          new Holder(
              Long.parseLong(fields.getOrDefault("pid", "")),
              fields.getOrDefault("node", ""),
              Instant.parse(fields.getOrDefault("since", ""))));
    } catch (NumberFormatException | DateTimeException e) {
      // Half-written or of another program: the lock alone counts, the name is a courtesy.
      return Optional.empty();
    }
  }

  private static void writeHolder(Path directory, Holder holder) throws IOException {
    String text =
        "pid=%d%nnode=%s%nsince=%s%n"
            .formatted(holder.pid(), holder.node().replaceAll("\\R", " "), holder.since());
    Path file = directory.resolve(NEW_HOLDER_FILE);
    try (var written =
        FileChannel.open(
            file,
            StandardOpenOption.CREATE,
            StandardOpenOption.WRITE,
            StandardOpenOption.TRUNCATE_EXISTING)) {
      written.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
    }
    Files.move(file, directory.resolve(HOLDER_FILE), StandardCopyOption.ATOMIC_MOVE);
  }

  /** Gives it up. Harmless when repeated. */
  @Override
  public void close() throws IOException {
    if (!closed.compareAndSet(false, true)) {
      return;
    }
    try (channel) {
      Files.deleteIfExists(directory.resolve(HOLDER_FILE));
    } finally {
      HELD.remove(directory);
    }
  }
}
