package dev.holdfast.registry;

import java.util.Arrays;
import java.util.Iterator;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/**
 * A persistent set ordered by name: {@link #with} and {@link #without} give another set that shares
 * all nodes but those on the way to the change.
 *
 * <p>A B-tree. A registry's key mostly has a handful of values, which is one small array here; one
 * with a hundred thousand subkeys is four levels, and a change copies four arrays.
 */
final class NameSet<E extends Named> implements Iterable<E> {
  private static final int FANOUT = 32;
  private static final int SPARSE = FANOUT / 4;
  private static final NameSet<?> EMPTY = new NameSet<>(new Leaf(new Named[0]));

  private final Node root;

  private NameSet(Node root) {
    this.root = root;
  }

  @SuppressWarnings("unchecked") // It has no elements, so it has none of another type.
  static <E extends Named> NameSet<E> empty() {
    return (NameSet<E>) EMPTY;
  }

  int size() {
    return root.size();
  }

  boolean isEmpty() {
    return root.size() == 0;
  }

  @SuppressWarnings("unchecked") // with() let nothing else in.
  @Nullable E find(String name) {
    return (E) root.find(name);
  }

  /** This set with the element, in place of one with the same name if there is one. */
  NameSet<E> with(E element) {
    Node[] nodes = root.with(element);
    return new NameSet<>(nodes.length == 1 ? nodes[0] : new Branch(nodes));
  }

  /** This set without the element of that name; the same set if it has none. */
  NameSet<E> without(String name) {
    Node node = root.without(name);
    if (node == root) {
      return this;
    }
    while (node instanceof Branch branch && branch.children.length == 1) {
      node = branch.children[0];
    }
    return node.size() == 0 ? empty() : new NameSet<>(node);
  }

  /** The elements in order of their names. */
  @Override
  public Iterator<E> iterator() {
    return new InOrder<>(root);
  }

  private sealed interface Node {
    int size();

    /** How many slots are in use; at most {@link #FANOUT}. */
    int width();

    String first();

    @Nullable Named find(String name);

    /** One node, or two when it had to be split. */
    Node[] with(Named element);

    Node without(String name);

    /** This node's slots and then the next one's, in one node or evenly in two. */
    Node[] joined(Node next);
  }

  private static final class Leaf implements Node {
    final Named[] elements;

    Leaf(Named[] elements) {
      this.elements = elements;
    }

    @Override
    public int size() {
      return elements.length;
    }

    @Override
    public int width() {
      return elements.length;
    }

    @Override
    public String first() {
      return elements[0].name();
    }

    @Override
    public @Nullable Named find(String name) {
      int at = search(name);
      return at < 0 ? null : elements[at];
    }

    @Override
    public Node[] with(Named element) {
      int at = search(element.name());
      if (at >= 0) {
        Named[] replaced = elements.clone();
        replaced[at] = element;
        return new Node[] {new Leaf(replaced)};
      }
      return split(inserted(elements, -at - 1, element));
    }

    @Override
    public Node without(String name) {
      int at = search(name);
      return at < 0 ? this : new Leaf(removed(elements, at));
    }

    @Override
    public Node[] joined(Node next) {
      return split(appended(elements, ((Leaf) next).elements));
    }

    private static Node[] split(Named[] all) {
      if (all.length <= FANOUT) {
        return new Node[] {new Leaf(all)};
      }
      int half = all.length / 2;
      return new Node[] {
        new Leaf(Arrays.copyOf(all, half)), new Leaf(Arrays.copyOfRange(all, half, all.length))
      };
    }

