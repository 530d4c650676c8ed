package dev.holdfast.registry;

import java.util.Arrays;
import java.util.List;

/** A node of a {@link NameSet} above others. */
final class NameBranch<E extends Named> extends NameSet<E> {
  private final NameSet<E>[] children;
  private final int size;
  private final String first;

  /** The first names of all children but the first: what comes before all others is there. */
  private final NameTable starts;

  private NameBranch(NameSet<E>[] children, int size, String first, NameTable starts) {
    this.children = children;
    this.size = size;
    this.first = first;
    this.starts = starts;
  }

  static <E extends Named> NameBranch<E> of(NameSet<E>[] children) {
    var names = new String[children.length - 1];
    int size = children[0].size();
    for (int i = 1; i < children.length; i++) {
      names[i - 1] = children[i].first();
      size += children[i].size();
    }
    return new NameBranch<>(children, size, children[0].first(), NameTable.of(names));
  }

  @SuppressWarnings("unchecked") // An array of them is of no other type when it runs.
  static <E extends Named> NameBranch<E> of(List<NameSet<E>> children) {
    return of((NameSet<E>[]) children.toArray(new NameSet<?>[0]));
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
    return first;
  }

  /** The child in which a name is, if it is here; the name is in the text between two places. */
  NameSet<E> childFor(String text, int from, int to) {
    return children[search(text, from, to)];
  }

  /** The last child that begins at or before the name; the first one for names before all. */
  private int search(String text, int from, int to) {
    int at = starts.search(text, from, to);
    return at < 0 ? -at - 1 : at + 1;
  }

  @Override
  NameSet<E>[] put(E element) {
    String name = element.name();
    int at = search(name, 0, name.length());
    NameSet<E>[] nodes = children[at].put(element);
    NameBranch<E> replaced = replacing(at, nodes[0]);
    return nodes.length == 1 ? one(replaced) : replaced.inserting(at + 1, nodes[1]);
  }

  /** Looks at one child, not at all: most of them are in nobody's cache. */
  private NameBranch<E> replacing(int at, NameSet<E> child) {
    NameSet<E>[] replaced = children.clone();
    replaced[at] = child;
    int newSize = size - children[at].size() + child.size();
    return at == 0
        ? new NameBranch<>(replaced, newSize, child.first(), starts)
        : new NameBranch<>(replaced, newSize, first, starts.replaced(at - 1, child.first()));
  }

  private NameSet<E>[] inserting(int at, NameSet<E> child) {
    NameSet<E>[] longer = inserted(children, at, child);
    if (longer.length > FANOUT) {
      return split(longer, half(longer.length, at));
    }
    NameTable names = starts.with(at - 1, child.first());
    return one(new NameBranch<>(longer, size + child.size(), first, names));
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
