package dev.holdfast.registry;

import java.util.Arrays;

/**
 * A node of a {@link NameSet} above others. Of its first child it keeps no head: what comes before
 * all others is there.
 */
final class NameBranch<E extends Named> extends NameSet<E> {
  private final NameSet<E>[] children;
  private final String[] firsts;
  private final int size;

  /** How many units the first names of all children but the first share. */
  private final int skipped;

  private final long[] heads;

  private NameBranch(NameSet<E>[] children, String[] firsts, int size, int skipped, long[] heads) {
    this.children = children;
    this.firsts = firsts;
    this.size = size;
    this.skipped = skipped;
    this.heads = heads;
  }

  static <E extends Named> NameBranch<E> of(NameSet<E>[] children) {
    var firsts = new String[children.length];
    int size = 0;
    for (int i = 0; i < children.length; i++) {
      firsts[i] = children[i].first();
      size += children[i].size();
    }
    return of(children, firsts, size);
  }

  private static <E extends Named> NameBranch<E> of(
      NameSet<E>[] children, String[] firsts, int size) {
    int last = firsts.length - 1;
    int skipped = last == 0 ? 0 : NameOrder.common(firsts[1], firsts[last]);
    long[] heads = NameHeads.of(last, i -> firsts[i + 1], skipped);
    return new NameBranch<>(children, firsts, size, skipped, heads);
  }

  /** Looks at one child, not at all: most of them are in nobody's cache. */
  private NameBranch<E> replacing(int at, NameSet<E> child) {
    NameSet<E>[] replaced = children.clone();
    replaced[at] = child;
    int newSize = size - children[at].size() + child.size();
    String first = child.first();
    if (firsts[at].equals(first)) {
      return new NameBranch<>(replaced, firsts, newSize, skipped, heads);
    }
    String[] names = firsts.clone();
    names[at] = first;
    return of(replaced, names, newSize);
  }

  @Override
  int size() {
    return size;
  }

  @Override
  int width() {
    return children.length;
  }

  NameSet<E> child(int at) {
    return children[at];
  }

  @Override
  String first() {
    return firsts[0];
  }

  /** The child in which a name is, if it is here; the name is in the text between two places. */
  NameSet<E> childFor(String text, int from, int to) {
    return children[search(text, from, to)];
  }

  /** The last child that begins at or before the name; the first one for names before all. */
  private int search(String text, int from, int to) {
    if (heads.length == 0) {
      return 0;
    }
    int order = NameOrder.compare(firsts[1], skipped, text, from, Math.min(to, from + skipped));
    if (order != 0) {
      return order > 0 ? 0 : heads.length;
    }
    long head = NameHeads.head(text, from + skipped, to);
    int low = NameHeads.before(heads, head);
    if (low == heads.length || heads[low] != head) {
      return low;
    }
    int high = NameHeads.before(heads, head + 1) - 1;
    while (low <= high) {
      int middle = (low + high) >>> 1;
      String first = firsts[middle + 1];
      if (NameOrder.compare(first, first.length(), text, from, to) <= 0) {
        low = middle + 1;
      } else {
        high = middle - 1;
      }
    }
    return low;
  }

  @Override
  NameSet<E>[] put(E element) {
    String name = element.name();
    int at = search(name, 0, name.length());
    NameSet<E>[] nodes = children[at].put(element);
    if (nodes.length == 1) {
      return one(replacing(at, nodes[0]));
    }
    NameSet<E>[] replaced = children.clone();
    replaced[at] = nodes[0];
    NameSet<E>[] longer = inserted(replaced, at + 1, nodes[1]);
    if (longer.length > FANOUT) {
      return split(longer, half(longer.length, at + 1));
    }
    String[] names = inserted(firsts, at + 1, nodes[1].first());
    names[at] = nodes[0].first();
    return one(of(longer, names, size - children[at].size() + nodes[0].size() + nodes[1].size()));
  }

  @Override
  NameSet<E> remove(String name) {
    int at = search(name, 0, name.length());
    NameSet<E> child = children[at].remove(name);
    if (child == children[at]) {
      return this;
    }
    if (child.width() >= SPARSE || children.length == 1) {
      return replacing(at, child);
    }
    NameSet<E>[] replaced = children.clone();
    replaced[at] = child;
    int left = at == 0 ? 0 : at - 1;
    NameSet<E>[] nodes = replaced[left].joined(replaced[left + 1]);
    replaced[left] = nodes[0];
    if (nodes.length == 1) {
      return of(removed(replaced, left + 1));
    }
    replaced[left + 1] = nodes[1];
    return of(replaced);
  }

  @Override
  NameSet<E>[] joined(NameSet<E> next) {
    NameSet<E>[] all = appended(children, ((NameBranch<E>) next).children);
    return all.length <= FANOUT ? one(of(all)) : split(all, all.length / 2);
  }

  private static <E extends Named> NameSet<E>[] split(NameSet<E>[] all, int half) {
    return two(of(Arrays.copyOf(all, half)), of(Arrays.copyOfRange(all, half, all.length)));
  }
}
