package dev.holdfast.registry.regf;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.registry.Batch;
import dev.holdfast.registry.KeyOptions;
import dev.holdfast.registry.RegistryValue;
import dev.holdfast.registry.hive.DirectoryStorage;
import dev.holdfast.registry.hive.Hive;
import dev.holdfast.registry.hive.HiveSettings;
import java.nio.file.Path;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a hive keeps on its disk is opened by the programs of others. */
class SnapshotFileTest {
  @TempDir private Path directory;

  @Test
  void theVerifierAndHivexReadIt() throws Exception {
    HiveSettings settings =
        HiveSettings.named("software", () -> Instant.parse("2026-11-30T12:00:00Z"));
    try (Hive hive = Hive.create(new DirectoryStorage(directory), "software.hive", settings)) {
      hive.commit(
          Batch.builder()
              .createKey("Contoso\\Größe", KeyOptions.PLAIN.withClassName("a class"))
              .set("Contoso", RegistryValue.multiSz("Servers", "one", "two"))
              .set("Contoso\\Größe", RegistryValue.binary("Large", new byte[40_000]))
              .build());
      hive.compact();
    }
    String snapshot = directory.resolve("software.hive.1.regf").toString();

    OutsideTools.Run verified =
        OutsideTools.run(OutsideTools.PYTHON, OutsideTools.script("regfck.py"), snapshot);
    assertThat(verified.code()).as(verified.out()).isZero();
    OutsideTools.Run text =
        OutsideTools.run(OutsideTools.program("hivexregedit"), "--export", snapshot, "\\");
    assertThat(text.code()).isZero();
    assertThat(text.out()).contains("[\\Contoso\\Größe]").contains("\"Servers\"=hex(7):");
  }
}
