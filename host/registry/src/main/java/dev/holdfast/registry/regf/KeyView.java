package dev.holdfast.registry.regf;

import dev.holdfast.registry.RegistryValue;

/**
 * How a writer looks at a tree of keys of any type. A tree must not change while it is looked at,
 * and is looked at twice: once to see how large the file becomes.
 *
 * @param <K> the type of a key
 */
public interface KeyView<K> {
  KeyInfo info(K key);

  /** The key's values, no two of the same name (ignoring case), in the order they are to be in. */
  Iterable<RegistryValue> values(K key);

  /** The key's subkeys in the order of their names, no two the same. */
  Iterable<K> subkeys(K key);
}
