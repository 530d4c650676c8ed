package dev.holdfast.registry;

import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** What it means to apply a batch to a tree. */
final class Application {
  private Application() {}

  static void check(Snapshot snapshot, Batch batch) throws PreconditionFailedException {
    for (Precondition precondition : batch.preconditions()) {
      Optional<String> found = contradiction(snapshot, precondition);
      if (found.isPresent()) {
        throw new PreconditionFailedException(precondition, snapshot.revision(), found.get());
      }
    }
  }

  /** What was found instead, if the precondition does not hold. */
  private static Optional<String> contradiction(Snapshot snapshot, Precondition precondition) {
    return switch (precondition) {
      case Precondition.KeyExists(KeyPath path) ->
          unless(snapshot.key(path).isPresent(), "there is no such key");
      case Precondition.KeyAbsent(KeyPath path) ->
          snapshot.key(path).map(key -> "the key is there, of revision " + key.revision());
      case Precondition.ValueEquals(KeyPath path, RegistryValue value) ->
          valueContradiction(snapshot, path, value);
      case Precondition.ValueAbsent(KeyPath path, String name) ->
          snapshot.key(path).flatMap(key -> key.value(name)).map(value -> "found " + value);
      case Precondition.HiveRevisionIs(Revision revision) ->
          unless(snapshot.revision().equals(revision), "the revision is " + snapshot.revision());
      case Precondition.KeyRevisionIs(KeyPath path, Revision revision) ->
          keyRevisionContradiction(snapshot, path, revision);
    };
  }

  private static Optional<String> valueContradiction(
      Snapshot snapshot, KeyPath path, RegistryValue wanted) {
    Optional<RegistryValue> found = snapshot.key(path).flatMap(key -> key.value(wanted.name()));
    return found
        .map(value -> unless(value.named(wanted.name()).equals(wanted), "found " + value))
        .orElse(Optional.of("there is no such value"));
  }

  private static Optional<String> keyRevisionContradiction(
      Snapshot snapshot, KeyPath path, Revision wanted) {
    return snapshot
        .key(path)
        .map(key -> unless(key.revision().equals(wanted), "its revision is " + key.revision()))
        .orElse(Optional.of("there is no such key"));
  }

  private static Optional<String> unless(boolean holds, String found) {
    return holds ? Optional.empty() : Optional.of(found);
  }

  static RegistryKey changed(RegistryKey root, Batch batch, long revision)
      throws InvalidBatchException {
    RegistryKey changed = root;
    for (Change change : batch.changes()) {
      changed = changed(changed, change, revision);
    }
    return changed;
  }

  private static RegistryKey changed(RegistryKey root, Change change, long revision)
      throws InvalidBatchException {
    return switch (change) {
      case Change.CreateKey(KeyPath path) -> created(root, path.names(), revision);
      case Change.SetValue(KeyPath path, RegistryValue value) -> {
        if (root.descend(path) == null) {
          throw new InvalidBatchException(
              "batch refused: cannot set the value \"%s\" of the key %s: there is no such key; create it first"
                  .formatted(value.name(), path));
        }
        yield edited(root, path.names(), key -> key.withValue(value, revision));
      }
      case Change.DeleteValue(KeyPath path, String name) -> {
        RegistryKey key = root.descend(path);
        yield key == null || key.value(name).isEmpty()
            ? root
            : edited(root, path.names(), it -> it.withoutValue(name, revision));
      }
      case Change.DeleteKey(KeyPath path) -> {
        RegistryKey key = root.descend(path);
        if (key != null && key.subkeyCount() > 0) {
          throw new InvalidBatchException(
              "batch refused: cannot delete the key %s: it has %,d subkeys; delete the tree"
                  .formatted(path, key.subkeyCount()));
        }
        yield deleted(root, path, revision);
      }
      case Change.DeleteTree(KeyPath path) -> deleted(root, path, revision);
    };
  }

  private static RegistryKey created(RegistryKey parent, List<String> names, long revision) {
    if (names.isEmpty()) {
      return parent;
    }
    String name = names.getFirst();
    List<String> below = names.subList(1, names.size());
    Optional<RegistryKey> old = parent.subkey(name);
    if (old.isEmpty()) {
      return parent.withSubkey(
          created(RegistryKey.created(name, revision), below, revision), revision);
    }
    RegistryKey changed = created(old.get(), below, revision);
    return changed == old.get() ? parent : parent.withSubkey(changed);
  }

  private static RegistryKey deleted(RegistryKey root, KeyPath path, long revision)
      throws InvalidBatchException {
    if (path.isRoot()) {
      throw new InvalidBatchException("batch refused: the root of a hive cannot be deleted");
    }
    if (root.descend(path) == null) {
      return root;
    }
    String name = path.names().getLast();
    return edited(root, path.parent().names(), parent -> parent.withoutSubkey(name, revision));
  }

  /** The tree with the edit done to the key at that path, which exists. */
  private static RegistryKey edited(
      RegistryKey key, List<String> names, UnaryOperator<RegistryKey> edit) {
    if (names.isEmpty()) {
      return edit.apply(key);
    }
    RegistryKey subkey = key.subkey(names.getFirst()).orElseThrow();
    return key.withSubkey(edited(subkey, names.subList(1, names.size()), edit));
  }
}
