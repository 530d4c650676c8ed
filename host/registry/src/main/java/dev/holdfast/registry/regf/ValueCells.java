package dev.holdfast.registry.regf;

import static dev.holdfast.registry.regf.RegfLayout.DB;
import static dev.holdfast.registry.regf.RegfLayout.DB_BYTES;
import static dev.holdfast.registry.regf.RegfLayout.INLINE;
import static dev.holdfast.registry.regf.RegfLayout.INLINE_BYTES_MAX;
import static dev.holdfast.registry.regf.RegfLayout.MINOR_BIG_DATA;
import static dev.holdfast.registry.regf.RegfLayout.NONE;
import static dev.holdfast.registry.regf.RegfLayout.PIECE_BYTES;
import static dev.holdfast.registry.regf.RegfLayout.STANDARD_VALUE_BYTES_MAX;
import static dev.holdfast.registry.regf.RegfLayout.VALUE_NAME_LATIN;
import static dev.holdfast.registry.regf.RegfLayout.VALUE_TOMBSTONE;
import static dev.holdfast.registry.regf.RegfLayout.VK;
import static dev.holdfast.registry.regf.RegfLayout.VK_BYTES;

import dev.holdfast.registry.Limits;
import dev.holdfast.registry.NameOrder;
import dev.holdfast.registry.RegistryValue;
import dev.holdfast.registry.regf.HiveFormatException.Problem;
import java.util.Arrays;
import java.util.TreeMap;

/** The values of a file that is read. */
final class ValueCells {
  private static final int PAIRWISE_MAX = 8;

  private final byte[] file;
  private final int minorVersion;
  private final Cells cells;
  private final Names names;
  private final Findings findings;

  /** The values of one key, before they are told. */
  private RegistryValue[] values = new RegistryValue[16];

  private int count;
  private long total;

  ValueCells(byte[] file, int minorVersion, Cells cells, Names names, Findings findings) {
    this.file = file;
    this.minorVersion = minorVersion;
    this.cells = cells;
    this.names = names;
    this.findings = findings;
  }

  /** How many values were told in all. */
  long total() {
    return total;
  }

  /**
   * Tells the values of one key.
   *
   * @param countAt where their number stands; the offset of their list follows it
   */
  void tell(int nk, int countAt, KeySink sink) throws HiveFormatException {
    long listed = Bytes.u32(file, countAt);
    int listAt = countAt + 4;
    if (listed == 0) {
      if (Bytes.i32(file, listAt) != NONE) {
        findings.warn(Oddity.LIST_WITHOUT_ENTRIES, listAt, "nk.values", () -> "not NONE");
      }
      return;
    }
    int list = cells.claim(listAt, "nk.values", 4 * listed);
    count = 0;
    for (int i = 0; i < listed; i++) {
      read(list + 4 * i);
    }
    maxima(nk);
    dropTwins(list);
    for (int i = 0; i < count; i++) {
      sink.value(values[i]);
    }
    total += count;
    // A value must not live longer than the sink wants it to.
    Arrays.fill(values, 0, count, null);
  }

  private void read(int reference) throws HiveFormatException {
    int vk = cells.claim(reference, "values.entry", VK_BYTES);
    if (Bytes.u16(file, vk) != VK) {
      throw findings.damaged(vk, "vk.signature", "no \"vk\" where a value has to be");
    }
    int flags = Bytes.u16(file, vk + 16);
    String name = name(vk, (flags & VALUE_NAME_LATIN) != 0);
    RegistryValue value = value(vk, name, Bytes.i32(file, vk + 12));
    if ((flags & VALUE_TOMBSTONE) != 0 && minorVersion >= 6) {
      findings.odd(Oddity.TOMBSTONE, vk + 16L, "vk.flags", () -> "0x%x".formatted(flags));
      return;
    }
    if (count == values.length) {
      values = Arrays.copyOf(values, 2 * count);
    }
    values[count++] = value;
  }

  private String name(int vk, boolean latin) throws HiveFormatException {
    int bytes = Bytes.u16(file, vk + 2);
    int room = cells.room(vk) - VK_BYTES;
    int chars = latin ? bytes : bytes / 2;
    if (bytes > room || chars > Limits.VALUE_NAME_CHARS_MAX || (!latin && bytes % 2 != 0)) {
      throw findings.damaged(
          vk + 2L,
          "vk.name-size",
          "%,d bytes for a name in %s, the cell has room for %,d and a name for %,d characters"
              .formatted(bytes, encoding(latin), room, Limits.VALUE_NAME_CHARS_MAX));
    }
    if (bytes == 0) {
      return "";
    }
    if (latin) {
      return names.latin(file, vk + VK_BYTES, bytes);
    }
    String name = Names.wide(file, vk + VK_BYTES, bytes);
    if (Names.isLatin(name)) {
      findings.warn(Oddity.NAME_NOT_COMPRESSED, vk + VK_BYTES, "vk.name", () -> bytes + " bytes");
    }
    return name;
  }

  private static String encoding(boolean latin) {
    return latin ? "Latin-1" : "UTF-16";
  }

