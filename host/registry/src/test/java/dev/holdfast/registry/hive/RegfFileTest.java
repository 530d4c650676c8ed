package dev.holdfast.registry.hive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import dev.holdfast.registry.DescriptorBytes;
import dev.holdfast.registry.RegistryValue;
import dev.holdfast.registry.hive.SimulatedDisk.Outcome;
import dev.holdfast.registry.hive.SimulatedDisk.Survives;
import dev.holdfast.registry.regf.HiveFormat;
import dev.holdfast.registry.regf.HiveFormatException;
import dev.holdfast.registry.regf.HiveImage;
import dev.holdfast.registry.regf.HiveWriter;
import dev.holdfast.registry.regf.KeyInfo;
import dev.holdfast.registry.regf.SavedKey;
import dev.holdfast.registry.regf.Strictness;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class RegfFileTest {
  private static final String FILE = "00000001.CPT";
  private static final SavedKey OLD = tree("old", 10);
  private static final SavedKey NEW = tree("new", 1_200);

  @TempDir Path folder;

  @Test
  void whatIsWritten_isRead() throws IOException {
    var storage = new DirectoryStorage(folder);

    RegfFile.write(storage, FILE, image(OLD));
    RegfFile.write(storage, FILE, image(NEW));

    assertThat(read(storage)).isEqualTo(NEW);
    assertThat(Files.readAllBytes(folder.resolve(FILE))).isEqualTo(image(NEW).bytes());
    try (var files = Files.list(folder)) {
      assertThat(files).hasSize(1);
    }
  }

  @Test
  void damagedFile_isRefusedByItsPath() throws IOException {
    Files.write(folder.resolve(FILE), new byte[100]);

    assertThatIOException()
        .isThrownBy(() -> read(new DirectoryStorage(folder)))
        .isInstanceOf(HiveFormatException.class)
        .withMessageContaining(folder.resolve(FILE).toString());
  }

  @ParameterizedTest
  @EnumSource(Survives.class)
  void powerLostAtAnyOperation_leavesTheOldOrTheNewFile(Survives survives) throws IOException {
    var random = new Random(7);
    int crashes = 0;
    while (true) {
      var disk = new SimulatedDisk();
      RegfFile.write(disk, FILE, image(OLD));
      long crashAt = crashes;
      var counted = new long[1];
      disk.setFault((_, _) -> counted[0]++ == crashAt ? Outcome.POWER_LOST : Outcome.WORKS);
      boolean done = written(disk);
      SavedKey found = read(disk.afterPowerLoss(survives, random));

      assertThat(found).as("power lost at operation %d", crashAt).isIn(OLD, NEW);
      if (done) {
        assertThat(found).isEqualTo(NEW);
        break;
      }
      crashes++;
    }
    assertThat(crashes).as("create, write, sync, rename, sync").isGreaterThanOrEqualTo(5);
  }

  @ParameterizedTest
  @EnumSource(
      value = Outcome.class,
      names = {"FAILS", "HALF_DONE", "DONE_BUT_FAILS"})
  void anyOperationFails_leavesAWholeFileAndTheNextWriteWorks(Outcome outcome) throws IOException {
    for (int failAt = 0; ; failAt++) {
      var disk = new SimulatedDisk();
      RegfFile.write(disk, FILE, image(OLD));
      long at = failAt;
      var counted = new long[1];
      disk.setFault((_, _) -> counted[0]++ == at ? outcome : Outcome.WORKS);
      boolean done = written(disk);

      assertThat(read(disk)).as("%s at operation %d", outcome, failAt).isIn(OLD, NEW);
      disk.setFault(SimulatedDisk.Fault.NONE);
      RegfFile.write(disk, FILE, image(NEW));
      assertThat(read(disk)).isEqualTo(NEW);
      if (done) {
        assertThat(failAt).isGreaterThanOrEqualTo(5);
        return;
      }
    }
  }

  private static boolean written(SimulatedDisk disk) {
    try {
      RegfFile.write(disk, FILE, image(NEW));
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  private static SavedKey read(Storage storage) throws IOException {
    var builder = new SavedKey.Builder();
    RegfFile.read(storage, FILE, Strictness.STRICT, builder);
    return builder.root();
  }

  private static HiveImage image(SavedKey root) {
    return HiveWriter.write(SavedKey.VIEW, root, HiveFormat.STANDARD, 1);
  }

  private static SavedKey tree(String name, int values) {
    var all = new ArrayList<RegistryValue>();
    for (int i = 0; i < values; i++) {
      all.add(RegistryValue.binary("v" + i, new byte[1_000]));
    }
    var security = DescriptorBytes.of(new byte[20]);
    return SavedKey.of(new KeyInfo(name, "", 1, false, security), all, List.of());
  }
}
