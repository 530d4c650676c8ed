package dev.holdfast.registry;

import java.util.Arrays;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * What the elements of a node of a {@link NameSet} are called, in their order, and what finds one
 * name among them without a look at the others: their {@link NameHeads}. Immutable.
 *
 * <p>Keys beside each other mostly have values, and subkeys, of the same names, and then their
 * nodes share one table: that spares its memory, and has it in a cache. A table that is shared may
 * have a name in another case than an element of the node has.
 */
final class NameTable {
  /**
   * What was made last: the next node is likely of the same names. It can be seen by any thread, as
   * a table is not changed once it is here.
   */
  private static final AtomicReferenceArray<NameTable> KEPT = new AtomicReferenceArray<>(1 << 10);

  static final NameTable EMPTY = of();

  private final String[] names;

  /** How many units all names share, from their beginnings on. */
  private final int skipped;

  private final long[] heads;

  private NameTable(String[] names, int skipped, long[] heads) {
    this.names = names;
    this.skipped = skipped;
    this.heads = heads;
  }

  /** The table of these names, which are in their order; the caller gives the array away. */
  static NameTable of(String... names) {
    int skipped = names.length == 0 ? 0 : NameOrder.common(names[0], names[names.length - 1]);
    return shared(new NameTable(names, skipped, NameHeads.of(names, skipped)));
  }

  private static NameTable shared(NameTable table) {
    int hash = Arrays.hashCode(table.heads);
    int slot = (hash ^ (hash >>> 10) ^ (hash >>> 20)) & (KEPT.length() - 1);
    NameTable kept = KEPT.getAcquire(slot);
    if (kept != null && kept.same(table)) {
      return kept;
    }
    KEPT.setRelease(slot, table);
    return table;
  }

  private boolean same(NameTable other) {
    if (names.length != other.names.length || !Arrays.equals(heads, other.heads)) {
      return false;
    }
    for (int i = 0; i < names.length; i++) {
      // They are often the same object, as who reads a file shares names; equals sees that first.
      if (!names[i].equals(other.names[i]) && !NameOrder.same(names[i], other.names[i])) {
        return false;
      }
    }
    return true;
  }

  String name(int at) {
    return names[at];
  }

  /** Where the name is that is in the text between those two places; negative if it is not here. */
  int find(String text, int from, int to) {
    // A name that does not begin as all of them do finds another one at most, and is not the same.
    long head = NameHeads.head(text, from + skipped, to);
    int at = before(head);
    if (at == names.length || heads[at] != head) {
      return -1;
    }
    return NameOrder.same(names[at], text, from, to) ? at : searchAmong(at, head, text, from, to);
  }

  /** Where that name is, or where it goes, as {@link Arrays#binarySearch} tells it. */
  int search(String text, int from, int to) {
    if (names.length == 0) {
      return -1;
    }
    int order = NameOrder.compare(names[0], skipped, text, from, Math.min(to, from + skipped));
    if (order != 0) {
      return order > 0 ? -1 : -names.length - 1;
    }
    long head = NameHeads.head(text, from + skipped, to);
    int at = before(head);
    return at == names.length || heads[at] != head
        ? -at - 1
        : searchAmong(at, head, text, from, to);
  }

  /** As {@link #search}, among those of equal heads, the first of which is there. */
  private int searchAmong(int first, long head, String text, int from, int to) {
    int low = first;
    int high = before(head + 1) - 1;
    while (low <= high) {
      int middle = (low + high) >>> 1;
      String name = names[middle];
      int order = NameOrder.compare(name, name.length(), text, from, to);
      if (order == 0) {
        return middle;
      }
      if (order < 0) {
        low = middle + 1;
      } else {
        high = middle - 1;
      }
    }
    return -low - 1;
  }

  private int before(long head) {
    return NameHeads.before(heads, names.length, head);
  }

  /** These names and one more, which goes there. */
  NameTable with(int at, String name) {
    String[] longer = NameSet.inserted(names, at, name);
    if (!sharesAsMuch(at, name)) {
      return of(longer);
    }
    long head = NameHeads.head(name, skipped, name.length());
    return shared(new NameTable(longer, skipped, NameHeads.with(heads, names.length, at, head)));
  }

  private boolean sharesAsMuch(int at, String name) {
    boolean between = at > 0 && at < names.length;
    return between || (names.length > 0 && NameOrder.common(names[0], name) >= skipped);
  }

  /** These names with another one there, which has the same place in their order. */
  NameTable replaced(int at, String name) {
    if (NameOrder.same(names[at], name)) {
      return this;
    }
    String[] replaced = names.clone();
    replaced[at] = name;
    return of(replaced);
  }

  /** These names without the one that is there. */
  NameTable without(int at) {
    return of(NameSet.removed(names, at));
  }

  /** Those from one place on, up to another. */
  NameTable range(int from, int to) {
    return of(Arrays.copyOfRange(names, from, to));
  }

  /** These names and the next table's, all of which come behind them. */
  NameTable joined(NameTable next) {
    return of(NameSet.appended(names, next.names));
  }
}
