package dev.holdfast.registry.hive;

import dev.holdfast.registry.regf.HiveImage;
import dev.holdfast.registry.regf.HiveReader;
import dev.holdfast.registry.regf.HiveReport;
import dev.holdfast.registry.regf.KeySink;
import dev.holdfast.registry.regf.Strictness;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Hive files of Windows' format in a {@link Storage}. Whatever happens, the name leads to a whole
 * file: the one before, or the new one.
 *
 * <p>Not a log of a {@link Hive}: a file of a tree at one moment, to be handed on.
 */
public final class RegfFile {
  /** Larger pieces would be copied as a whole outside the heap. */
  private static final int PIECE_BYTES = 1 << 20;

  /** The file whose name it does not have yet; one that is left over is written over. */
  private static final String UNFINISHED = ".new";

  private RegfFile() {}

  /**
   * Writes a file in place of the one of that name, if there is one. When it returns, the file is
   * on the disk.
   *
   * @throws IOException if it could not be written; the name leads to the file it led to before,
   *     or, if only the directory could not be synced, perhaps to the new one
   */
  public static void write(Storage storage, String name, HiveImage image) throws IOException {
    String unfinished = name + UNFINISHED;
    try (StorageFile file = storage.create(unfinished)) {
      ByteBuffer bytes = image.buffer();
      for (int at = 0; at < image.sizeBytes(); at += PIECE_BYTES) {
        file.write(at, bytes.slice(at, Math.min(PIECE_BYTES, image.sizeBytes() - at)));
      }
      file.sync();
    }
    storage.rename(unfinished, name);
    storage.syncDirectory();
  }

  /**
   * Reads a file.
   *
   * @throws dev.holdfast.registry.regf.HiveFormatException if it is not a hive file, or damaged, or
   *     larger than what can be read; what the sink was told is to be thrown away
   */
  public static HiveReport read(Storage storage, String name, Strictness strictness, KeySink sink)
      throws IOException {
    byte[] bytes;
    try (StorageFile file = storage.open(name)) {
      bytes = new byte[HiveReader.checkedSize(storage.describe(name), file.size())];
      int at = 0;
      while (at < bytes.length) {
        int count =
            file.read(at, ByteBuffer.wrap(bytes, at, Math.min(PIECE_BYTES, bytes.length - at)));
        if (count == 0) {
          throw new IOException(
              "hive not read: %s ended at byte %,d while it was read, it had %,d"
                  .formatted(storage.describe(name), at, bytes.length));
        }
        at += count;
      }
    }
    return HiveReader.read(storage.describe(name), bytes, strictness, sink);
  }
}
