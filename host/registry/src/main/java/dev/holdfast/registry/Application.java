package dev.holdfast.registry;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * What it means to apply a batch to a tree. One object for one batch: it looks at each key once,
 * and notes on the way what is to be told and what is to be written down.
 */
final class Application {
  private final Stamp stamp;
  private final Set<Effect> effects = new LinkedHashSet<>();
  private RegistryKey root;

  /** What this batch deleted, so far. */
  private final Set<KeyPath> deleted = new HashSet<>();

  /** What a key got in place of what it had. */
  private @Nullable RegistryKey contents;

  /** Most changes of a batch are to the key of the one before. */
  private @Nullable KeyPath lastSet;

  private Application(RegistryKey root, Stamp stamp) {
    this.root = root;
    this.stamp = stamp;
  }

  static Applied applied(Snapshot before, Batch batch, Filetime time) throws BatchRefusedException {
    check(before, batch);
    Revision next = before.revision().next();
    var application = new Application(before.root(), new Stamp(next.number(), time.ticks()));
    Optional<Batch> durablePart = application.changed(batch);
    return new Applied(
        new Snapshot(next, application.root),
        durablePart,
        Optional.ofNullable(application.contents),
        List.copyOf(application.effects));
  }

  private static void check(Snapshot snapshot, Batch batch) throws PreconditionFailedException {
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

  /** Makes the changes; returns what of them is to be written down, if that is not all. */
  private Optional<Batch> changed(Batch batch) throws InvalidBatchException {
    List<Change> changes = batch.changes();
    List<Change> kept = null;
    for (int i = 0; i < changes.size(); ) {
      int end = endOfSets(changes, i);
      boolean isKept = end > i + 1 ? setAll(changes.subList(i, end)) : change(changes.get(i));
      if (kept != null && isKept) {
        kept.addAll(changes.subList(i, end));
      } else if (kept == null && !isKept) {
        kept = new ArrayList<>(changes.subList(0, i));
      }
      i = end;
    }
    return kept == null ? Optional.empty() : Optional.of(new Batch(List.of(), kept));
  }

  /** Where the changes end that set values of the same key as the first, or else after that. */
  private static int endOfSets(List<Change> changes, int first) {
    int end = first + 1;
    if (changes.get(first) instanceof Change.SetValue(KeyPath path, _)) {
      while (end < changes.size()
          && changes.get(end) instanceof Change.SetValue(KeyPath next, _)
          && next.equals(path)) {
        end++;
      }
    }
    return end;
  }

  /** Sets several values of one key, whose way from the root is copied once for all of them. */
  private boolean setAll(List<Change> sets) throws InvalidBatchException {
    Change.SetValue first = (Change.SetValue) sets.getFirst();
    RegistryKey key = require(first.path(), "set the value \"" + first.value().name() + "\"");
    root =
        edited(
            root,
            first.path().names(),
            it -> {
              RegistryKey edited = it;
              for (Change set : sets) {
                edited = edited.withValue(((Change.SetValue) set).value(), stamp);
              }
              return edited;
            });
    valueChanged(first.path());
    return !key.isVolatile();
  }

  /** Makes one change; returns whether it is to a key that is not volatile. */
  private boolean change(Change change) throws InvalidBatchException {
    return switch (change) {
      case Change.CreateKey(KeyPath path, KeyOptions options) -> create(path, options);
      case Change.ReplaceContents(KeyPath path, RegistryKey replacement) -> {
        replaceContents(path, replacement);
        yield true;
      }
      case Change.SetSecurity(KeyPath path, DescriptorBytes descriptor) -> {
        RegistryKey key = require(path, "set the security");
        root = edited(root, path.names(), it -> it.withSecurity(descriptor, stamp));
        effects.add(new Effect.Changed(path, NotifyFilter.SECURITY));
        yield !key.isVolatile();
      }
      case Change.SetValue(KeyPath path, RegistryValue value) -> {
        RegistryKey key = require(path, "set the value \"" + value.name() + "\"");
        root = edited(root, path.names(), it -> it.withValue(value, stamp));
        valueChanged(path);
        yield !key.isVolatile();
      }
      case Change.DeleteValue(KeyPath path, String name) -> {
        RegistryKey key = root.descend(path);
        if (key != null && key.value(name).isPresent()) {
          root = edited(root, path.names(), it -> it.withoutValue(name, stamp));
          valueChanged(path);
        }
        yield key == null || !key.isVolatile();
      }
      case Change.DeleteKey(KeyPath path) -> {
        RegistryKey key = root.descend(path);
        if (key != null && key.subkeyCount() > 0) {
          throw new InvalidBatchException(
              "batch refused: cannot delete the key %s: it has %,d subkeys; delete the tree"
                  .formatted(path, key.subkeyCount()));
        }
        yield delete(path, key);
      }
      case Change.DeleteTree(KeyPath path) -> delete(path, root.descend(path));
    };
  }

  private RegistryKey require(KeyPath path, String what) throws InvalidBatchException {
    RegistryKey key = root.descend(path);
    if (key == null) {
      throw new InvalidBatchException(
          "batch refused: cannot %s of the key %s: there is no such key; create it first"
              .formatted(what, path));
    }
    return key;
  }

  private void valueChanged(KeyPath path) {
    if (lastSet == null || !path.equals(lastSet)) {
      effects.add(new Effect.Changed(path, NotifyFilter.LAST_SET));
      lastSet = path;
    }
  }

  private boolean create(KeyPath path, KeyOptions options) throws InvalidBatchException {
    List<String> names = path.names();
    RegistryKey nearest = root;
    int depth = 0;
    while (depth < names.size()) {
      RegistryKey below = nearest.find(names.get(depth));
      if (below == null) {
        break;
      }
      nearest = below;
      depth++;
    }
    if (depth == names.size()) {
      return !nearest.isVolatile();
    }
    if (nearest.isVolatile() && !options.isVolatile()) {
      throw new InvalidBatchException(
          "batch refused: cannot create the key %s: the key %s above it is volatile, so this one must be, too; create it as volatile"
              .formatted(path, path.top(depth)));
    }
    for (int i = depth; i < names.size(); i++) {
      effects.add(new Effect.Changed(path.top(i), NotifyFilter.NAME));
      comesAgain(path.top(i + 1));
    }
    root = created(root, names, options);
    return !options.isVolatile();
  }

  /** To those above it a key that was deleted and created by one batch has changed in all ways. */
  private void comesAgain(KeyPath path) {
    for (int count = path.names().size(); count > 0 && !deleted.isEmpty(); count--) {
      if (deleted.contains(path.top(count))) {
        changedInAllWays(path);
        return;
      }
    }
  }

  private void changedInAllWays(KeyPath path) {
    effects.add(new Effect.Changed(path, NotifyFilter.NAME));
    effects.add(new Effect.Changed(path, NotifyFilter.ATTRIBUTES));
    effects.add(new Effect.Changed(path, NotifyFilter.LAST_SET));
    effects.add(new Effect.Changed(path, NotifyFilter.SECURITY));
  }

  /** Keys on the way that are missing are as volatile as the last one, and nothing else. */
  private RegistryKey created(RegistryKey parent, List<String> names, KeyOptions options) {
    if (names.isEmpty()) {
      return parent;
    }
    List<String> below = names.subList(1, names.size());
    RegistryKey old = parent.find(names.getFirst());
    if (old != null) {
      return parent.withSubkey(created(old, below, options));
    }
    KeyOptions onTheWay = options.isVolatile() ? KeyOptions.VOLATILE : KeyOptions.PLAIN;
    KeyOptions own = below.isEmpty() ? options : onTheWay;
    RegistryKey key =
        RegistryKey.created(names.getFirst(), stamp, own.sharedWith(parent.options()));
    return withComing(parent, created(key, below, options));
  }

  private void replaceContents(KeyPath path, RegistryKey replacement) throws InvalidBatchException {
    RegistryKey key = require(path, "replace the contents");
    if (key.isVolatile() || replacement.isVolatile()) {
      throw new InvalidBatchException(
          "batch refused: cannot replace the contents of the key %s: %s volatile, and would not outlive the hive; use keys that are kept"
              .formatted(path, key.isVolatile() ? "it is" : "the new ones are"));
    }
    if (contents != null) {
      throw new InvalidBatchException(
          "batch refused: cannot replace the contents of the key %s: a batch does that for one key, and this is its second; make it several"
              .formatted(path));
    }
    RegistryKey adopted = Contents.adopted(replacement, path, stamp.revision());
    for (RegistryKey subkey : key.subkeys()) {
      KeyPath gone = path.child(subkey.name());
      deleted.add(gone);
      effects.add(new Effect.Deleted(gone));
    }
    changedInAllWays(path);
    root = edited(root, path.names(), it -> it.withContents(adopted, stamp));
    contents = replacement;
  }

  private boolean delete(KeyPath path, @Nullable RegistryKey key) throws InvalidBatchException {
    if (path.isRoot()) {
      throw new InvalidBatchException("batch refused: the root of a hive cannot be deleted");
    }
    if (key == null) {
      return true;
    }
    KeyPath above = path.parent();
    root = edited(root, above.names(), parent -> withoutGoing(parent, key));
    deleted.add(path);
    effects.add(new Effect.Deleted(path));
    effects.add(new Effect.Changed(above, NotifyFilter.NAME));
    return !key.isVolatile();
  }

  /**
   * What is not written down leaves no trace in what is: otherwise the revision and time of the key
   * above would be others after the hive was opened again.
   */
  private RegistryKey withComing(RegistryKey parent, RegistryKey subkey) {
    return counts(parent, subkey)
        ? parent.withSubkey(subkey).stamped(stamp)
        : parent.withSubkey(subkey);
  }

  private RegistryKey withoutGoing(RegistryKey parent, RegistryKey subkey) {
    RegistryKey without = parent.withoutSubkey(subkey.name());
    return counts(parent, subkey) ? without.stamped(stamp) : without;
  }

  private static boolean counts(RegistryKey parent, RegistryKey subkey) {
    return parent.isVolatile() || !subkey.isVolatile();
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
