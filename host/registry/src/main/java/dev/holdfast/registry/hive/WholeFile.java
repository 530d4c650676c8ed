package dev.holdfast.registry.hive;

import java.io.IOException;
import java.nio.ByteBuffer;

/** Files of a {@link Storage} that are read and written as a whole. */
final class WholeFile {
  /** The file whose name it does not have yet; one that is left over is written over. */
  static final String UNFINISHED = ".new";

  /** Larger pieces would be copied as a whole outside the heap. */
  private static final int PIECE_BYTES = 256 << 10;

  private WholeFile() {}

  /**
   * Writes a file in place of the one of that name, if there is one. When it returns, the file is
   * on the disk.
   *
   * @throws IOException if it could not be written; the name leads to the file it led to before,
   *     or, if only the directory could not be synced, perhaps to the new one
   */
  static void write(Storage storage, String name, ByteBuffer bytes) throws IOException {
    write(storage, name, bytes, Pace.FULL);
  }

  /** As above, at that pace. */
  static void write(Storage storage, String name, ByteBuffer bytes, Pace pace) throws IOException {
    String unfinished = name + UNFINISHED;
    try (StorageFile file = storage.create(unfinished)) {
      int size = bytes.remaining();
      for (int at = 0; at < size; at += PIECE_BYTES) {
        file.write(at, bytes.slice(bytes.position() + at, Math.min(PIECE_BYTES, size - at)));
        pace.step();
      }
      file.sync();
    }
    storage.rename(unfinished, name);
    storage.syncDirectory();
  }

  /** Says how large an array for a file has to be, or refuses it. */
  @FunctionalInterface
  interface SizeCheck {
    int checked(long sizeBytes) throws IOException;
  }

  /** All bytes of a file. */
  static byte[] read(Storage storage, String name, SizeCheck size) throws IOException {
    return read(storage, name, size, Pace.FULL);
  }

  /** As above, at that pace. */
  static byte[] read(Storage storage, String name, SizeCheck size, Pace pace) throws IOException {
    try (StorageFile file = storage.open(name)) {
      var bytes = new byte[size.checked(file.size())];
      int at = 0;
      while (at < bytes.length) {
        int count =
            file.read(at, ByteBuffer.wrap(bytes, at, Math.min(PIECE_BYTES, bytes.length - at)));
        if (count == 0) {
          throw new IOException(
              "file not read: %s ended at byte %,d while it was read, it had %,d"
                  .formatted(storage.describe(name), at, bytes.length));
        }
        at += count;
        pace.step();
      }
      return bytes;
    }
  }
}
