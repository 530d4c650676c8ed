package dev.holdfast.registry.regf;

import static dev.holdfast.registry.regf.RegfLayout.BASE_BYTES;
import static dev.holdfast.registry.regf.RegfLayout.BIN_BYTES;
import static dev.holdfast.registry.regf.RegfLayout.BIN_HEADER_BYTES;
import static dev.holdfast.registry.regf.RegfLayout.CELL_HEADER_BYTES;
import static dev.holdfast.registry.regf.RegfLayout.HBIN;
import static dev.holdfast.registry.regf.RegfLayout.NONE;
import static dev.holdfast.registry.regf.RegfLayout.SK;

/**
 * The cells of a file that is read: where they begin, and which were used already.
 *
 * <p>Every reference goes through {@link #claim}, which lets it point at the beginning of a cell in
 * use only, and at each cell once. So whatever a file says, following it comes to an end, and what
 * is made of it is no more than a fixed multiple of the file.
 *
 * <p>A <em>place</em> is where a cell's content begins, in bytes from the start of the file.
 */
final class Cells {
  private static final int UNIT_BYTES = 4;
  private static final int CELL_BYTES_MIN = 8;

  private final byte[] file;
  private final int end;
  private final Findings findings;

  /** A bit for each four bytes: a cell in use begins here. */
  private final long[] begins;

  /** And here one that was referred to. */
  private final long[] used;

  /**
   * Walks all bins.
   *
   * @param end where the last bin ends, in bytes from the start of the file
   */
  Cells(byte[] file, int end, Findings findings) throws HiveFormatException {
    this.file = file;
    this.end = end;
    this.findings = findings;
    int words = (end - BASE_BYTES) / UNIT_BYTES / Long.SIZE;
    this.begins = new long[words];
    this.used = new long[words];
    for (int bin = BASE_BYTES; bin < end; ) {
      bin = bin(bin);
    }
  }

  private int bin(int bin) throws HiveFormatException {
    if (Bytes.i32(file, bin) != HBIN) {
      throw findings.damaged(bin, "hbin.signature", "no \"hbin\" where a bin has to begin");
    }
    if (Bytes.i32(file, bin + 4) != bin - BASE_BYTES) {
      throw findings.damaged(
          bin + 4L,
          "hbin.offset",
          "0x%x, and the bin is at 0x%x".formatted(Bytes.i32(file, bin + 4), bin - BASE_BYTES));
    }
    long size = Bytes.u32(file, bin + 8);
    if (size < BIN_BYTES || size % BIN_BYTES != 0 || size > end - bin) {
      throw findings.damaged(
          bin + 8L,
          "hbin.size",
          "%,d, no multiple of 4,096 up to the %,d bytes that are left".formatted(size, end - bin));
    }
    int next = bin + (int) size;
    boolean free = false;
    for (int cell = bin + BIN_HEADER_BYTES; cell < next; ) {
      int header = Bytes.i32(file, cell);
      long bytes = Math.abs((long) header);
      if (bytes < CELL_BYTES_MIN || bytes % UNIT_BYTES != 0 || bytes > next - cell) {
        throw findings.damaged(
            cell,
            "cell.size",
            "%,d, no multiple of 8 up to the %,d bytes that the bin has left"
                .formatted(header, next - cell));
      }
      if (bytes % CELL_BYTES_MIN != 0) {
        findings.odd(Oddity.UNALIGNED_CELL, cell, "cell.size", () -> Integer.toString(header));
      }
      if (header < 0) {
        mark(begins, cell);
      } else if (free) {
        findings.warn(
            Oddity.ADJACENT_FREE_CELLS, cell, "cell.size", () -> Integer.toString(header));
      }
      free = header > 0;
      cell += (int) bytes;
    }
    return next;
  }

  /** How many bytes the cell at that place can hold. */
  int room(int place) {
    return -Bytes.i32(file, place - CELL_HEADER_BYTES) - CELL_HEADER_BYTES;
  }

  /**
   * The place that the reference at that byte points to, which nothing else may point to.
   *
   * @param need how many bytes the cell has to hold at least
   */
  int claim(int reference, String field, long need) throws HiveFormatException {
    int place = find(reference, field, need);
    if (marked(used, place - CELL_HEADER_BYTES)) {
      throw findings.damaged(
          reference,
          field,
          "offset 0x%x, a cell that something else refers to as well"
              .formatted(Bytes.i32(file, reference)));
    }
    mark(used, place - CELL_HEADER_BYTES);
    return place;
  }

  /** As {@link #claim}, for what may be referred to more than once: a security descriptor. */
  int share(int reference, String field, long need) throws HiveFormatException {
    int place = find(reference, field, need);
    mark(used, place - CELL_HEADER_BYTES);
    return place;
  }

  /** The place that the reference points to. */
  int find(int reference, String field, long need) throws HiveFormatException {
    int offset = Bytes.i32(file, reference);
    if (offset == NONE) {
      throw findings.damaged(reference, field, "no offset where there has to be one");
    }
    if (offset < 0 || offset >= end - BASE_BYTES) {
      throw findings.damaged(
          reference,
          field,
          "offset 0x%x, and the bins end at 0x%x".formatted(offset, end - BASE_BYTES));
    }
    int cell = BASE_BYTES + offset;
    if (offset % UNIT_BYTES != 0 || !marked(begins, cell)) {
      throw findings.damaged(
          reference, field, "offset 0x%x, where no cell in use begins".formatted(offset));
    }
    int place = cell + CELL_HEADER_BYTES;
    if (room(place) < need) {
      throw findings.damaged(
          reference,
          field,
          "offset 0x%x, a cell of %,d bytes that had to hold %,d"
              .formatted(offset, room(place), need));
    }
    return place;
  }

  /** Counts cells in use that nothing referred to. */
  void tellUnreferenced() {
    for (int word = 0; word < begins.length; word++) {
      for (long bits = begins[word] & ~used[word]; bits != 0; bits &= bits - 1) {
        int unit = word * Long.SIZE + Long.numberOfTrailingZeros(bits);
        int cell = BASE_BYTES + unit * UNIT_BYTES;
        // One of these is told of by the ring that it is in.
        if (Bytes.u16(file, cell + CELL_HEADER_BYTES) != SK) {
          findings.warn(
              Oddity.UNREFERENCED_CELLS,
              cell,
              "cell",
              () -> "%,d bytes".formatted(-Bytes.i32(file, cell)));
        }
      }
    }
  }

  private static void mark(long[] bits, int cell) {
    int unit = (cell - BASE_BYTES) / UNIT_BYTES;
    bits[unit / Long.SIZE] |= 1L << unit;
  }

  private static boolean marked(long[] bits, int cell) {
    int unit = (cell - BASE_BYTES) / UNIT_BYTES;
    return (bits[unit / Long.SIZE] & 1L << unit) != 0;
  }
}
