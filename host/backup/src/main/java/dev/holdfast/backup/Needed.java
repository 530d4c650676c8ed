package dev.holdfast.backup;

import dev.holdfast.checkpoint.Checkpoint;
import dev.holdfast.checkpoint.CheckpointStore;
import dev.holdfast.checkpoint.Generation;
import dev.holdfast.quorum.QuorumDirectory;
import dev.holdfast.registry.RegistryKey;
import dev.holdfast.registry.RegistryValue;
import dev.holdfast.registry.Snapshot;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A content that a cluster database names and that is kept beside it.
 *
 * @param name its file's name in the quorum directory, and in a backup
 * @param digest {@code sha256:HEX}
 * @param by the first that names it, in words
 */
record Needed(String name, String digest, String by) {
  private static final String PREFIX = "sha256:";

  /** All of them, each once: those of checkpoints, then those of types. */
  static List<Needed> of(Snapshot database) {
    Map<String, Needed> all = new LinkedHashMap<>();
    for (Checkpoint checkpoint : CheckpointStore.recorded(database)) {
      for (Generation generation : checkpoint.generations()) {
        add(
            all,
            QuorumDirectory.BLOBS + "/%s",
            generation.digest(),
            "generation %d of checkpoint %d of resource %s"
                .formatted(
                    generation.number(),
                    checkpoint.id().number(),
                    nameOf(database, checkpoint.id().resource())));
      }
    }
    database.key("ResourceTypes").ifPresent(types -> addTypes(all, types));
    return List.copyOf(all.values());
  }

  private static void addTypes(Map<String, Needed> all, RegistryKey types) {
    for (RegistryKey type : types.subkeys()) {
      Optional<RegistryKey> versions = type.subkey("Versions");
      if (versions.isEmpty()) {
        continue;
      }
      for (RegistryKey version : versions.get().subkeys()) {
        String by = "version %s of type %s".formatted(version.name(), type.name());
        add(
            all,
            QuorumDirectory.PLUGINS + "/%s.zip",
            version.value("Digest").map(RegistryValue::text).orElse("no digest"),
            by);
      }
    }
  }

  private static void add(Map<String, Needed> all, String name, String digest, String by) {
    // What is no digest makes a name that no member has, and is found lacking by it.
    String hex = digest.startsWith(PREFIX) ? digest.substring(PREFIX.length()) : digest;
    all.putIfAbsent(digest + name, new Needed(name.formatted(hex), PREFIX + hex, by));
  }

  private static String nameOf(Snapshot database, String resource) {
    return database
        .value("Resources\\" + resource, "Name")
        .map(RegistryValue::text)
        .orElse(resource);
  }
}
