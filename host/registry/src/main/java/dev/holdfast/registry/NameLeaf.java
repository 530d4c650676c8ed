package dev.holdfast.registry;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** A node of a {@link NameSet} that has the elements themselves. */
final class NameLeaf<E extends Named> extends NameSet<E> {
  static final NameLeaf<?> EMPTY = of(new Named[0]);

  private final E[] elements;

  /** How many units all names share, from their beginnings on. */
  private final int skipped;

  private final long[] heads;

  private NameLeaf(E[] elements, int skipped, long[] heads) {
    this.elements = elements;
    this.skipped = skipped;
    this.heads = heads;
  }

  private static <E extends Named> NameLeaf<E> of(E[] elements) {
    int skipped =
        elements.length == 0
            ? 0
            : NameOrder.common(elements[0].name(), elements[elements.length - 1].name());
    return new NameLeaf<>(
        elements, skipped, NameHeads.of(elements.length, i -> elements[i].name(), skipped));
  }

  @Override
  int size() {
    return elements.length;
  }

  @Override
  int width() {
    return elements.length;
  }

  @Override
  String first() {
    return elements[0].name();
  }

  E element(int at) {
    return elements[at];
  }

  /** The element whose name is in the text between those two places. */
  @Nullable E element(String text, int from, int to) {
    // A name that does not begin as all of them do finds another one at most, and is not the same.
    long head = NameHeads.head(text, from + skipped, to);
    int at = NameHeads.before(heads, head);
    if (at == heads.length || heads[at] != head) {
      return null;
    }
    if (!NameOrder.same(elements[at].name(), text, from, to)) {
      at = searchAmong(at, head, text, from, to);
    }
    return at < 0 ? null : elements[at];
  }

  /** Where the name is, or where it goes, as {@link Arrays#binarySearch} tells it. */
  private int search(String name) {
    if (elements.length > 0) {
      int order = NameOrder.compare(first(), skipped, name, 0, Math.min(skipped, name.length()));
      if (order != 0) {
        return order > 0 ? -1 : -elements.length - 1;
      }
    }
    long head = NameHeads.head(name, skipped, name.length());
    return searchAmong(NameHeads.before(heads, head), head, name, 0, name.length());
  }

  /** As {@link #search}, among those of equal heads, the first of which is there. */
  private int searchAmong(int first, long head, String text, int from, int to) {
    int low = first;
    int high = NameHeads.before(heads, head + 1) - 1;
    while (low <= high) {
      int middle = (low + high) >>> 1;
      String name = elements[middle].name();
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

  @Override
  NameSet<E>[] put(E element) {
    int found = search(element.name());
    if (found >= 0) {
      E[] replaced = elements.clone();
      replaced[found] = element;
      return one(new NameLeaf<>(replaced, skipped, heads));
    }
    int at = -found - 1;
    E[] longer = inserted(elements, at, element);
    if (longer.length > FANOUT) {
      return split(longer, half(longer.length, at));
    }
    return one(sharesAsMuch(element.name(), at) ? withHead(longer, at) : of(longer));
  }

  private boolean sharesAsMuch(String name, int at) {
    boolean between = at > 0 && at < elements.length;
    return between || (elements.length > 1 && NameOrder.common(first(), name) >= skipped);
  }

  private NameLeaf<E> withHead(E[] longer, int at) {
    return new NameLeaf<>(longer, skipped, NameHeads.with(heads, at, longer[at].name(), skipped));
  }

  @Override
  NameSet<E> remove(String name) {
    int at = search(name);
    return at < 0 ? this : of(removed(elements, at));
  }

  @Override
  NameSet<E>[] joined(NameSet<E> next) {
    E[] all = appended(elements, ((NameLeaf<E>) next).elements);
    return all.length <= FANOUT ? one(of(all)) : split(all, all.length / 2);
  }

  private static <E extends Named> NameSet<E>[] split(E[] all, int half) {
    return two(of(Arrays.copyOf(all, half)), of(Arrays.copyOfRange(all, half, all.length)));
  }
}