    private int search(String name) {
      int low = 0;
      int high = elements.length - 1;
      while (low <= high) {
        int middle = (low + high) >>> 1;
        int order = NameOrder.compare(elements[middle].name(), name);
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
  }

  private static final class Branch implements Node {
    final Node[] children;
    private final String[] firsts;
    private final int size;

    Branch(Node[] children) {
      this.children = children;
      this.firsts = new String[children.length];
      int total = 0;
      for (int i = 0; i < children.length; i++) {
        firsts[i] = children[i].first();
        total += children[i].size();
      }
      this.size = total;
    }

    private Branch(Node[] children, String[] firsts, int size) {
      this.children = children;
      this.firsts = firsts;
      this.size = size;
    }

    /** Looks at one child, not at all: most of them are in nobody's cache. */
    private Branch replacing(int at, Node child) {
      Node[] replaced = children.clone();
      replaced[at] = child;
      String[] names = firsts;
      if (!names[at].equals(child.first())) {
        names = names.clone();
        names[at] = child.first();
      }
      return new Branch(replaced, names, size - children[at].size() + child.size());
    }

    @Override
    public int size() {
      return size;
    }

    @Override
    public int width() {
      return children.length;
    }

    @Override
    public String first() {
      return firsts[0];
    }

    @Override
    public @Nullable Named find(String name) {
      return children[childFor(name)].find(name);
    }

    @Override
    public Node[] with(Named element) {
      int at = childFor(element.name());
      Node[] nodes = children[at].with(element);
      if (nodes.length == 1) {
        return new Node[] {replacing(at, nodes[0])};
      }
      Node[] replaced = children.clone();
      replaced[at] = nodes[0];
      return split(inserted(replaced, at + 1, nodes[1]));
    }

    @Override
    public Node without(String name) {
      int at = childFor(name);
      Node child = children[at].without(name);
      if (child == children[at]) {
        return this;
      }
      if (child.width() >= SPARSE || children.length == 1) {
        return replacing(at, child);
      }
      Node[] replaced = children.clone();
      replaced[at] = child;
      int left = at == 0 ? 0 : at - 1;
      Node[] nodes = replaced[left].joined(replaced[left + 1]);
      replaced[left] = nodes[0];
      if (nodes.length == 1) {
        return new Branch(removed(replaced, left + 1));
      }
      replaced[left + 1] = nodes[1];
      return new Branch(replaced);
    }

    @Override
    public Node[] joined(Node next) {
      return split(appended(children, ((Branch) next).children));
    }

    private static Node[] split(Node[] all) {
      if (all.length <= FANOUT) {
        return new Node[] {new Branch(all)};
      }
      int half = all.length / 2;
      return new Node[] {
        new Branch(Arrays.copyOf(all, half)), new Branch(Arrays.copyOfRange(all, half, all.length))
      };
    }

    /** The last child that begins at or before the name; the first one for names before all. */
    private int childFor(String name) {
      int low = 1;
      int high = firsts.length - 1;
      while (low <= high) {
        int middle = (low + high) >>> 1;
        if (NameOrder.compare(firsts[middle], name) <= 0) {
          low = middle + 1;
        } else {
          high = middle - 1;
        }
      }
      return low - 1;
    }
  }

  private static <T> T[] inserted(T[] array, int at, T item) {
    T[] longer = Arrays.copyOf(array, array.length + 1);
    System.arraycopy(array, at, longer, at + 1, array.length - at);
    longer[at] = item;
    return longer;
  }

  private static <T> T[] removed(T[] array, int at) {
    T[] shorter = Arrays.copyOf(array, array.length - 1);
    System.arraycopy(array, at + 1, shorter, at, shorter.length - at);
    return shorter;
  }

  private static <T> T[] appended(T[] head, T[] tail) {
    T[] all = Arrays.copyOf(head, head.length + tail.length);
    System.arraycopy(tail, 0, all, head.length, tail.length);
    return all;
  }

  private static final class InOrder<E extends Named> implements Iterator<E> {
    // Twelve levels of sixteen or more hold more than an int can count.
    private static final int LEVELS_MAX = 12;

    private final Branch[] path = new Branch[LEVELS_MAX];
    private final int[] next = new int[LEVELS_MAX];
    private int level;
    private Leaf leaf;
    private int at;

    InOrder(Node root) {
      leaf = descend(root);
    }

    private Leaf descend(Node node) {
      Node below = node;
      while (below instanceof Branch branch) {
        path[level] = branch;
        next[level++] = 1;
        below = branch.children[0];
      }
      return (Leaf) below;
    }

    @Override
    public boolean hasNext() {
      while (at == leaf.elements.length) {
        while (level > 0 && next[level - 1] == path[level - 1].children.length) {
          level--;
        }
        if (level == 0) {
          return false;
        }
        leaf = descend(path[level - 1].children[next[level - 1]++]);
        at = 0;
      }
      return true;
    }

    @Override
    @SuppressWarnings("unchecked") // with() let nothing else in.
    public E next() {
      if (!hasNext()) {
        throw new NoSuchElementException();
      }
      return (E) leaf.elements[at++];
    }
  }
}
