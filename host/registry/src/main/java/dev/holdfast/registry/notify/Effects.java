package dev.holdfast.registry.notify;

import dev.holdfast.registry.Batch;
import dev.holdfast.registry.BatchRefusedException;
import dev.holdfast.registry.Change;
import dev.holdfast.registry.KeyPath;
import dev.holdfast.registry.RegistryKey;
import dev.holdfast.registry.RegistryValue;
import dev.holdfast.registry.Snapshot;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Finds out what a batch does to the tree it is applied to. */
public final class Effects {
  private final Set<Effect> found = new LinkedHashSet<>();

  private Effects() {}

  /**
   * The effects of a committed batch, each once, in the order of their first happening. A change
   * that changes nothing, such as the creation of a key that is there, has none; a value that is
   * set to what it was has one.
   *
   * @param before the tree that the batch was applied to
   * @throws IllegalStateException if the batch cannot be applied to it: it is not the one before
   */
  public static List<Effect> of(Snapshot before, Batch batch) {
    var effects = new Effects();
    Snapshot snapshot = before;
    int last = batch.changes().size() - 1;
    for (int i = 0; i <= last; i++) {
      Change change = batch.changes().get(i);
      effects.add(snapshot.root(), change);
      // The last one has nobody after it who would look.
      if (i < last) {
        snapshot = applied(snapshot, change);
      }
    }
    return List.copyOf(effects.found);
  }

  private void add(RegistryKey root, Change change) {
    switch (change) {
      case Change.CreateKey(KeyPath path) -> missing(root, path).forEach(this::subkeyOfParent);
      case Change.SetValue(KeyPath path, RegistryValue _) ->
          found.add(new Effect.Changed(path, NotifyFilter.LAST_SET));
      case Change.DeleteValue(KeyPath path, String name) -> {
        if (root.key(path).flatMap(key -> key.value(name)).isPresent()) {
          found.add(new Effect.Changed(path, NotifyFilter.LAST_SET));
        }
      }
      case Change.DeleteKey(KeyPath path) -> deleted(root, path);
      case Change.DeleteTree(KeyPath path) -> deleted(root, path);
    }
  }

  private void deleted(RegistryKey root, KeyPath path) {
    if (root.key(path).isPresent()) {
      found.add(new Effect.Deleted(path));
      subkeyOfParent(path);
    }
  }

  private void subkeyOfParent(KeyPath path) {
    found.add(new Effect.Changed(path.parent(), NotifyFilter.NAME));
  }

  /** The key and those above it that are not there, from the top down. */
  private static List<KeyPath> missing(RegistryKey root, KeyPath path) {
    var missing = new ArrayList<KeyPath>();
    for (KeyPath key = path; root.key(key).isEmpty(); key = key.parent()) {
      missing.addFirst(key);
    }
    return missing;
  }

  private static Snapshot applied(Snapshot snapshot, Change change) {
    try {
      return snapshot.apply(new Batch(List.of(), List.of(change)));
    } catch (BatchRefusedException e) {
      throw new IllegalStateException(
          "a committed batch cannot be applied to the tree before it: " + change, e);
    }
  }
}
