package dev.holdfast.service.record;

import dev.holdfast.registry.Batch;
import dev.holdfast.registry.KeyPath;
import dev.holdfast.registry.RegistryKey;
import dev.holdfast.registry.RegistryValue;
import dev.holdfast.service.process.ProcessIdentity;
import java.util.Optional;

/** One life of one process: Pid, StartTicks, BootId. */
final class IdentityValues {
  private IdentityValues() {}

  static void write(Batch.Builder batch, KeyPath key, ProcessIdentity process) {
    batch
        .set(key, RegistryValue.dword("Pid", process.pid()))
        .set(key, RegistryValue.qword("StartTicks", process.startTicks()))
        .set(key, RegistryValue.sz("BootId", process.bootId()));
  }

  static Optional<ProcessIdentity> read(RegistryKey key) {
    return key.value("Pid")
        .map(
            pid ->
                new ProcessIdentity(
                    (int) pid.number(),
                    Values.number(key, "StartTicks", 0),
                    Values.text(key, "BootId")));
  }
}
