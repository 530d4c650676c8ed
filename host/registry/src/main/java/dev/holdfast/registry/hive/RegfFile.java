package dev.holdfast.registry.hive;

import dev.holdfast.registry.regf.HiveImage;
import dev.holdfast.registry.regf.HiveReader;
import dev.holdfast.registry.regf.HiveReport;
import dev.holdfast.registry.regf.KeySink;
import dev.holdfast.registry.regf.Strictness;
import java.io.IOException;

/**
 * Hive files of Windows' format in a {@link Storage}. Whatever happens, the name leads to a whole
 * file: the one before, or the new one.
 *
 * <p>Not a log of a {@link Hive}: a file of a tree at one moment, to be handed on.
 */
public final class RegfFile {
  private RegfFile() {}

  /**
   * Writes a file in place of the one of that name, if there is one. When it returns, the file is
   * on the disk.
   *
   * @throws IOException if it could not be written; the name leads to the file it led to before,
   *     or, if only the directory could not be synced, perhaps to the new one
   */
  public static void write(Storage storage, String name, HiveImage image) throws IOException {
    WholeFile.write(storage, name, image.buffer());
  }

  /**
   * Reads a file.
   *
   * @throws dev.holdfast.registry.regf.HiveFormatException if it is not a hive file, or damaged, or
   *     larger than what can be read; what the sink was told is to be thrown away
   */
  public static HiveReport read(Storage storage, String name, Strictness strictness, KeySink sink)
      throws IOException {
    String shown = storage.describe(name);
    byte[] bytes = WholeFile.read(storage, name, size -> HiveReader.checkedSize(shown, size));
    return HiveReader.read(shown, bytes, strictness, sink);
  }
}
