package dev.holdfast.registry.regf;

import static dev.holdfast.registry.regf.RegfLayout.LF;
import static dev.holdfast.registry.regf.RegfLayout.LH;
import static dev.holdfast.registry.regf.RegfLayout.LI;
import static dev.holdfast.registry.regf.RegfLayout.MINOR_HASHED;
import static dev.holdfast.registry.regf.RegfLayout.NK_BYTES;
import static dev.holdfast.registry.regf.RegfLayout.NONE;
import static dev.holdfast.registry.regf.RegfLayout.RI;

import dev.holdfast.registry.NameOrder;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** The lists of subkeys of a file that is read. */
final class SubkeyLists {
  private static final int HEADER_BYTES = 4;
  private static final Subkeys NO_SUBKEYS = new Subkeys(new int[0], new String[0], 0);

  private final byte[] file;
  private final int minorVersion;
  private final Cells cells;
  private final KeyCells keys;
  private final Findings findings;

  /** The subkeys of one key in the order of their names. The arrays may be longer. */
  static final class Subkeys {
    final int[] places;
    final String[] names;
    final int count;

    Subkeys(int[] places, String[] names, int count) {
      this.places = places;
      this.names = names;
      this.count = count;
    }
  }

  SubkeyLists(byte[] file, int minorVersion, Cells cells, KeyCells keys, Findings findings) {
    this.file = file;
    this.minorVersion = minorVersion;
    this.cells = cells;
    this.keys = keys;
    this.findings = findings;
  }

  Subkeys read(int nk) throws HiveFormatException {
    long count = Bytes.u32(file, nk + 20);
    int listAt = nk + 28;
    if (count == 0) {
      if (Bytes.i32(file, listAt) != NONE) {
        findings.warn(Oddity.LIST_WITHOUT_ENTRIES, listAt, "nk.subkeys", () -> "not NONE");
      }
      return NO_SUBKEYS;
    }
    int[] leaves = leaves(cells.claim(listAt, "nk.subkeys", HEADER_BYTES));
    long listed = 0;
    for (int leaf : leaves) {
      listed += entries(leaf);
    }
    if (listed != count) {
      throw findings.damaged(
          nk + 20L, "nk.subkey-count", "%,d, and %,d are listed".formatted(count, listed));
    }
    var subkeys = new Subkeys(new int[(int) count], new String[(int) count], (int) count);
    boolean ordered = fill(leaves, subkeys);
    maxima(nk, subkeys);
    return ordered ? subkeys : sorted(subkeys);
  }

  /** The lists that an ri refers to, or the list itself if it is none. */
  private int[] leaves(int list) throws HiveFormatException {
    if (Bytes.u16(file, list) != RI) {
      return new int[] {list};
    }
    int count = Bytes.u16(file, list + 2);
    if (HEADER_BYTES + 4L * count > cells.room(list)) {
      throw tooMany(list, count);
    }
    var leaves = new int[count];
    for (int i = 0; i < count; i++) {
      leaves[i] = cells.claim(list + HEADER_BYTES + 4 * i, "ri.entry", HEADER_BYTES);
    }
    return leaves;
  }

  /** How many entries a list has, which is first seen to be one. */
  private int entries(int leaf) throws HiveFormatException {
    int signature = Bytes.u16(file, leaf);
    if (signature != LF && signature != LH && signature != LI) {
      throw findings.damaged(
          leaf, "list.signature", "0x%04x where a list of subkeys has to be".formatted(signature));
    }
    int count = Bytes.u16(file, leaf + 2);
    if (HEADER_BYTES + (long) entryBytes(signature) * count > cells.room(leaf)) {
      throw tooMany(leaf, count);
    }
    if (signature == LH && minorVersion < MINOR_HASHED) {
      findings.warn(Oddity.HASHED_LIST_IN_STANDARD, leaf, "list.signature", () -> "lh");
    }
    return count;
  }

  private HiveFormatException tooMany(int list, int count) {
    return findings.damaged(
        list + 2L,
        "list.count",
        "%,d entries in a cell of %,d bytes".formatted(count, cells.room(list)));
  }

