package dev.holdfast.registry.hive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.holdfast.registry.Batch;
import dev.holdfast.registry.CommitException;
import dev.holdfast.registry.Filetime;
import dev.holdfast.registry.KeyOptions;
import dev.holdfast.registry.RegistryKey;
import dev.holdfast.registry.RegistryValue;
import dev.holdfast.registry.Snapshot;
import dev.holdfast.registry.TreeCodec;
import dev.holdfast.registry.hive.SimulatedDisk.Outcome;
import dev.holdfast.registry.hive.SimulatedDisk.Survives;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Instant;
import java.util.Arrays;
import java.util.Objects;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Files of version 1 and 2, frozen as the programs of then wrote them. */
class UpgradeTest {
  private static final String FILE = "h.log";
  private static final HiveSettings SETTINGS =
      new HiveSettings(
          "upgrade", () -> new UUID(9, 9), HiveTimes.UNKNOWN, Long.MAX_VALUE / 4, 1_000);
  private static final Batch BATCH = Batch.builder().createKey("new").build();

  private byte[] old = {};

  @BeforeEach
  void read() throws IOException {
    old = frozen("/hive-version-1.log");
  }

  private static byte[] frozen(String name) throws IOException {
    try (InputStream resource =
        Objects.requireNonNull(UpgradeTest.class.getResourceAsStream(name))) {
      return resource.readAllBytes();
    }
  }

  /** Its tree is that of the second commit, and stands in the log. */
  @Test
  void ofVersion2_timesRevisionsAndClass_areThereToo() throws Exception {
    var disk = SimulatedDisk.with(FILE, frozen("/hive-version-2.log"));
    for (int i = 0; i < 2; i++) {
      try (Hive hive = Hive.open(disk, FILE, SETTINGS)) {
        Snapshot snapshot = hive.snapshot();
        assertThat(snapshot.revision().number()).isEqualTo(4);
        assertThat(snapshot.key("gone")).isEmpty();
        assertThat(snapshot.value("Größe\\жук", "漢"))
            .contains(RegistryValue.binary("漢", new byte[] {1, 2, 3}));
        RegistryKey late = snapshot.key("Software\\Late").orElseThrow();
        assertThat(late.className()).isEqualTo("a class");
        assertThat(late.revision().number()).isEqualTo(4);
        assertThat(late.lastWritten())
            .isEqualTo(Filetime.of(Instant.parse("2026-11-29T12:00:00Z")));
        assertThat(snapshot.key("Größe").orElseThrow().revision().number()).isEqualTo(2);
      }
    }
    assertThat(version(disk)).isEqualTo(3);
    assertThat(disk.names()).containsExactlyInAnyOrder(FILE, FILE + ".4.regf", FILE + ".4.digest");
  }

  @Test
  void ofVersion2_aTreeThatIsDamaged_isRefused() throws Exception {
    byte[] spoilt = frozen("/hive-version-2.log");
    spoilt[0x10c] ^= 1;

    assertThatExceptionOfType(DamagedHiveException.class)
        .isThrownBy(() -> Hive.open(SimulatedDisk.with(FILE, spoilt), FILE, SETTINGS))
        .withMessageContaining("a record of the tree is not what was written");
  }

  @Test
  void allThatWasInIt_isThere_withoutTimesAndOptions() throws Exception {
    var disk = SimulatedDisk.with(FILE, old);
    try (Hive hive = Hive.open(disk, FILE, SETTINGS)) {
      assertHasAll(hive.snapshot());
      assertThat(hive.report().replayedBatches()).as("it is a tree now").isZero();
      assertThat(hive.commit(BATCH).number()).isEqualTo(5);
    }

    assertThat(version(disk)).isEqualTo(3);
    assertThat(disk.exists(FILE + ".new")).isFalse();
    try (Hive hive = Hive.open(disk, FILE, SETTINGS)) {
      assertThat(hive.snapshot().key("new")).isPresent();
      assertThat(hive.snapshot().revision().number()).isEqualTo(5);
    }
  }

