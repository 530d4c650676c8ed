package dev.holdfast.registry;

import java.util.Arrays;

/**
 * What a {@link NameTable} keeps of its names, so that one among them is found without a look at
 * the others: of each a <em>head</em>, the eight bytes behind the beginning that all of them share.
 * Heads that differ are in the order of their names; of equal ones the names decide.
 *
 * <p>A unit that is below 0xFF in upper case is one byte, any other is 0xFF and its two bytes: so
 * the order of the bytes is that of the units. Where a name ends there are zeros. The last bit is
 * left out, so that a head is never negative and the difference of two tells their order.
 */
final class NameHeads {
  private static final int WIDE = 0xFF;

  /** So many heads are one line of a processor's cache. */
  private static final int BLOCK = 8;

  /** Stands behind the last name, up to the end of a block; no head is greater. */
  private static final long FILLING = Long.MAX_VALUE;

  private NameHeads() {}

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

  /** The heads of those names, which are in their order and share so many units. */
  static long[] of(String[] names, int skipped) {
    long[] heads = new long[roomFor(names.length)];
    for (int i = 0; i < names.length; i++) {
      heads[i] = head(names[i], skipped, names[i].length());
    }
    Arrays.fill(heads, names.length, heads.length, FILLING);
    return heads;
  }

  /** So many heads and one more, which comes in there. */
  static long[] with(long[] heads, int count, int at, long head) {
    long[] longer = Arrays.copyOf(heads, roomFor(count + 1));
    System.arraycopy(heads, at, longer, at + 1, count - at);
    Arrays.fill(longer, count + 1, longer.length, FILLING);
    longer[at] = head;
    return longer;
  }

  private static int roomFor(int count) {
    return Math.max(BLOCK, (count + BLOCK - 1) / BLOCK * BLOCK);
  }

  /**
   * How many of so many heads come before that one, which may also be one more than the greatest.
   *
   * <p>Without a branch that depends on what is compared: the processor would guess half of them
   * wrong. And not by halves, each of which waits for the one before: whether a block is before it
   * is seen of all blocks at once, and then of all heads of one block.
   */
  static int before(long[] heads, int count, long head) {
    int from = 0;
    for (int last = BLOCK - 1; last < heads.length - BLOCK; last += BLOCK) {
      from += BLOCK & minusOneIfLess(heads[last], head);
    }
    int before = from;
    for (int i = 0; i < BLOCK; i++) {
      before -= minusOneIfLess(heads[from + i], head);
    }
    return Math.min(before, count);
  }

  private static int minusOneIfLess(long left, long right) {
    return (int) ((left - right) >> (Long.SIZE - 1));
  }
}
