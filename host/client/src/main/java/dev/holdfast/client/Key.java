package dev.holdfast.client;

import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;

/**
 * A key as it was at one revision of its hive. Immutable; it does not follow what is changed later.
 *
 * @param name its own name
 * @param path as it was asked for, names spelled as they are kept
 * @param resolvedPath the same with links followed; equal to {@code path} where none is on the way
 * @param revision the last commit that changed its values, or made or deleted one of its subkeys.
 *     {@link Changes#ifUnchanged} takes it, and {@link WatchPosition#after}
 * @param values in the order of their names
 * @param subkeys names, in order
 * @param denied why the caller may not read it, and so no more than its name is known; only of a
 *     key below one that was asked for
 */
public record Key(
    String name,
    String path,
    String resolvedPath,
    long revision,
    List<Value> values,
    List<String> subkeys,
    Optional<String> denied) {
  public Key {
    values = List.copyOf(values);
    subkeys = List.copyOf(subkeys);
  }

  /** The value of that name, whose case does not matter; empty for the default value. */
  public Optional<Value> findValue(String valueName) {
    return values.stream().filter(value -> value.name().equalsIgnoreCase(valueName)).findFirst();
  }

  /**
   * The same.
   *
   * @throws NoSuchElementException there is none
   */
  public Value requireValue(String valueName) {
    return findValue(valueName)
        .orElseThrow(
            () -> new NoSuchElementException(path + " has no value \"" + valueName + "\""));
  }
}
