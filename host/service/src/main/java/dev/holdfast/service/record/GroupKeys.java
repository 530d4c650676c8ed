package dev.holdfast.service.record;

import dev.holdfast.cluster.GroupConfig;
import dev.holdfast.cluster.GroupId;
import dev.holdfast.registry.Batch;
import dev.holdfast.registry.KeyPath;
import dev.holdfast.registry.RegistryKey;
import dev.holdfast.registry.RegistryValue;

/** A group as {@code Groups\ID}. */
final class GroupKeys {
  private GroupKeys() {}

  static void write(Batch.Builder batch, KeyPath key, GroupConfig group) {
    batch
        .createKey(key)
        .set(key, RegistryValue.sz("Name", group.name()))
        .set(key, RegistryValue.sz("Description", group.description()));
  }

  static GroupConfig read(RegistryKey key) {
    return new GroupConfig(
        GroupId.of(key.name()),
        Values.text(key, "Name"),
        Values.findText(key, "Description").orElse(""));
  }
}
