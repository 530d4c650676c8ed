package dev.holdfast.service.registry;

import dev.holdfast.registry.Effect;
import dev.holdfast.registry.KeyPath;
import dev.holdfast.registry.NameOrder;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Who looks after which keys of a hive, by their paths: a tree of names, so that whom a change
 * concerns is found by walking down its path, however many keys are looked after. Not thread-safe.
 *
 * @param <T> who looks after a key
 */
final class KeysByPath<T> {
  private final Node<T> root = new Node<>();

  private static final class Node<T> {
    final Map<String, Node<T>> below = new TreeMap<>(NameOrder.IGNORING_CASE);
    final Set<T> here = new LinkedHashSet<>();

    boolean isEmpty() {
      return below.isEmpty() && here.isEmpty();
    }
  }

  /** It looks after that key, with all below it. */
  void add(KeyPath key, T who) {
    Node<T> node = root;
    for (String name : key.names()) {
      node = node.below.computeIfAbsent(name, _ -> new Node<>());
    }
    node.here.add(who);
  }

  /** It does not any more. */
  void remove(KeyPath key, T who) {
    remove(root, key, 0, who);
  }

  private static <T> void remove(Node<T> node, KeyPath key, int depth, T who) {
    if (depth == key.names().size()) {
      node.here.remove(who);
      return;
    }
    String name = key.names().get(depth);
    Node<T> next = node.below.get(name);
    if (next == null) {
      return;
    }
    remove(next, key, depth + 1, who);
    if (next.isEmpty()) {
      node.below.remove(name);
    }
  }

  /**
   * Whose keys may be others by what happened: theirs or one above was changed or, if it was
   * deleted, one below it is theirs.
   */
  Set<T> concernedBy(Effect effect) {
    Set<T> concerned = new HashSet<>(root.here);
    Node<T> node = root;
    for (String name : effect.key().names()) {
      node = node.below.get(name);
      if (node == null) {
        return concerned;
      }
      concerned.addAll(node.here);
    }
    if (effect instanceof Effect.Deleted) {
      addAll(node, concerned);
    }
    return concerned;
  }

  private static <T> void addAll(Node<T> node, Set<T> all) {
    all.addAll(node.here);
    node.below.values().forEach(each -> addAll(each, all));
  }
}
