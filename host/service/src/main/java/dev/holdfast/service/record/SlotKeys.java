package dev.holdfast.service.record;

import dev.holdfast.registry.Batch;
import dev.holdfast.registry.KeyPath;
import dev.holdfast.registry.RegistryKey;
import dev.holdfast.registry.RegistryValue;
import dev.holdfast.service.process.BootTicks;
import dev.holdfast.service.process.SlotToken;
import dev.holdfast.service.slot.SlotRecord;

/** A slot as {@code Resources\ID\Instance\Slots\NAME}. */
final class SlotKeys {
  private SlotKeys() {}

  /** The value that says which node started the process; absent when there was but one. */
  static final String NODE = "Node";

  static void write(Batch.Builder batch, KeyPath key, SlotRecord slot, String node) {
    // Anew each time: a value of an earlier life must not be read as this one's.
    batch
        .deleteTree(key)
        .createKey(key)
        .set(key, RegistryValue.sz(NODE, node))
        .set(key, RegistryValue.sz("Token", slot.token().value()))
        .set(key, RegistryValue.qword("Intended", slot.intended().ticks()))
        .set(key, RegistryValue.sz("IntendedBootId", slot.intended().bootId()))
        .set(key, RegistryValue.sz("StopSignal", slot.stopSignal()));
    slot.process().ifPresent(process -> IdentityValues.write(batch, key, process));
    slot.exit().ifPresent(exit -> batch.set(key, RegistryValue.sz("Exit", ExitText.of(exit))));
    slot.next()
        .ifPresent(
            next ->
                batch
                    .set(key, RegistryValue.sz("NextToken", next.token().value()))
                    .set(key, RegistryValue.qword("NextSince", next.since().ticks()))
                    .set(key, RegistryValue.sz("NextBootId", next.since().bootId())));
  }

  static SlotRecord read(RegistryKey key) {
    return new SlotRecord(
        new SlotToken(Values.text(key, "Token")),
        new BootTicks(Values.number(key, "Intended", 0), Values.text(key, "IntendedBootId")),
        Values.text(key, "StopSignal"),
        IdentityValues.read(key),
        Values.findText(key, "Exit").map(ExitText::parse),
        Values.findText(key, "NextToken")
            .map(
                token ->
                    new SlotRecord.Intent(
                        new SlotToken(token),
                        new BootTicks(
                            Values.number(key, "NextSince", 0), Values.text(key, "NextBootId")))));
  }
}
