package dev.holdfast.registry;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * Where a key is, seen from the root of its hive: names with backslashes between them, {@code
 * Resources\<id>\Parameters}; the root is the empty path. Immutable. Two paths are equal when their
 * names are the same ignoring case; {@link #toString} keeps what was typed. In their order a key
 * comes right before all that is within it.
 */
public final class KeyPath implements Comparable<KeyPath> {
  /** The root of a hive. */
  public static final KeyPath ROOT = new KeyPath(List.of());

  private final List<String> names;

  private KeyPath(List<String> names) {
    this.names = names;
  }

  /**
   * The path that is written so.
   *
   * @throws IllegalArgumentException if a name is empty (also by a backslash at either end) or too
   *     long, or if there are more than {@link Limits#DEPTH_MAX} of them
   */
  public static KeyPath of(String text) {
    return of(text, UnaryOperator.identity());
  }

  /**
   * As {@link #of(String)}, for who makes many.
   *
   * @param shared gives for a name an equal one that is to be kept
   */
  public static KeyPath of(String text, UnaryOperator<String> shared) {
    if (text.isEmpty()) {
      return ROOT;
    }
    var names = new ArrayList<String>();
    int from = 0;
    for (int to = text.indexOf('\\'); to >= 0; to = text.indexOf('\\', from)) {
      names.add(shared.apply(checked(text.substring(from, to), text)));
      from = to + 1;
    }
    names.add(shared.apply(checked(text.substring(from), text)));
    Limits.check("levels of a key's path", names.size(), Limits.DEPTH_MAX, "DEPTH_MAX");
    return new KeyPath(List.copyOf(names));
  }

  /**
   * The path of a key with this name below this one.
   *
   * @throws IllegalArgumentException if the name has a backslash, is empty or too long, or the path
   *     too deep
   */
  public KeyPath child(String name) {
    if (name.indexOf('\\') >= 0) {
      throw new IllegalArgumentException("a key's name has no backslash, found: " + name);
    }
    var longer = new ArrayList<>(names);
    longer.add(checked(name, name));
    Limits.check("levels of a key's path", longer.size(), Limits.DEPTH_MAX, "DEPTH_MAX");
    return new KeyPath(List.copyOf(longer));
  }

  /** The names from the root down; empty for the root. */
  public List<String> names() {
    return names;
  }

  public boolean isRoot() {
    return names.isEmpty();
  }

  /** The path without its last name; the root's parent is the root. */
  public KeyPath parent() {
    return isRoot() ? this : new KeyPath(names.subList(0, names.size() - 1));
  }

  /** The path of its first names, so many. */
  KeyPath top(int count) {
    return new KeyPath(names.subList(0, count));
  }

  /** Whether this is that key or one below it. */
  public boolean isWithin(KeyPath ancestor) {
    return names.size() >= ancestor.names.size()
        && new KeyPath(names.subList(0, ancestor.names.size())).equals(ancestor);
  }

  private static String checked(String name, String path) {
    if (name.isEmpty()) {
      throw new IllegalArgumentException(
          "a key's name cannot be empty, found in: \"" + path + "\"");
    }
    Limits.check(
        "characters of a key's name",
        name.length(),
        Limits.KEY_NAME_CHARS_MAX,
        "KEY_NAME_CHARS_MAX");
    return name;
  }

  @Override
  public int compareTo(KeyPath other) {
    int common = Math.min(names.size(), other.names.size());
    for (int i = 0; i < common; i++) {
      int difference = NameOrder.compare(names.get(i), other.names.get(i));
      if (difference != 0) {
        return difference;
      }
    }
    return names.size() - other.names.size();
  }

  @Override
  public boolean equals(Object other) {
    if (other == this) {
      return true;
    }
    if (!(other instanceof KeyPath path) || path.names.size() != names.size()) {
      return false;
    }
    Iterator<String> theirs = path.names.iterator();
    for (String name : names) {
      if (!NameOrder.same(name, theirs.next())) {
        return false;
      }
    }
    return true;
  }

  @Override
  public int hashCode() {
    int hash = 1;
    for (String name : names) {
      hash = 31 * hash + NameOrder.hash(name);
    }
    return hash;
  }

  @Override
  public String toString() {
    return String.join("\\", names);
  }
}
