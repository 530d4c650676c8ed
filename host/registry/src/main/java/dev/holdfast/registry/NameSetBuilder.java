package dev.holdfast.registry;

import java.util.ArrayList;
import java.util.List;

/**
 * Puts a {@link NameSet} together at once, which spares all the nodes of one that grows: for what
 * is read from a file. Not thread-safe.
 */
final class NameSetBuilder<E extends Named> {
  private List<E> elements = new ArrayList<>();
  private boolean inOrder = true;

  /** Adds an element, in place of one of that name if there is one. */
  void add(E element) {
    inOrder &= elements.isEmpty() || follows(elements.getLast(), element);
    elements.add(element);
  }

  private static boolean follows(Named before, Named element) {
    return NameOrder.compare(before.name(), element.name()) < 0;
  }

  NameSet<E> build() {
    if (!inOrder) {
      elements = ordered(elements);
      inOrder = true;
    }
    return elements.isEmpty() ? NameSet.empty() : root(leaves());
  }

  /** In their order, and of those of the same name the last one. */
  private static <E extends Named> List<E> ordered(List<E> elements) {
    var sorted = new ArrayList<>(elements);
    sorted.sort((left, right) -> NameOrder.compare(left.name(), right.name()));
    var ordered = new ArrayList<E>(sorted.size());
    for (E element : sorted) {
      if (!ordered.isEmpty() && !follows(ordered.getLast(), element)) {
        ordered.removeLast();
      }
      ordered.add(element);
    }
    return ordered;
  }

  private List<NameSet<E>> leaves() {
    int nodes = nodesFor(elements.size());
    var leaves = new ArrayList<NameSet<E>>(nodes);
    for (int i = 0; i < nodes; i++) {
      leaves.add(NameLeaf.of(share(elements, i, nodes)));
    }
    return leaves;
  }

  private static <E extends Named> NameSet<E> root(List<NameSet<E>> lowest) {
    List<NameSet<E>> level = lowest;
    while (level.size() > 1) {
      int nodes = nodesFor(level.size());
      var above = new ArrayList<NameSet<E>>(nodes);
      for (int i = 0; i < nodes; i++) {
        above.add(NameBranch.of(share(level, i, nodes)));
      }
      level = above;
    }
    return level.getFirst();
  }

  private static int nodesFor(int count) {
    return (count + NameSet.FANOUT - 1) / NameSet.FANOUT;
  }

  /** Of so many shares, which are of one size or differ by one: so no node is sparse. */
  private static <T> List<T> share(List<T> all, int index, int shares) {
    return all.subList(bound(all, index, shares), bound(all, index + 1, shares));
  }

  private static int bound(List<?> all, int index, int shares) {
    return (int) ((long) all.size() * index / shares);
  }
}
