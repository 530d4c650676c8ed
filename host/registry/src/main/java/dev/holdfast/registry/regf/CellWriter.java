package dev.holdfast.registry.regf;

import static dev.holdfast.registry.regf.RegfLayout.BASE_BYTES;
import static dev.holdfast.registry.regf.RegfLayout.BIN_BYTES;
import static dev.holdfast.registry.regf.RegfLayout.BIN_HEADER_BYTES;
import static dev.holdfast.registry.regf.RegfLayout.CELL_HEADER_BYTES;
import static dev.holdfast.registry.regf.RegfLayout.FILE_BYTES_MAX;
import static dev.holdfast.registry.regf.RegfLayout.HBIN;

import java.util.Arrays;

/**
 * The bytes of a file that is made: bins, and cells put into them one after the other. What is left
 * of a bin is one free cell.
 *
 * <p>A <em>place</em> is where a cell's content begins, in bytes from the start of the file; an
 * offset is what a file refers to that cell by.
 */
final class CellWriter {
  private static final int CELL_ALIGNMENT = 8;

  private byte[] bytes;

  /** Where the file ends so far. */
  private int end = BASE_BYTES;

  /** The free part of the bin that is being filled. */
  private int next = BASE_BYTES;

  private int binEnd = BASE_BYTES;

  CellWriter(long expectedBytes) {
    this.bytes = new byte[(int) Math.clamp(expectedBytes, 2L * BASE_BYTES, FILE_BYTES_MAX)];
  }

  static int offset(int place) {
    return place - CELL_HEADER_BYTES - BASE_BYTES;
  }

  /** How many bytes a cell takes up that holds so many. */
  static int cellBytes(int contentBytes) {
    return RegfLayout.up(CELL_HEADER_BYTES + contentBytes, CELL_ALIGNMENT);
  }

  /** The bytes, until the next cell is allocated. */
  byte[] bytes() {
    return bytes;
  }

  int end() {
    return end;
  }

  /** The place of a new cell, whose content is zero. */
  int allocate(int contentBytes) {
    int size = cellBytes(contentBytes);
    int cell;
    if (size <= binEnd - next) {
      cell = next;
      next += size;
    } else {
      cell = inNewBin(size);
    }
    Bytes.put32(bytes, cell, -size);
    return cell + CELL_HEADER_BYTES;
  }

  /** Whichever bin has more room goes on being filled; the other is closed. */
  private int inNewBin(int size) {
    int bin = end;
    int binBytes = RegfLayout.up(BIN_HEADER_BYTES + size, BIN_BYTES);
    grow((long) end + binBytes);
    end += binBytes;
    Bytes.put32(bytes, bin, HBIN);
    Bytes.put32(bytes, bin + 4, bin - BASE_BYTES);
    Bytes.put32(bytes, bin + 8, binBytes);
    int cell = bin + BIN_HEADER_BYTES;
    if (end - (cell + size) >= binEnd - next) {
      close();
      next = cell + size;
      binEnd = end;
    } else if (end > cell + size) {
      Bytes.put32(bytes, cell + size, end - (cell + size));
    }
    return cell;
  }

  /** Makes what is left of the bin a free cell. */
  void close() {
    if (binEnd > next) {
      Bytes.put32(bytes, next, binEnd - next);
    }
  }

  private void grow(long size) {
    if (size > FILE_BYTES_MAX) {
      throw new IllegalArgumentException(
          "bytes of a hive file: at most %,d allowed (FILE_BYTES_MAX)".formatted(FILE_BYTES_MAX));
    }
    if (size > bytes.length) {
      bytes =
          Arrays.copyOf(bytes, (int) Math.min(Math.max(size, 2L * bytes.length), FILE_BYTES_MAX));
    }
  }
}