  private static int entryBytes(int signature) {
    return signature == LI ? 4 : 8;
  }

  /** Whether they were in the order of their names. */
  private boolean fill(int[] leaves, Subkeys subkeys) throws HiveFormatException {
    boolean ordered = true;
    int at = 0;
    for (int leaf : leaves) {
      int signature = Bytes.u16(file, leaf);
      int count = Bytes.u16(file, leaf + 2);
      for (int i = 0; i < count; i++, at++) {
        int entry = leaf + HEADER_BYTES + entryBytes(signature) * i;
        int child = cells.claim(entry, "list.entry", NK_BYTES);
        String name = keys.name(child, false);
        if (signature == LH) {
          hash(entry + 4, name);
        } else if (signature == LF) {
          hint(entry + 4, name);
        }
        if (at > 0) {
          ordered &= inOrder(subkeys.names[at - 1], name, entry);
        }
        subkeys.places[at] = child;
        subkeys.names[at] = name;
      }
    }
    return ordered;
  }

  private boolean inOrder(String previous, String name, int entry) throws HiveFormatException {
    int difference = NameOrder.IGNORING_CASE.compare(previous, name);
    if (difference > 0) {
      findings.odd(
          Oddity.SUBKEYS_OUT_OF_ORDER, entry, "list.entry", () -> previous + " before " + name);
    } else if (difference == 0) {
      findings.odd(Oddity.DUPLICATE_SUBKEY, entry, "list.entry", () -> name);
    }
    return difference < 0;
  }

  private void hash(int at, String name) throws HiveFormatException {
    int hash = NameOrder.hash(name);
    if (Bytes.i32(file, at) != hash) {
      findings.odd(
          Oddity.WRONG_HASH,
          at,
          "lh.hash",
          () -> "0x%08x, and that of %s is 0x%08x".formatted(Bytes.i32(file, at), name, hash));
    }
  }

  private void hint(int at, String name) throws HiveFormatException {
    int found = Bytes.i32(file, at);
    if ((found & 0xFF) != 0 && found != hint(name)) {
      findings.odd(
          Oddity.WRONG_HINT, at, "lf.hint", () -> "0x%08x for the name %s".formatted(found, name));
    }
  }

  /** The first four characters of a name, one byte each; 0 for one that needs two. */
  static int hint(String name) {
    int hint = 0;
    for (int i = 0; i < Math.min(4, name.length()); i++) {
      char unit = name.charAt(i);
      hint |= (unit > 0xFF ? 0 : unit) << (8 * i);
    }
    return hint;
  }

  private void maxima(int nk, Subkeys subkeys) {
    int longest = 0;
    for (String name : subkeys.names) {
      longest = Math.max(longest, name.length());
    }
    int nameBytes = 2 * longest;
    // The upper half of the field holds flags.
    if (Bytes.u16(file, nk + 52) < nameBytes) {
      findings.warn(
          Oddity.MAXIMUM_TOO_SMALL,
          nk + 52,
          "nk.max-subkey-name",
          () -> "%d, and there are %d".formatted(Bytes.u16(file, nk + 52), nameBytes));
    }
  }

  /** In order and without twins, of which the first in the file counts. */
  private static Subkeys sorted(Subkeys subkeys) {
    List<Integer> order = new ArrayList<>();
    for (int i = 0; i < subkeys.count; i++) {
      order.add(i);
    }
    order.sort(Comparator.comparing(i -> subkeys.names[i], NameOrder.IGNORING_CASE));
    var sorted = new Subkeys(new int[order.size()], new String[order.size()], order.size());
    int kept = 0;
    for (int i : order) {
      String name = subkeys.names[i];
      if (kept == 0 || !NameOrder.same(sorted.names[kept - 1], name)) {
        sorted.places[kept] = subkeys.places[i];
        sorted.names[kept++] = name;
      }
    }
    return new Subkeys(sorted.places, sorted.names, kept);
  }
}
