package dev.holdfast.service.registry;

import dev.holdfast.registry.hive.DirectoryStorage;
import dev.holdfast.registry.hive.Hive;
import dev.holdfast.registry.hive.HiveSettings;
import dev.holdfast.service.api.Caller;
import dev.holdfast.service.api.RegistryApi.HiveUpload;
import dev.holdfast.service.api.RegistryBatch;
import dev.holdfast.service.api.RegistryBatch.Change;
import dev.holdfast.service.api.RegistryBatch.Deed;
import dev.holdfast.service.api.RegistryBatch.Value;
import dev.holdfast.service.api.RegistryCommitView;
import dev.holdfast.service.api.RegistryHandleView;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Real hives in a directory, the tree over them, and callers who are not there. */
final class TestRegistry implements AutoCloseable, RegistryListener {
  static final Caller OWNER = new Caller(101, 1000, 1000, List.of(), "ollie");
  static final Caller ALICE = new Caller(102, 1001, 1001, List.of(50L), "alice");
  static final Caller ROOT = new Caller(103, 0, 0, List.of(), "root");

  volatile Instant now = Instant.parse("2026-11-29T22:00:00Z");

  /** Processes that live, by their numbers. */
  final Map<Integer, CallerProcesses.Running> processes = new ConcurrentHashMap<>();

  /** What was denied, a line each. */
  final List<String> denials = new ArrayList<>();

  final List<RegistryHandleView> closed = new ArrayList<>();
  final Hive cluster;
  final LocalHives local;
  final LoadedHives loaded;
  final Registry registry;

  TestRegistry(Path directory) throws IOException {
    for (Caller caller : List.of(OWNER, ALICE, ROOT)) {
      processes.put(caller.pid(), new CallerProcesses.Running(7, caller.user() + "-sh"));
    }
    var storage = new DirectoryStorage(directory);
    HiveSettings settings = HiveSettings.named("cluster", () -> now);
    cluster =
        storage.exists("cluster.hive")
            ? Hive.open(storage, "cluster.hive", settings)
            : Hive.create(storage, "cluster.hive", settings);
    local = LocalHives.open(directory, () -> now, UnaryOperator.identity());
    loaded = LoadedHives.open(directory.resolve("loaded"), () -> now, UnaryOperator.identity());
    List<MountedHive> hives = new ArrayList<>(local.mounted());
    hives.addFirst(
        new MountedHive(
            "Cluster",
            cluster::snapshot,
            (batch, _) -> cluster.submit(batch),
            cluster::watch,
            Set.of("resources")));
    registry =
        new Registry(
            hives,
            loaded,
            new HomeOwner(OWNER.uid(), OWNER.gid()),
            pid -> Optional.ofNullable(processes.get(pid)),
            this,
            () -> now);
  }

  @Override
  public void denied(Caller caller, String key, String resolvedKey, String reason) {
    denials.add("%s %s (%s): %s".formatted(caller.user(), key, resolvedKey, reason));
  }

  @Override
  public void closed(Caller caller, RegistryHandleView handle) {
    closed.add(handle);
  }

  @Override
  public void close() {
    registry.close();
    loaded.close();
    local.close();
    cluster.close();
  }

  // ---- short words ---------------------------------------------------------------------------

  RegistryCommitView change(Caller caller, Change... changes) {
    return registry.change(caller, new RegistryBatch(List.of(), List.of(changes), null), false);
  }

  RegistryCommitView restore(String path, String name, byte[] file, boolean dryRun) {
    return registry.restore(OWNER, path, new HiveUpload(name, file, false), false, dryRun);
  }

  static Change createKey(String path) {
    return new Change(Deed.CREATE_KEY, path, null);
  }

  static Change set(String path, Value value) {
    return new Change(Deed.SET_VALUE, path, value);
  }

  static Change deleteTree(String path) {
    return new Change(Deed.DELETE_TREE, path, null);
  }

  static Value sz(String name, String text) {
    return new Value(name, null, List.of(text), null);
  }

  static Value dword(String name, @Nullable String number) {
    return new Value(name, "REG_DWORD", number == null ? List.of() : List.of(number), null);
  }
}
