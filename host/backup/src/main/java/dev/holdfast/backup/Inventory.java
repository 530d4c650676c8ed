package dev.holdfast.backup;

import dev.holdfast.checkpoint.Checkpoint;
import dev.holdfast.checkpoint.CheckpointStore;
import dev.holdfast.checkpoint.Generation;
import dev.holdfast.registry.RegistryKey;
import dev.holdfast.registry.RegistryValue;
import dev.holdfast.registry.Snapshot;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What a cluster database has, by names; to say what one has that another one lacks. */
final class Inventory {
  private static final Map<String, String> KINDS =
      new TreeMap<>(
          Map.of("Groups", "group", "Resources", "resource", "ResourceTypes", "resource type"));

  private Inventory() {}

  /** What of one database is not in the other, a line each. */
  static List<String> missing(Snapshot from, Snapshot in) {
    List<String> missing = new ArrayList<>();
    KINDS.forEach(
        (key, kind) -> {
          Map<String, String> there = names(in, key);
          names(from, key)
              .forEach(
                  (id, name) -> {
                    if (!there.containsKey(id)) {
                      missing.add(kind + " " + name);
                    }
                  });
        });
    Map<String, Long> newest = newestGenerations(in);
    for (Checkpoint checkpoint : CheckpointStore.recorded(from)) {
      long had = newest(checkpoint);
      Long has = newest.get(checkpoint.id().toString());
      String resource =
          names(from, "Resources")
              .getOrDefault(checkpoint.id().resource(), checkpoint.id().resource());
      if (has == null) {
        missing.add("checkpoint %d of resource %s".formatted(checkpoint.id().number(), resource));
      } else if (had > has) {
        missing.add(
            "generations %d to %d of checkpoint %d of resource %s"
                .formatted(has + 1, had, checkpoint.id().number(), resource));
      }
    }
    return missing;
  }

  /** By the key's name in small letters. */
  private static Map<String, String> names(Snapshot database, String key) {
    Map<String, String> names = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    database
        .key(key)
        .ifPresent(
            all -> {
              for (RegistryKey each : all.subkeys()) {
                names.put(
                    each.name(), each.value("Name").map(RegistryValue::text).orElse(each.name()));
              }
            });
    return names;
  }

  private static Map<String, Long> newestGenerations(Snapshot database) {
    Map<String, Long> newest = new TreeMap<>();
    CheckpointStore.recorded(database)
        .forEach(each -> newest.put(each.id().toString(), newest(each)));
    return newest;
  }

  private static long newest(Checkpoint checkpoint) {
    List<Generation> generations = checkpoint.generations();
    return generations.isEmpty() ? 0 : generations.getLast().number();
  }
}
