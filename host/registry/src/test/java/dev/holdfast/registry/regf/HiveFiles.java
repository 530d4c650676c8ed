package dev.holdfast.registry.regf;

/** Reading and writing in one step, for tests. */
final class HiveFiles {
  static final long SAVED_AT = 133_700_000_000_000_000L;

  private HiveFiles() {}

  static byte[] write(SavedKey root, HiveFormat format) {
    return HiveWriter.write(SavedKey.VIEW, root, format, SAVED_AT).bytes();
  }

  static byte[] write(SavedKey root) {
    return write(root, HiveFormat.STANDARD);
  }

  static SavedKey read(byte[] file, Strictness strictness) throws HiveFormatException {
    var builder = new SavedKey.Builder();
    HiveReader.read("test", file, strictness, builder);
    return builder.root();
  }

  static HiveReport report(byte[] file, Strictness strictness) throws HiveFormatException {
    return HiveReader.read("test", file, strictness, new SavedKey.Builder());
  }

  /** After a change of the first 508 bytes. */
  static void seal(byte[] file) {
    Bytes.put32(file, RegfLayout.CHECKSUM_AT, RegfLayout.checksum(file));
  }
}
