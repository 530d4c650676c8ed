package dev.holdfast.service.archive;

import dev.holdfast.failpoint.StoragePoint;
import dev.holdfast.service.archive.ArchiveRefusedException.Reason;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;

/**
 * Keeps archives by digest, and unpacks them by digest. Whatever was acknowledged is durable;
 * whatever has its final name is whole. Thread-safe; one process at a time owns the two folders
 * (the home's and the quorum directory's locks see to that).
 *
 * <pre>
 *   plugins/&lt;sha256&gt;.zip              as it was handed in
 *   unpacked/&lt;sha256&gt;/                what monitors load from
 *   unpacked/&lt;sha256&gt;/.complete       names and sizes of all files in it, written last
 *   …/.incoming-*                     unfinished; deleted when a store is opened
 * </pre>
 */
public final class PluginStore {
  private static final int BUFFER_BYTES = 1 << 16;
  private static final String ZIP = ".zip";

  private final Path pluginsDir;
  private final Path unpackedDir;
  private final ArchiveLimits limits;

  private PluginStore(Path pluginsDir, Path unpackedDir, ArchiveLimits limits) {
    this.pluginsDir = pluginsDir;
    this.unpackedDir = unpackedDir;
    this.limits = limits;
  }

  /**
   * Opens a store, making its folders where they are missing and deleting what a crash left
   * unfinished.
   *
   * @param pluginsDir where archives are kept: in the quorum directory
   * @param unpackedDir where they are unpacked: in the node's home
   */
  public static PluginStore open(Path pluginsDir, Path unpackedDir) throws IOException {
    return open(pluginsDir, unpackedDir, ArchiveLimits.DEFAULT);
  }

  static PluginStore open(Path pluginsDir, Path unpackedDir, ArchiveLimits limits)
      throws IOException {
    for (Path folder : List.of(pluginsDir, unpackedDir)) {
      Files.createDirectories(folder);
      FolderTree.deleteTemporaries(folder);
    }
    return new PluginStore(pluginsDir.toAbsolutePath(), unpackedDir.toAbsolutePath(), limits);
  }

  /** Where the archive of this digest is kept, whether or not it is there. */
  public Path path(ArchiveDigest digest) {
    return pluginsDir.resolve(digest.hex() + ZIP);
  }

