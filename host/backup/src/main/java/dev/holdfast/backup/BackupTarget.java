package dev.holdfast.backup;

import dev.holdfast.failpoint.StoragePoint;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/**
 * The file that a backup becomes. It is written beside its place, under that name with {@code .new}
 * behind it, for its owner alone; synced, read back, and only then given its name. So what has the
 * name is whole, whenever who writes it dies; what a death left is written over by the next backup
 * of that name, and is locked while somebody writes it.
 *
 * <p>A sync that failed is not tried again: what the disk has then is not known. For one thread.
 */
public final class BackupTarget implements AutoCloseable {
  private static final String UNFINISHED = ".new";

  private final Path file;
  private final Path unfinished;
  private final boolean replace;
  private final FileChannel channel;
  private boolean named;

  private BackupTarget(Path file, Path unfinished, boolean replace, FileChannel channel) {
    this.file = file;
    this.unfinished = unfinished;
    this.replace = replace;
    this.channel = channel;
  }

  /**
   * Makes the unfinished file.
   *
   * @param replace a file of that name may be there, and is replaced
   * @param quorum the quorum directory; what is kept in it is not safe from what happens to it
   * @throws RefusedException there is a file of that name, it would be in the quorum directory, or
   *     another backup is being written there
   */
  public static BackupTarget create(Path path, boolean replace, Path quorum) throws IOException {
    Path file = path.toAbsolutePath().normalize();
    Path directory = Objects.requireNonNullElse(file.getParent(), file);
    if (!Files.isDirectory(directory)) {
      throw new RefusedException(
          "no backup was written to %s: there is no directory %s; make it first"
              .formatted(file, directory));
    }
    if (Files.exists(quorum) && directory.toRealPath().startsWith(quorum.toRealPath())) {
      throw new RefusedException(
          "no backup was written to %s: that is in the quorum directory %s, and would be lost with it; choose a place on another disk"
              .formatted(file, quorum));
    }
    requireFree(file, replace);
    Path unfinished = file.resolveSibling(file.getFileName() + UNFINISHED);
    try {
      return new BackupTarget(file, unfinished, replace, open(unfinished));
    } catch (IOException e) {
      throw Space.explained("no backup was written to " + file, directory, e);
    }
  }

  private static void requireFree(Path file, boolean replace) throws IOException {
    if (Files.isDirectory(file) || (!replace && Files.exists(file, LinkOption.NOFOLLOW_LINKS))) {
      throw new RefusedException(
          "no backup was written to %s: it is there already; choose another name%s"
              .formatted(file, Files.isDirectory(file) ? "" : ", or replace it with --force"));
    }
  }

  private static FileChannel open(Path unfinished) throws IOException {
    FileChannel channel =
        FileChannel.open(
            unfinished,
            Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    try {
      if (channel.tryLock() == null) {
        throw beingWritten(unfinished);
      }
      channel.truncate(0);
      return channel;
    } catch (OverlappingFileLockException e) {
      channel.close();
      throw beingWritten(unfinished);
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  private static RefusedException beingWritten(Path unfinished) {
    return new RefusedException(
        "no backup was written: another one is being written to %s; wait for its end, or choose another name"
            .formatted(unfinished));
  }

  /** Refuses a backup that would not fit. */
  public void requireRoom(long sizeBytes) throws IOException {
    Space.require(directory(), sizeBytes, "no backup was written to " + file);
  }

  private Path directory() {
    return Objects.requireNonNull(file.getParent());
  }

  /** Where the backup is written to. Closing it does nothing. */
  public OutputStream out() {
    return new OutputStream() {
      @Override
      public void write(int one) throws IOException {
        write(new byte[] {(byte) one}, 0, 1);
      }

      @Override
      public void write(byte[] bytes, int from, int count) throws IOException {
        ByteBuffer piece = ByteBuffer.wrap(bytes, from, count);
        try {
          StoragePoint.BACKUP_WRITE.before();
          while (piece.hasRemaining()) {
            channel.write(piece);
          }
          StoragePoint.BACKUP_WRITE.after();
        } catch (IOException e) {
          throw Space.explained("no backup was written to " + file, directory(), e);
        }
      }
    };
  }

  /**
   * Syncs what was written and reads it back.
   *
   * @return what it lacks
   * @throws IOException what is on the disk is not what was written
   */
  public List<Finding> verify(Progress progress) throws IOException {
    try {
      StoragePoint.BACKUP_SYNC.before();
      channel.force(true);
      StoragePoint.BACKUP_SYNC.after();
    } catch (IOException e) {
      throw Space.explained(
          "no backup was written to %s: it could not be synced, and what the disk has of it is not known"
              .formatted(file),
          directory(),
          e);
    }
    List<Finding> findings;
    try (BackupFile written = BackupFile.open(unfinished)) {
      findings = written.verify(progress);
    } catch (MalformedBackupException e) {
      throw new IOException(
          "no backup was written to %s: read back, %s".formatted(file, e.getMessage()), e);
    }
    for (Finding finding : findings) {
      if (finding.kind() == Finding.Kind.BROKEN) {
        throw new IOException(
            "no backup was written to %s: read back, %s".formatted(file, finding));
      }
    }
    return findings;
  }

  /** What was written; to look at before it has its name. */
  public BackupFile written() throws IOException {
    return BackupFile.open(unfinished);
  }

  /** Gives it its name; it is on the disk when this returns. */
  public Path finish() throws IOException {
    requireFree(file, replace);
    try {
      StoragePoint.BACKUP_RENAME.before();
      Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE);
      named = true;
      StoragePoint.BACKUP_RENAME.after();
      StoragePoint.BACKUP_DIRECTORY_SYNC.before();
      Directories.sync(directory());
      StoragePoint.BACKUP_DIRECTORY_SYNC.after();
      return file;
    } catch (FileSystemException e) {
      throw Space.explained("the backup was not given its name", directory(), e);
    } catch (IOException e) {
      throw Space.explained(
          "the backup %s is written, and may be gone after a power cut: its directory could not be synced"
              .formatted(file),
          directory(),
          e);
    }
  }

  /** Deletes what was not finished. */
  @Override
  public void close() throws IOException {
    try (channel) {
      if (!named) {
        Files.deleteIfExists(unfinished);
      }
    }
  }
}
