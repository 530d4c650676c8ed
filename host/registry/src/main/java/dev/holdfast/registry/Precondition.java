package dev.holdfast.registry;

/**
 * Something that must hold for a {@link Batch} to be applied, seen at the revision right before it.
 */
public sealed interface Precondition {
  record KeyExists(KeyPath path) implements Precondition {}

  record KeyAbsent(KeyPath path) implements Precondition {}

  /** The value exists with the same type and bytes; the case of its name does not matter. */
  record ValueEquals(KeyPath path, RegistryValue value) implements Precondition {}

  /** There is no such value; also when there is no such key. */
  record ValueAbsent(KeyPath path, String name) implements Precondition {}

  /** Nothing was committed after that revision. */
  record HiveRevisionIs(Revision revision) implements Precondition {}

  /** The key exists and its own revision ({@link RegistryKey#revision}) is that one. */
  record KeyRevisionIs(KeyPath path, Revision revision) implements Precondition {}
}