  private RegistryValue value(int vk, String name, int type) throws HiveFormatException {
    int sizeAt = vk + 4;
    int dataAt = vk + 8;
    int said = Bytes.i32(file, sizeAt);
    int size = said & ~INLINE;
    if ((said & INLINE) != 0) {
      if (size > INLINE_BYTES_MAX) {
        throw findings.damaged(
            sizeAt, "vk.data-size", "%,d bytes in a field of four".formatted(size));
      }
      return RegistryValue.of(name, type, file, dataAt, size);
    }
    if (size == 0) {
      return RegistryValue.of(name, type, file, dataAt, 0);
    }
    if (size > Limits.VALUE_BYTES_MAX) {
      // Whether the file even has that much is told first: then it is damage and no matter of size.
      long left = file.length;
      throw findings.refused(
          size > left ? Problem.DAMAGED : Problem.TOO_LARGE,
          sizeAt,
          "vk.data-size",
          "%,d bytes, the file has %,d and at most %,d are allowed (VALUE_BYTES_MAX)"
              .formatted(size, left, Limits.VALUE_BYTES_MAX));
    }
    if (size <= INLINE_BYTES_MAX) {
      findings.warn(Oddity.SMALL_DATA_APART, sizeAt, "vk.data-size", () -> size + " bytes");
    }
    if (size > PIECE_BYTES && minorVersion >= MINOR_BIG_DATA) {
      return bigData(vk, name, type, size);
    }
    if (size > STANDARD_VALUE_BYTES_MAX && minorVersion < MINOR_BIG_DATA) {
      findings.warn(Oddity.LARGE_VALUE_IN_STANDARD, sizeAt, "vk.data-size", () -> size + " bytes");
    }
    return RegistryValue.of(name, type, file, cells.claim(dataAt, "vk.data", size), size);
  }

  private RegistryValue bigData(int vk, String name, int type, int size)
      throws HiveFormatException {
    int dataAt = vk + 8;
    int db = cells.claim(dataAt, "vk.data", DB_BYTES);
    if (cells.room(db) >= size) {
      // Other programs write it so; a db is a dozen bytes, so there is no mistaking one.
      findings.odd(
          Oddity.BIG_DATA_IN_ONE_CELL, dataAt, "vk.data", () -> "%,d bytes".formatted(size));
      return RegistryValue.of(name, type, file, db, size);
    }
    if (Bytes.u16(file, db) != DB) {
      throw findings.damaged(
          db, "db.signature", "no \"db\" where %,d bytes of data begin".formatted(size));
    }
    int pieces = Bytes.u16(file, db + 2);
    if (pieces != (size + PIECE_BYTES - 1) / PIECE_BYTES) {
      throw findings.damaged(
          db + 2L,
          "db.count",
          "%,d pieces of 16,344 bytes for %,d bytes of data".formatted(pieces, size));
    }
    int list = cells.claim(db + 4, "db.list", 4L * pieces);
    var data = new byte[size];
    for (int i = 0; i < pieces; i++) {
      int from = i * PIECE_BYTES;
      int length = Math.min(PIECE_BYTES, size - from);
      int piece = cells.claim(list + 4 * i, "db.piece", length);
      System.arraycopy(file, piece, data, from, length);
    }
    return RegistryValue.of(name, type, data);
  }

  private void maxima(int nk) {
    long nameBytes = 0;
    long dataBytes = 0;
    for (int i = 0; i < count; i++) {
      nameBytes = Math.max(nameBytes, 2L * values[i].name().length());
      dataBytes = Math.max(dataBytes, values[i].sizeBytes());
    }
    KeyCells.maximum(file, nk + 60, nameBytes, "nk.max-value-name", findings);
    KeyCells.maximum(file, nk + 64, dataBytes, "nk.max-value-data", findings);
  }

  /** Of values with the same name, the first counts. */
  private void dropTwins(int list) throws HiveFormatException {
    if (count <= PAIRWISE_MAX ? !hasTwinsPairwise() : !hasTwinsSorted()) {
      return;
    }
    var first = new TreeMap<String, RegistryValue>(NameOrder.IGNORING_CASE);
    int kept = 0;
    for (int i = 0; i < count; i++) {
      RegistryValue value = values[i];
      if (first.putIfAbsent(value.name(), value) == null) {
        values[kept++] = value;
      } else {
        findings.odd(Oddity.DUPLICATE_VALUE, list + 4L * i, "values.entry", value::name);
      }
    }
    Arrays.fill(values, kept, count, null);
    count = kept;
  }

  private boolean hasTwinsPairwise() {
    for (int i = 1; i < count; i++) {
      for (int j = 0; j < i; j++) {
        if (NameOrder.same(values[i].name(), values[j].name())) {
          return true;
        }
      }
    }
    return false;
  }

  private boolean hasTwinsSorted() {
    var sorted = new String[count];
    for (int i = 0; i < count; i++) {
      sorted[i] = values[i].name();
    }
    Arrays.sort(sorted, NameOrder.IGNORING_CASE);
    for (int i = 1; i < count; i++) {
      if (NameOrder.same(sorted[i - 1], sorted[i])) {
        return true;
      }
    }
    return false;
  }
}
