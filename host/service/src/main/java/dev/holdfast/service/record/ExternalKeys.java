package dev.holdfast.service.record;

import dev.holdfast.registry.Batch;
import dev.holdfast.registry.KeyPath;
import dev.holdfast.registry.RegistryKey;
import dev.holdfast.registry.RegistryValue;
import dev.holdfast.service.slot.ExternalRecord;

/** Something elsewhere as {@code Resources\ID\Instance\External\SLOT}. */
final class ExternalKeys {
  private ExternalKeys() {}

  static void write(Batch.Builder batch, KeyPath key, ExternalRecord external) {
    batch
        .createKey(key)
        .set(key, RegistryValue.sz("Kind", external.kind()))
        .set(key, RegistryValue.sz("Key", external.key()))
        .set(key, RegistryValue.sz("Nonce", external.nonce()))
        .set(key, RegistryValue.qword("FirstEpoch", external.firstEpoch()))
        .set(key, RegistryValue.qword("Epoch", external.epoch()))
        .set(key, RegistryValue.sz("Node", external.node()));
  }

  static ExternalRecord read(RegistryKey key) {
    return new ExternalRecord(
        Values.text(key, "Kind"),
        Values.text(key, "Key"),
        Values.text(key, "Nonce"),
        Values.number(key, "FirstEpoch", 0),
        Values.number(key, "Epoch", 0),
        Values.text(key, "Node"));
  }
}
