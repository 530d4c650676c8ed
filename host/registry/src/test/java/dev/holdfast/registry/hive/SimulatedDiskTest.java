package dev.holdfast.registry.hive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import dev.holdfast.registry.hive.SimulatedDisk.Outcome;
import dev.holdfast.registry.hive.SimulatedDisk.Survives;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** A fake that is wrong proves nothing. */
class SimulatedDiskTest {
  private final SimulatedDisk disk = new SimulatedDisk();

  @Test
  void afterPowerLoss_onlyWhatWasSyncedIsCertain() throws Exception {
    StorageFile file = disk.create("f");
    file.write(0, bytes("synced"));
    file.sync();
    disk.syncDirectory();
    file.write(3, bytes("more than that"));

    assertThat(after(Survives.NOTHING).content("f")).asString().isEqualTo("synced");
    assertThat(after(Survives.EVERYTHING).content("f")).asString().isEqualTo("synmore than that");
    assertThat(disk.content("f")).asString().isEqualTo("synmore than that");
  }

  @Test
  void afterPowerLoss_aRenamingThatWasNotSyncedMayBeGone() throws Exception {
    disk.create("old").write(0, bytes("o"));
    disk.syncDirectory();
    StorageFile file = disk.create("new");
    file.write(0, bytes("n"));
    file.sync();
    disk.rename("new", "old");

    assertThat(after(Survives.NOTHING).content("old")).isEmpty();
    assertThat(after(Survives.EVERYTHING).content("old")).asString().isEqualTo("n");
    disk.syncDirectory();
    assertThat(after(Survives.NOTHING).content("old")).asString().isEqualTo("n");
  }

  @Test
  void afterPowerLoss_sectorsSurviveEachByThemselves() throws Exception {
    StorageFile file = disk.create("f");
    disk.syncDirectory();
    file.write(0, bytes("x".repeat(4_096)));

    byte[] found = disk.afterPowerLoss(Survives.SOME, new Random(3)).content("f");

    assertThat(found).contains('x').contains(0);
  }

  @Test
  void powerLost_leavesHalfAWriteAndNothingAfterIt() throws Exception {
    StorageFile file = disk.create("f");
    disk.setFault((_, _) -> Outcome.POWER_LOST);

    assertThatIOException().isThrownBy(() -> file.write(0, bytes("12345678")));
    assertThatIOException().isThrownBy(file::sync).withMessage("no power");
    assertThat(disk.content("f")).asString().isEqualTo("1234");
  }

  private SimulatedDisk after(Survives survives) {
    return disk.afterPowerLoss(survives, new Random(1));
  }

  private static ByteBuffer bytes(String text) {
    return ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII));
  }
}
