package dev.holdfast.registry;

import java.util.Arrays;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.IntFunction;

/**
 * What a node of a {@link NameSet} keeps of its names, so that one among them is found without a
 * look at the others: of each a <em>head</em>, the eight bytes behind the beginning that all of
 * them share. Heads that differ are in the order of their names; of equal ones the names decide.
 *
 * <p>A unit that is below 0xFF in upper case is one byte, any other is 0xFF and its two bytes: so
 * the order of the bytes is that of the units. Where a name ends there are zeros. The last bit is
 * left out, so that a head is never negative and the difference of two tells their order.
 */
final class NameHeads {
  private static final int WIDE = 0xFF;

  /**
   * Keys beside each other mostly have values, and subkeys, of the same names, and then they share
   * the heads: that spares their memory, and has them in a cache. What is kept here is what came
   * last; it can be seen by any thread, as an array is not changed once it is here.
   */
  private static final AtomicReferenceArray<long[]> KEPT = new AtomicReferenceArray<>(1 << 10);

  private NameHeads() {}

  /** The heads of so many names, which are in their order, and share so many units. */
  static long[] of(int count, IntFunction<String> names, int skipped) {
    var heads = new long[count];
    for (int i = 0; i < count; i++) {
      String name = names.apply(i);
      heads[i] = head(name, skipped, name.length());
    }
    return shared(heads);
  }

  /** These heads and that of one name more, which shares as many units. */
  static long[] with(long[] heads, int at, String name, int skipped) {
    long[] longer = Arrays.copyOf(heads, heads.length + 1);
    System.arraycopy(heads, at, longer, at + 1, heads.length - at);
    longer[at] = head(name, skipped, name.length());
    return shared(longer);
  }

  private static long[] shared(long[] heads) {
    int hash = Arrays.hashCode(heads);
    int slot = (hash ^ (hash >>> 10) ^ (hash >>> 20)) & (KEPT.length() - 1);
    long[] kept = KEPT.getAcquire(slot);
    if (kept != null && Arrays.equals(kept, heads)) {
      return kept;
    }
    KEPT.setRelease(slot, heads);
    return heads;
  }

  /** The head of a name that ends at that place of the text, and goes on from the other one. */
  static long head(String text, int from, int to) {
    long head = 0;
    int room = Long.SIZE;
    for (int i = from; i < to && room > 0; i++) {
      int unit = NameOrder.upcase(text.charAt(i));
      if (unit >= WIDE) {
        return goingOn(head, room, text, i, to);
      }
      room -= Byte.SIZE;
      head |= (long) unit << room;
    }
    return head >>> 1;
  }

  /** As {@link #head}, once a unit was too large for a byte: apart, as that is rare. */
  private static long goingOn(long begun, int left, String text, int from, int to) {
    long head = begun;
    int room = left;
    for (int i = from; i < to && room > 0; i++) {
      int unit = NameOrder.upcase(text.charAt(i));
      boolean wide = unit >= WIDE;
      long bytes = wide ? ((long) WIDE << Character.SIZE) | unit : unit;
      room -= wide ? 3 * Byte.SIZE : Byte.SIZE;
      head |= room >= 0 ? bytes << room : bytes >>> -room;
    }
    return head >>> 1;
  }

  /**
   * How many of them come before that one, which may also be one more than the greatest. Without a
   * branch that depends on what is compared: the processor would guess half of them wrong, and wait
   * for memory before it finds out.
   */
  static int before(long[] heads, long head) {
    int from = 0;
    int count = heads.length;
    while (count > 1) {
      int half = count >>> 1;
      from += half & minusOneIfLess(heads[from + half - 1], head);
      count -= half;
    }
    return count == 0 ? 0 : from - minusOneIfLess(heads[from], head);
  }

  private static int minusOneIfLess(long left, long right) {
    return (int) ((left - right) >> (Long.SIZE - 1));
  }
}
