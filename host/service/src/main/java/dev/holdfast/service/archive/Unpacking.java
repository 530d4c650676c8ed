package dev.holdfast.service.archive;

import dev.holdfast.failpoint.StoragePoint;
import dev.holdfast.service.archive.ArchiveRefusedException.Reason;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;

/**
 * Unpacks a zip into an empty folder, refusing what is not plainly right. Sizes are counted as they
 * come, not believed; checksums are compared, which the JDK's ZipFile leaves to its caller. Nothing
 * is forced to the disk. When it throws, the folder holds a part, and is to be deleted.
 */
final class Unpacking {
  private static final int BUFFER_BYTES = 1 << 16;

  private final Path zip;
  private final Path folder;
  private final ArchiveLimits limits;
  private final List<UnpackedFile> files = new ArrayList<>();
  private final Set<String> names = new HashSet<>();
  private final byte[] buffer = new byte[BUFFER_BYTES];
  private long unpackedBytes;

  private Unpacking(Path zip, Path folder, ArchiveLimits limits) {
    this.zip = zip;
    this.folder = folder;
    this.limits = limits;
  }

  /**
   * Unpacks.
   *
   * @param folder exists and is empty
   * @return the files written, in the archive's order
   */
  static List<UnpackedFile> unpack(Path zip, Path folder, ArchiveLimits limits)
      throws IOException, ArchiveRefusedException {
    return new Unpacking(zip, folder, limits).unpack();
  }

  private List<UnpackedFile> unpack() throws IOException, ArchiveRefusedException {
    requireAtMost("bytes", Files.size(zip), limits.archiveBytesMax());
    try (var file = new ZipFile(zip.toFile())) {
      requireAtMost("entries", file.size(), limits.entriesMax());
      List<? extends ZipEntry> entries = Collections.list(file.entries());
      requireNames(entries);
      for (ZipEntry entry : entries) {
        write(file, entry);
      }
    } catch (ZipException | EOFException | IllegalArgumentException e) {
      // The last one is a name that is not UTF-8. What else is an IOException is the disk's fault.
      throw new ArchiveRefusedException(
          Reason.UNREADABLE,
          "The archive cannot be read as a zip: "
              + Objects.requireNonNullElse(e.getMessage(), "it ends too early")
              + ".",
          e);
    }
    return List.copyOf(files);
  }

  /** All of them before the first byte is written. */
  private void requireNames(List<? extends ZipEntry> entries) throws ArchiveRefusedException {
    for (ZipEntry entry : entries) {
      EntryName.require(entry.getName());
      EntryName.requirePlace(entry.getName());
      if (!names.add(entry.getName())) {
        throw duplicate(entry.getName(), "twice");
      }
    }
    for (String name : names) {
      for (int slash = name.indexOf('/'); slash >= 0; slash = name.indexOf('/', slash + 1)) {
        if (names.contains(name.substring(0, slash))) {
          throw duplicate(name.substring(0, slash), "as a file and as a folder");
        }
      }
    }
  }

  private void write(ZipFile file, ZipEntry entry) throws IOException, ArchiveRefusedException {
    Path target = folder.resolve(entry.getName()).normalize();
    if (!target.startsWith(folder)) {
      throw new IllegalStateException(target + " is outside of " + folder); // EntryName's promise
    }
    if (entry.isDirectory()) {
      Files.createDirectories(target);
      return;
    }
    Files.createDirectories(target.getParent());
    var crc = new CRC32();
    long bytes = 0;
    try (InputStream in = file.getInputStream(entry);
        FileChannel out =
            FileChannel.open(target, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        bytes += n;
        unpackedBytes += n;
        requireAtMost("unpacked bytes", unpackedBytes, limits.unpackedBytesMax());
        requireRatio(entry, bytes);
        crc.update(buffer, 0, n);
        writeFully(out, ByteBuffer.wrap(buffer, 0, n));
      }
    }
    if (crc.getValue() != entry.getCrc()) {
      throw new ArchiveRefusedException(
          Reason.UNREADABLE,
          "The archive is damaged: the checksum of its entry '" + entry.getName() + "' is wrong.");
    }
    files.add(new UnpackedFile(entry.getName(), bytes));
  }

  private static void writeFully(FileChannel out, ByteBuffer bytes) throws IOException {
    StoragePoint.UNPACK_WRITE.before();
    while (bytes.hasRemaining()) {
      out.write(bytes);
    }
    StoragePoint.UNPACK_WRITE.after();
  }

  private void requireRatio(ZipEntry entry, long bytes) throws ArchiveRefusedException {
    long packedBytes = Math.max(1, entry.getCompressedSize());
    if (bytes > ArchiveLimits.RATIO_FREE_BYTES && bytes / packedBytes > limits.ratioMax()) {
      throw new ArchiveRefusedException(
          Reason.TOO_LARGE,
          "The archive's entry '%s' unpacks to more than %d times its size (ratioMax)."
              .formatted(entry.getName(), limits.ratioMax()));
    }
  }

  private static void requireAtMost(String what, long found, long most)
      throws ArchiveRefusedException {
    if (found > most) {
      throw new ArchiveRefusedException(
          Reason.TOO_LARGE, "The archive has more %s than are taken: %d.".formatted(what, most));
    }
  }

  private static ArchiveRefusedException duplicate(String name, String how) {
    return new ArchiveRefusedException(
        Reason.DUPLICATE_ENTRY, "The archive has the entry '" + name + "' " + how + ".");
  }
}