  /**
   * Takes a copy of an archive, inspects the copy, and keeps it. Durable when it returns; storing
   * the same bytes again changes nothing, except that a damaged copy is mended.
   *
   * @throws NoSuchFileException when there is no such file
   * @throws ArchiveRefusedException saying what is wrong with it; nothing is kept
   */
  public synchronized StoredArchive store(Path zip) throws IOException, ArchiveRefusedException {
    Path copy = Files.createTempFile(pluginsDir, FolderTree.TEMPORARY_PREFIX, ZIP);
    try {
      ArchiveDigest digest = copy(zip, copy);
      PluginArchive archive = PluginArchive.inspect(copy, unpackedDir, limits);
      Path kept = path(digest);
      if (check(digest) != ArchivePresence.OK) {
        StoragePoint.ARCHIVE_RENAME.before();
        Files.move(copy, kept, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        StoragePoint.ARCHIVE_RENAME.after();
        StoragePoint.ARCHIVE_DIRECTORY_SYNC.before();
        FolderTree.force(pluginsDir);
        StoragePoint.ARCHIVE_DIRECTORY_SYNC.after();
      }
      return new StoredArchive(digest, kept, archive, others(digest, archive));
    } finally {
      Files.deleteIfExists(copy);
    }
  }

  /** Compares the archive's bytes with its digest: reads all of it. */
  public ArchivePresence check(ArchiveDigest digest) throws IOException {
    try {
      return ArchiveDigest.of(path(digest)).equals(digest)
          ? ArchivePresence.OK
          : ArchivePresence.MISMATCH;
    } catch (NoSuchFileException e) {
      return ArchivePresence.MISSING;
    }
  }

  /**
   * The folder that this archive is unpacked in, for a monitor to load from. Unpacked when it is
   * not there, or not whole; durable when it returns.
   *
   * @throws ArchiveRefusedException MISSING or DIGEST_MISMATCH when the archive is not what was
   *     stored; anything else when it is, and this version refuses it
   */
  public synchronized Path unpacked(ArchiveDigest digest)
      throws IOException, ArchiveRefusedException {
    Path folder = unpackedDir.resolve(digest.hex());
    if (CompleteMarker.isTrueOf(folder)) {
      return folder;
    }
    requirePresent(digest);
    Path fresh = Files.createTempDirectory(unpackedDir, FolderTree.TEMPORARY_PREFIX);
    try {
      List<UnpackedFile> files = Unpacking.unpack(path(digest), fresh, limits);
      PluginArchive.of(fresh, files, limits);
      CompleteMarker.write(fresh, files);
      StoragePoint.UNPACK_SYNC.before();
      FolderTree.forceAll(fresh);
      StoragePoint.UNPACK_SYNC.after();
      FolderTree.delete(folder); // what is not whole
      StoragePoint.UNPACK_RENAME.before();
      Files.move(fresh, folder, StandardCopyOption.ATOMIC_MOVE);
      StoragePoint.UNPACK_RENAME.after();
      StoragePoint.UNPACK_DIRECTORY_SYNC.before();
      FolderTree.force(unpackedDir);
      StoragePoint.UNPACK_DIRECTORY_SYNC.after();
      return folder;
    } finally {
      FolderTree.delete(fresh);
    }
  }

  /** Deletes an archive and what was unpacked of it; fine when there is none. Durable on return. */
  public synchronized void remove(ArchiveDigest digest) throws IOException {
    Files.deleteIfExists(path(digest));
    FolderTree.force(pluginsDir);
    FolderTree.delete(unpackedDir.resolve(digest.hex()));
  }

  private void requirePresent(ArchiveDigest digest) throws IOException, ArchiveRefusedException {
    switch (check(digest)) {
      case OK -> {}
      case MISSING ->
          throw new ArchiveRefusedException(
              Reason.MISSING, "The archive %s is gone; register it again.".formatted(path(digest)));
      case MISMATCH ->
          throw new ArchiveRefusedException(
              Reason.DIGEST_MISMATCH,
              "The archive %s is not what was registered: its bytes have another digest. Register it again."
                  .formatted(path(digest)));
    }
  }

  private ArchiveDigest copy(Path zip, Path copy) throws IOException, ArchiveRefusedException {
    MessageDigest sha256 = ArchiveDigest.sha256();
    var buffer = new byte[BUFFER_BYTES];
    long bytes = 0;
    try (InputStream in = Files.newInputStream(zip);
        FileChannel out = FileChannel.open(copy, StandardOpenOption.WRITE)) {
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        bytes += n;
        if (bytes > limits.archiveBytesMax()) {
          throw new ArchiveRefusedException(
              Reason.TOO_LARGE,
              "%s has more than %d bytes (archiveBytesMax)."
                  .formatted(zip, limits.archiveBytesMax()));
        }
        sha256.update(buffer, 0, n);
        var chunk = ByteBuffer.wrap(buffer, 0, n);
        StoragePoint.ARCHIVE_WRITE.before();
        while (chunk.hasRemaining()) {
          out.write(chunk);
        }
        StoragePoint.ARCHIVE_WRITE.after();
      }
      StoragePoint.ARCHIVE_SYNC.before();
      out.force(true);
      StoragePoint.ARCHIVE_SYNC.after();
    }
    return ArchiveDigest.of(sha256);
  }

  /** Looks into the other archives' descriptors only; what cannot be read is no other. */
  private List<ArchiveDigest> others(ArchiveDigest digest, PluginArchive archive)
      throws IOException {
    var others = new ArrayList<ArchiveDigest>();
    try (var zips = Files.newDirectoryStream(pluginsDir, "*" + ZIP)) {
      for (Path zip : zips) {
        String hex = zip.getFileName().toString().replace(ZIP, "");
        if (hex.matches("[0-9a-f]{64}")
            && !hex.equals(digest.hex())
            && PluginDescriptor.isNamed(zip, archive.pluginId(), archive.version())) {
          others.add(new ArchiveDigest(hex));
        }
      }
    }
    return others;
  }
}
