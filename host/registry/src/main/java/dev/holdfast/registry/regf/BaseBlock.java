package dev.holdfast.registry.regf;

import static dev.holdfast.registry.regf.RegfLayout.BASE_BYTES;
import static dev.holdfast.registry.regf.RegfLayout.BIN_BYTES;
import static dev.holdfast.registry.regf.RegfLayout.CHECKSUM_AT;
import static dev.holdfast.registry.regf.RegfLayout.REGF;

import dev.holdfast.registry.regf.HiveFormatException.Problem;

/**
 * What a file says of itself in its first 4096 bytes.
 *
 * @param end where the last bin ends, in bytes from the start of the file
 */
record BaseBlock(int minorVersion, long savedAtFiletime, int end) {
  static final int ROOT_AT = 36;

  static BaseBlock read(byte[] file, Findings findings) throws HiveFormatException {
    if (file.length < Integer.BYTES || Bytes.i32(file, 0) != REGF) {
      throw findings.refused(
          Problem.NOT_A_HIVE, 0, "base.signature", "no \"regf\" at the beginning");
    }
    if (file.length < BASE_BYTES + BIN_BYTES) {
      throw findings.damaged(
          file.length,
          "base",
          "the file ends after %,d bytes, a hive has 8,192 at least".formatted(file.length));
    }
    int sum = RegfLayout.checksum(file);
    if (Bytes.i32(file, CHECKSUM_AT) != sum) {
      throw findings.damaged(
          CHECKSUM_AT,
          "base.checksum",
          "0x%08x, and the bytes before it give 0x%08x"
              .formatted(Bytes.i32(file, CHECKSUM_AT), sum));
    }
    kind(file, findings);
    sequence(file, findings);
    if (Bytes.i32(file, 44) != 1) {
      findings.warn(
          Oddity.CLUSTERING_FACTOR, 44, "base.clustering", () -> "" + Bytes.u32(file, 44));
    }
    return new BaseBlock(Bytes.i32(file, 24), Bytes.i64(file, 12), end(file, findings));
  }

  private static void kind(byte[] file, Findings findings) throws HiveFormatException {
    long major = Bytes.u32(file, 20);
    long minor = Bytes.u32(file, 24);
    if (major != 1 || minor < 3 || minor > 6) {
      throw findings.refused(
          Problem.UNSUPPORTED,
          20,
          "base.version",
          "%d.%d, versions 1.3 to 1.6 are served".formatted(major, minor));
    }
    if (Bytes.i32(file, 28) != 0) {
      throw findings.refused(
          Problem.NOT_A_HIVE,
          28,
          "base.type",
          "%d, the log of a hive or something else".formatted(Bytes.u32(file, 28)));
    }
    if (Bytes.i32(file, 32) != 1) {
      throw findings.refused(
          Problem.UNSUPPORTED, 32, "base.format", "%d instead of 1".formatted(Bytes.u32(file, 32)));
    }
  }

  private static void sequence(byte[] file, Findings findings) throws HiveFormatException {
    long before = Bytes.u32(file, 4);
    long after = Bytes.u32(file, 8);
    if (before != after) {
      findings.odd(
          Oddity.DIRTY,
          8,
          "base.sequence",
          () -> "%d, and %d before the write".formatted(after, before));
    }
  }

  private static int end(byte[] file, Findings findings) throws HiveFormatException {
    long bins = Bytes.u32(file, 40);
    if (bins == 0 || bins % BIN_BYTES != 0 || BASE_BYTES + bins > file.length) {
      throw findings.damaged(
          40,
          "base.bins-size",
          "%,d, no multiple of 4,096 up to the %,d bytes that the file has left"
              .formatted(bins, file.length - BASE_BYTES));
    }
    int end = BASE_BYTES + (int) bins;
    if (end < file.length) {
      findings.warn(
          Oddity.TAIL_AFTER_BINS, end, "file", () -> "%,d bytes".formatted(file.length - end));
    }
    return end;
  }
}