  @Test
  void aTornTail_isLeftBehind() throws Exception {
    byte[] torn = Arrays.copyOf(old, old.length - 24 - 60);

    try (Hive hive = Hive.open(SimulatedDisk.with(FILE, torn), FILE, SETTINGS)) {
      assertThat(hive.snapshot().revision().number()).isEqualTo(3);
      assertThat(hive.snapshot().value("Software\\Exchange", "Port")).isPresent();
    }
  }

  @Test
  void aDamagedOne_isRefusedAndLeftAsItIs() throws Exception {
    byte[] spoilt = old.clone();
    spoilt[0x162]++;
    var disk = SimulatedDisk.with(FILE, spoilt);

    assertThatExceptionOfType(DamagedHiveException.class)
        .isThrownBy(() -> Hive.open(disk, FILE, SETTINGS))
        .withMessageContaining("offset 320");
    assertThat(version(disk)).isEqualTo(1);
    assertThat(disk.exists(FILE + ".new")).isFalse();
  }

  @ParameterizedTest
  @EnumSource(Survives.class)
  void powerLostAtAnyOperation_losesNothing(Survives survives) throws Exception {
    var random = new Random(survives.name().length());
    long crashes = 0;
    while (true) {
      var disk = SimulatedDisk.with(FILE, old);
      long crashAt = crashes;
      var counted = new long[1];
      disk.setFault((_, _) -> counted[0]++ == crashAt ? Outcome.POWER_LOST : Outcome.WORKS);
      openAndCommit(disk);
      if (!disk.isDead()) {
        break;
      }
      SimulatedDisk found = disk.afterPowerLoss(survives, random);
      try (Hive hive = Hive.open(found, FILE, SETTINGS)) {
        assertHasAll(hive.snapshot());
      }
      crashes++;
    }
    assertThat(crashes).as("write, sync, rename, sync, and the commit").isGreaterThan(7);
  }

  private static void openAndCommit(SimulatedDisk disk) {
    try (Hive hive = Hive.open(disk, FILE, SETTINGS)) {
      hive.commit(BATCH);
    } catch (IOException | CommitException e) {
      assertThat(disk.isDead()).as("failed with power: %s", e).isTrue();
    }
  }

  private static void assertHasAll(Snapshot snapshot) throws CommitException {
    Snapshot expected =
        Snapshot.EMPTY
            .apply(
                Batch.builder()
                    .createKey("Software\\Exchange")
                    .set("Software\\Exchange", RegistryValue.sz("", "on"))
                    .set("Software\\Exchange", RegistryValue.dword("Port", 25))
                    .build())
            .apply(
                Batch.builder()
                    .createKey("Größe\\жук")
                    .set("Größe\\жук", RegistryValue.binary("漢", new byte[] {1, 2, 3}))
                    .createKey("gone")
                    .build())
            .apply(Batch.builder().deleteKey("gone").createKey("Software\\Late").build())
            .apply(
                Batch.builder()
                    .set("Software\\Late", RegistryValue.multiSz("list", "one", "two"))
                    .deleteValue("Software\\Exchange", "port")
                    .build());
    Snapshot old =
        snapshot.key("new").isPresent()
            ? snapshot.apply(Batch.builder().deleteKey("new").build())
            : snapshot;
    for (RegistryKey key : expected.root().subkeys()) {
      assertThat(TreeCodec.same(old.key(key.name()).orElseThrow(), key)).isTrue();
    }
    assertThat(old.root().subkeyCount()).isEqualTo(2);
    RegistryKey late = old.key("Software\\Late").orElseThrow();
    assertThat(late.lastWritten()).isEqualTo(Filetime.ZERO);
    assertThat(late.options()).isEqualTo(KeyOptions.PLAIN);
  }

  private static int version(SimulatedDisk disk) throws IOException {
    var header = ByteBuffer.allocate(12).order(ByteOrder.LITTLE_ENDIAN);
    try (StorageFile file = disk.open(FILE)) {
      file.read(0, header);
    }
    return header.getInt(8);
  }
}
