package dev.holdfast.registry;

import java.util.Arrays;
import java.util.Iterator;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/**
 * A persistent set ordered by name: {@link #with} and {@link #without} give another set that shares
 * all nodes but those on the way to the change.
 *
 * <p>A B-tree, whose root is the set. A registry's key mostly has a handful of values, which is one
 * leaf here; one with a hundred thousand subkeys is three levels, and a change copies three nodes.
 *
 * <p>What costs time in a large hive is to look at elements, as each is somewhere else in memory.
 * So each node keeps a {@link NameTable} of what they are called, and a search looks at no element
 * but the one that it finds.
 */
abstract sealed class NameSet<E extends Named> implements Iterable<E> permits NameLeaf, NameBranch {
  static final int FANOUT = 64;
  static final int SPARSE = FANOUT / 4;

  @SuppressWarnings("unchecked") // It has no elements, so it has none of another type.
  static <E extends Named> NameSet<E> empty() {
    return (NameSet<E>) NameLeaf.EMPTY;
  }

  abstract int size();

  boolean isEmpty() {
    return size() == 0;
  }

  @Nullable E find(String name) {
    return find(name, 0, name.length());
  }

  /** The element whose name is in the text between those two places. */
  @Nullable E find(String text, int from, int to) {
    NameSet<E> node = this;
    while (node instanceof NameBranch<E> branch) {
      node = branch.childFor(text, from, to);
    }
    return ((NameLeaf<E>) node).element(text, from, to);
  }

  /** This set with the element, in place of one with the same name if there is one. */
  NameSet<E> with(E element) {
    NameSet<E>[] nodes = put(element);
    return nodes.length == 1 ? nodes[0] : NameBranch.of(nodes);
  }

  /** This set without the element of that name; the same set if it has none. */
  NameSet<E> without(String name) {
    NameSet<E> node = remove(name);
    while (node instanceof NameBranch<E> branch && branch.width() == 1) {
      node = branch.child(0);
    }
    return node.isEmpty() ? empty() : node;
  }

  /** The elements in order of their names. */
  @Override
  public Iterator<E> iterator() {
    return new InOrder<>(this);
  }

  /** How many slots of this node are in use; at most {@link #FANOUT}. */
  abstract int width();

  abstract String first();

  /** One node, or two when it had to be split. */
  abstract NameSet<E>[] put(E element);

  /** The same node if it has none. */
  abstract NameSet<E> remove(String name);

  /** This node's slots and then the next one's, in one node or evenly in two. */
  abstract NameSet<E>[] joined(NameSet<E> next);

  /**
   * Where too many are divided: in the middle, but for one that came behind all others, as they
   * mostly do where they are numbered. That leaves full nodes behind it.
   */
  static int half(int count, int inserted) {
    return inserted == count - 1 ? inserted : count / 2;
  }

  @SuppressWarnings("unchecked") // An array of them is of no other type when it runs.
  static <E extends Named> NameSet<E>[] one(NameSet<E> node) {
    return (NameSet<E>[]) new NameSet<?>[] {node};
  }

  @SuppressWarnings("unchecked") // As above.
  static <E extends Named> NameSet<E>[] two(NameSet<E> left, NameSet<E> right) {
    return (NameSet<E>[]) new NameSet<?>[] {left, right};
  }

  static <T> T[] inserted(T[] array, int at, T item) {
    T[] longer = Arrays.copyOf(array, array.length + 1);
    System.arraycopy(array, at, longer, at + 1, array.length - at);
    longer[at] = item;
    return longer;
  }

  static <T> T[] removed(T[] array, int at) {
    T[] shorter = Arrays.copyOf(array, array.length - 1);
    System.arraycopy(array, at + 1, shorter, at, shorter.length - at);
    return shorter;
  }

  static <T> T[] appended(T[] head, T[] tail) {
    T[] all = Arrays.copyOf(head, head.length + tail.length);
    System.arraycopy(tail, 0, all, head.length, tail.length);
    return all;
  }

  private static final class InOrder<E extends Named> implements Iterator<E> {
    // Twelve levels of eight or more hold more than an int can count.
    private static final int LEVELS_MAX = 12;

    private final NameBranch<?>[] path = new NameBranch<?>[LEVELS_MAX];
    private final int[] next = new int[LEVELS_MAX];
    private int level;
    private NameLeaf<E> leaf;
    private int at;

    InOrder(NameSet<E> root) {
      leaf = descend(root);
    }

    private NameLeaf<E> descend(NameSet<E> node) {
      NameSet<E> below = node;
      while (below instanceof NameBranch<E> branch) {
        path[level] = branch;
        next[level++] = 1;
        below = branch.child(0);
      }
      return (NameLeaf<E>) below;
    }

    @Override
    @SuppressWarnings("unchecked") // Only branches of this set are put there.
    public boolean hasNext() {
      while (at == leaf.width()) {
        while (level > 0 && next[level - 1] == path[level - 1].width()) {
          level--;
        }
        if (level == 0) {
          return false;
        }
        leaf = descend((NameSet<E>) path[level - 1].child(next[level - 1]++));
        at = 0;
      }
      return true;
    }

    @Override
    public E next() {
      if (!hasNext()) {
        throw new NoSuchElementException();
      }
      return leaf.element(at++);
    }
  }
}
