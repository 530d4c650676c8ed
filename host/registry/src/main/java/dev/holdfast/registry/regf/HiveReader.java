package dev.holdfast.registry.regf;

/**
 * Reads hive files of the versions 1.3 to 1.6. A reader of one call each, without state.
 *
 * <p>Whatever the bytes are, reading ends: with a report, or with a {@link HiveFormatException}
 * that names the byte and the field. It takes time and memory in proportion to the file.
 */
public final class HiveReader {
  private HiveReader() {}

  /**
   * The size of a file as the size of an array that holds it.
   *
   * @param hive how the file is called in a message
   * @throws HiveFormatException if there is no such array
   */
  public static int checkedSize(String hive, long sizeBytes) throws HiveFormatException {
    if (sizeBytes > RegfLayout.FILE_BYTES_MAX) {
      throw new HiveFormatException(
          hive,
          HiveFormatException.Problem.TOO_LARGE,
          RegfLayout.FILE_BYTES_MAX,
          "file",
          "%,d bytes, at most %,d are read (FILE_BYTES_MAX)"
              .formatted(sizeBytes, RegfLayout.FILE_BYTES_MAX));
    }
    return (int) sizeBytes;
  }

  /**
   * Tells all keys and values of a file.
   *
   * @param hive how the file is called in a message
   * @param file all of its bytes; they are not changed and not kept
   * @return what the file was like, and what was unusual in it
   * @throws HiveFormatException if it cannot be read; what the sink was told is to be thrown away
   */
  public static HiveReport read(String hive, byte[] file, Strictness strictness, KeySink sink)
      throws HiveFormatException {
    var findings = new Findings(hive, strictness);
    BaseBlock base = BaseBlock.read(file, findings);
    var cells = new Cells(file, base.end(), findings);
    var keys = new KeyCells(file, base.minorVersion(), cells, findings, sink);
    keys.tellAll(BaseBlock.ROOT_AT);
    return new HiveReport(
        base.minorVersion(),
        base.savedAtFiletime(),
        keys.total(),
        keys.values().total(),
        findings.warnings());
  }
}
