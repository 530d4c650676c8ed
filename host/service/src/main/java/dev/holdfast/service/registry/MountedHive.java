package dev.holdfast.service.registry;

import dev.holdfast.registry.Batch;
import dev.holdfast.registry.KeyPath;
import dev.holdfast.registry.Origin;
import dev.holdfast.registry.Revision;
import dev.holdfast.registry.Snapshot;
import dev.holdfast.registry.Watch;
import dev.holdfast.registry.Watcher;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Supplier;

/**
 * A hive where it is in the tree.
 *
 * @param name its key below {@code HKLM}
 * @param ownKeys keys of its first level that the cluster service alone writes; in small letters
 */
public record MountedHive(
    String name,
    Supplier<Snapshot> snapshots,
    Submitting submitting,
    Watching watching,
    Set<String> ownKeys) {
  /** Tells a watcher of every commit after a revision, as {@code Hive.watch} does. */
  @FunctionalInterface
  public interface Watching {
    Watch watch(Revision after, Executor executor, Watcher watcher);
  }

  /** Submits a batch, of which it may be known who made it, as {@code Hive.submit} does. */
  @FunctionalInterface
  public interface Submitting {
    CompletableFuture<Revision> submit(Batch batch, Optional<Origin> origin);
  }

  public MountedHive {
    ownKeys = Set.copyOf(ownKeys);
  }

  Snapshot snapshot() {
    return snapshots.get();
  }

  /** Where it is, seen from the root of all. */
  public String path() {
    return RegistryPath.ROOT + "\\" + name;
  }

  /** The path of one of its keys. */
  String path(KeyPath key) {
    return key.isRoot() ? path() : path() + "\\" + key;
  }

  /** The same, from the root of all on. */
  KeyPath fullPath(KeyPath key) {
    return KeyPath.of(path(key));
  }
}
