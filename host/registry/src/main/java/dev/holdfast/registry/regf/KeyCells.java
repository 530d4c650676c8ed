package dev.holdfast.registry.regf;

import static dev.holdfast.registry.regf.RegfLayout.BASE_BYTES;
import static dev.holdfast.registry.regf.RegfLayout.CELL_HEADER_BYTES;
import static dev.holdfast.registry.regf.RegfLayout.KEY_LINK;
import static dev.holdfast.registry.regf.RegfLayout.KEY_NAME_LATIN;
import static dev.holdfast.registry.regf.RegfLayout.KEY_PREDEFINED;
import static dev.holdfast.registry.regf.RegfLayout.KEY_ROOT;
import static dev.holdfast.registry.regf.RegfLayout.KEY_VOLATILE_OR_EXIT;
import static dev.holdfast.registry.regf.RegfLayout.NK;
import static dev.holdfast.registry.regf.RegfLayout.NK_BYTES;
import static dev.holdfast.registry.regf.RegfLayout.NONE;

import dev.holdfast.registry.Limits;

/** The keys of a file that is read, from the root down. */
final class KeyCells {
  private final byte[] file;
  private final Cells cells;
  private final SubkeyLists lists;
  private final ValueCells values;
  private final SecurityCells security;
  private final Names names;
  private final Findings findings;
  private final KeySink sink;
  private long total;

  KeyCells(byte[] file, int minorVersion, Cells cells, Findings findings, KeySink sink) {
    this.file = file;
    this.cells = cells;
    this.findings = findings;
    this.sink = sink;
    this.names = new Names();
    this.values = new ValueCells(file, minorVersion, cells, names, findings);
    this.security = new SecurityCells(file, cells, findings);
    this.lists = new SubkeyLists(file, minorVersion, cells, this, findings);
  }

  /** How many keys were told in all. */
  long total() {
    return total;
  }

  ValueCells values() {
    return values;
  }

  void tellAll(int rootReference) throws HiveFormatException {
    int root = cells.claim(rootReference, "base.root", NK_BYTES);
    String name = name(root, true);
    if ((Bytes.u16(file, root + 2) & KEY_ROOT) == 0) {
      findings.odd(Oddity.ROOT_FLAG_MISSING, root + 2L, "nk.flags", () -> flags(root));
    }
    tell(root, name, 0);
    security.check();
    cells.tellUnreferenced();
  }

  /** Recursion goes as deep as keys may, and no deeper. */
  private void tell(int nk, String name, int depth) throws HiveFormatException {
    int flags = Bytes.u16(file, nk + 2);
    if ((flags & KEY_VOLATILE_OR_EXIT) != 0 || Bytes.i32(file, nk + 24) != 0) {
      findings.warn(Oddity.VOLATILE_LEFTOVERS, nk + 2L, "nk.flags", () -> flags(nk));
    }
    sink.enter(
        new KeyInfo(
            name,
            className(nk),
            Bytes.i64(file, nk + 4),
            (flags & KEY_LINK) != 0,
            security.of(nk + 44)));
    total++;
    if ((flags & KEY_PREDEFINED) != 0) {
      // The field of the count holds the handle.
      findings.warn(Oddity.PREDEFINED_HANDLE, nk + 2L, "nk.flags", () -> flags(nk));
    } else {
      values.tell(nk, nk + 36, sink);
    }
    SubkeyLists.Subkeys subkeys = lists.read(nk);
    if (subkeys.count > 0 && depth == Limits.DEPTH_MAX) {
      throw findings.damaged(
          nk + 20L,
          "nk.subkeys",
          "subkeys below level %d, no key is deeper (DEPTH_MAX)".formatted(depth));
    }
    for (int i = 0; i < subkeys.count; i++) {
      int child = subkeys.places[i];
      parent(child, nk);
      tell(child, subkeys.names[i], depth + 1);
    }
    sink.leave();
  }

  private void parent(int child, int nk) throws HiveFormatException {
    int expected = nk - CELL_HEADER_BYTES - BASE_BYTES;
    int found = Bytes.i32(file, child + 16);
    if (found != expected) {
      throw findings.damaged(
          child + 16L,
          "nk.parent",
          "offset 0x%x, and the key is a subkey of the one at 0x%x".formatted(found, expected));
    }
    if ((Bytes.u16(file, child + 2) & KEY_ROOT) != 0) {
      findings.warn(Oddity.ROOT_FLAG_BELOW_ROOT, child + 2L, "nk.flags", () -> flags(child));
    }
  }

  /** The name of the key at that place, which is first seen to be one. */
  String name(int nk, boolean isRoot) throws HiveFormatException {
    if (Bytes.u16(file, nk) != NK) {
      throw findings.damaged(nk, "nk.signature", "no \"nk\" where a key has to be");
    }
    boolean latin = (Bytes.u16(file, nk + 2) & KEY_NAME_LATIN) != 0;
    int bytes = Bytes.u16(file, nk + 72);
    int room = cells.room(nk) - NK_BYTES;
    int chars = latin ? bytes : bytes / 2;
    if (bytes > room
        || chars > Limits.KEY_NAME_CHARS_MAX
        || (chars == 0 && !isRoot)
        || (!latin && bytes % 2 != 0)) {
      throw findings.damaged(
          nk + 72L,
          "nk.name-size",
          "%,d bytes, the cell has room for %,d and a name for 1 to %,d characters"
              .formatted(bytes, room, Limits.KEY_NAME_CHARS_MAX));
    }
    int at = nk + NK_BYTES;
    String name = latin ? names.latin(file, at, bytes) : Names.wide(file, at, bytes);
    if (!latin && Names.isLatin(name)) {
      findings.warn(Oddity.NAME_NOT_COMPRESSED, at, "nk.name", () -> bytes + " bytes");
    }
    if (name.isEmpty()) {
      findings.odd(Oddity.ROOT_NAME_EMPTY, nk + 72L, "nk.name-size", () -> "0");
    }
    if (name.indexOf('\\') >= 0) {
      findings.odd(Oddity.BACKSLASH_IN_NAME, at, "nk.name", () -> name);
    }
    return name;
  }

  private String className(int nk) throws HiveFormatException {
    int bytes = classBytes(nk);
    int reference = nk + 48;
    if (bytes == 0) {
      int offset = Bytes.i32(file, reference);
      if (offset != NONE && offset != 0) {
        findings.warn(Oddity.CLASS_WITHOUT_LENGTH, reference, "nk.class", () -> "not NONE");
      }
      return "";
    }
    if (bytes % 2 != 0) {
      throw findings.damaged(nk + 74L, "nk.class-size", bytes + " bytes of UTF-16");
    }
    return Names.wide(file, cells.claim(reference, "nk.class", bytes), bytes);
  }

  int classBytes(int nk) {
    return Bytes.u16(file, nk + 74);
  }

  private String flags(int nk) {
    return "0x%x".formatted(Bytes.u16(file, nk + 2));
  }

  /** A maximum that a key keeps of its subkeys or values may be too large, but not too small. */
  static void maximum(byte[] file, int at, long found, String field, Findings findings) {
    long said = Bytes.u32(file, at);
    if (said < found) {
      findings.warn(
          Oddity.MAXIMUM_TOO_SMALL,
          at,
          field,
          () -> "%,d, and there are %,d".formatted(said, found));
    }
  }
}
