package dev.holdfast.registry;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A node of a {@link NameSet} that has the elements themselves. */
final class NameLeaf<E extends Named> extends NameSet<E> {
  static final NameLeaf<?> EMPTY = new NameLeaf<>(NameTable.EMPTY, new Named[0]);

  private final NameTable names;
  private final E[] elements;

  private NameLeaf(NameTable names, E[] elements) {
    this.names = names;
    this.elements = elements;
  }

  /** The leaf of these, which are in their order. */
  @SuppressWarnings("unchecked") // An array of them is of no other type when it runs.
  static <E extends Named> NameLeaf<E> of(List<E> elements) {
    var names = new String[elements.size()];
    for (int i = 0; i < names.length; i++) {
      names[i] = elements.get(i).name();
    }
    return new NameLeaf<>(NameTable.of(names), (E[]) elements.toArray(new Named[0]));
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
    return names.name(0);
  }

  E element(int at) {
    return elements[at];
  }

  /** The element whose name is in the text between those two places. */
  @Nullable E element(String text, int from, int to) {
    int at = names.find(text, from, to);
    return at < 0 ? null : elements[at];
  }

  private int search(String name) {
    return names.search(name, 0, name.length());
  }

  @Override
  NameSet<E>[] put(E element) {
    int found = search(element.name());
    if (found >= 0) {
      E[] replaced = elements.clone();
      replaced[found] = element;
      return one(new NameLeaf<>(names, replaced));
    }
    int at = -found - 1;
    var longer = new NameLeaf<>(names.with(at, element.name()), inserted(elements, at, element));
    return longer.width() > FANOUT ? longer.split(half(longer.width(), at)) : one(longer);
  }

  @Override
  NameSet<E> remove(String name) {
    int at = search(name);
    return at < 0 ? this : new NameLeaf<>(names.without(at), removed(elements, at));
  }

  @Override
  NameSet<E>[] joined(NameSet<E> next) {
    var following = (NameLeaf<E>) next;
    var all = new NameLeaf<>(names.joined(following.names), appended(elements, following.elements));
    return all.width() <= FANOUT ? one(all) : all.split(all.width() / 2);
  }

  private NameSet<E>[] split(int half) {
    return two(part(0, half), part(half, elements.length));
  }

  private NameLeaf<E> part(int from, int to) {
    return new NameLeaf<>(names.range(from, to), Arrays.copyOfRange(elements, from, to));
  }
}
