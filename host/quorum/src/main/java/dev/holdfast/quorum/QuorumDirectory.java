package dev.holdfast.quorum;

import dev.holdfast.registry.hive.Storage;
import dev.holdfast.registry.hive.StorageFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;

/**
 * What is where in a quorum directory.
 *
 * <pre>
 * format          the line "holdfast-quorum 1"; written last, when the directory is complete
 * cluster.log     the cluster database, a hive; with its snapshots, cluster.log.REVISION.regf and .digest
 * blobs/          blobs, each named by its SHA-256
 * plugins/        plugin archives, each named by its SHA-256
 * quorum.lock     locked by the process that uses the directory; empty
 * quorum.holder   who that is; see {@link QuorumLock}
 * </pre>
 *
 * Directories we make are for their owner only (0700).
 */
public final class QuorumDirectory {
  public static final String FORMAT_FILE = "format";
  public static final String FORMAT = "holdfast-quorum 1";
  public static final String LOG_FILE = "cluster.log";
  public static final String BLOBS = "blobs";
  public static final String PLUGINS = "plugins";
  private static final String NEW_FORMAT_FILE = "format.new";
  private static final int FORMAT_CHARS_MAX = 1_024;
  private static final int SHOWN_CHARS_MAX = 60;

  private final Path directory;

  public QuorumDirectory(Path directory) {
    this.directory = directory;
  }

  Path path() {
    return directory;
  }

  public Path blobs() {
    return directory.resolve(BLOBS);
  }

  public Path plugins() {
    return directory.resolve(PLUGINS);
  }

  /** Makes the directory itself, so that there is a place for the lock. */
  public void create() throws IOException {
    var missing = new ArrayList<Path>();
    for (Path path = directory.toAbsolutePath();
        path != null && !Files.exists(path);
        path = path.getParent()) {
      missing.add(path);
    }
    for (Path path : missing.reversed()) {
      makeOwnersOnly(path);
    }
    if (!Files.isDirectory(directory)) {
      throw new QuorumFormatException(
          "quorum directory not opened: %s is not a directory".formatted(directory));
    }
  }

  /** Makes the directories in it; the lock is held. */
  void createParts() throws IOException {
    for (Path part : List.of(blobs(), plugins())) {
      if (!Files.isDirectory(part)) {
        makeOwnersOnly(part);
      }
    }
  }

  private static void makeOwnersOnly(Path path) throws IOException {
    Files.createDirectory(
        path, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    // What is acknowledged in a directory is no safer than the directory's own name.
    sync(path.resolveSibling("."));
  }

  private static void sync(Path directory) throws IOException {
    try (var itself = FileChannel.open(directory, StandardOpenOption.READ)) {
      itself.force(true);
    }
  }

  public boolean hasLog() {
    return Files.exists(directory.resolve(LOG_FILE));
  }

  /**
   * Whether the directory says its format, and it is ours.
   *
   * @throws QuorumFormatException if it says another one
   */
  public boolean hasFormat() throws IOException {
    Path file = directory.resolve(FORMAT_FILE);
    if (!Files.exists(file)) {
      return false;
    }
    String found =
        Files.size(file) > FORMAT_CHARS_MAX
            ? "a file of %,d bytes".formatted(Files.size(file))
            : new String(Files.readAllBytes(file), StandardCharsets.UTF_8).strip();
    if (!found.equals(FORMAT)) {
      throw new QuorumFormatException(
          "quorum directory %s not opened: its format is \"%s\", this program knows \"%s\"; use the program that made it"
              .formatted(
                  directory,
                  found.substring(0, Math.min(found.length(), SHOWN_CHARS_MAX)),
                  FORMAT));
    }
    return true;
  }

  /** Says, durably, that the directory is complete. */
  void writeFormat(Storage storage) throws IOException {
    try (StorageFile written = storage.create(NEW_FORMAT_FILE)) {
      written.write(0, ByteBuffer.wrap((FORMAT + "\n").getBytes(StandardCharsets.UTF_8)));
      written.sync();
    }
    storage.rename(NEW_FORMAT_FILE, FORMAT_FILE);
    storage.syncDirectory();
  }
}
