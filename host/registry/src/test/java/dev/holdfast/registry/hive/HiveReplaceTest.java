package dev.holdfast.registry.hive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.holdfast.registry.Batch;
import dev.holdfast.registry.BatchRefusedException;
import dev.holdfast.registry.CommitException;
import dev.holdfast.registry.DescriptorBytes;
import dev.holdfast.registry.Effect;
import dev.holdfast.registry.Filetime;
import dev.holdfast.registry.InvalidBatchException;
import dev.holdfast.registry.KeyOptions;
import dev.holdfast.registry.KeyPath;
import dev.holdfast.registry.NotifyFilter;
import dev.holdfast.registry.RegistryKey;
import dev.holdfast.registry.RegistryValue;
import dev.holdfast.registry.Snapshot;
import dev.holdfast.registry.TreeCodec;
import dev.holdfast.registry.hive.SimulatedDisk.Operation;
import dev.holdfast.registry.hive.SimulatedDisk.Outcome;
import dev.holdfast.registry.hive.SimulatedDisk.Survives;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A key gets other contents, which are larger than what goes in one record. */
class HiveReplaceTest {
  private static final String FILE = "h.log";
  private static final HiveSettings SETTINGS =
      new HiveSettings(
          "replace", () -> new UUID(1, 2), HiveTimes.UNKNOWN, Long.MAX_VALUE / 4, 1_000);
  private static final KeyPath TARGET = KeyPath.of("a\\target");
  private static final KeyOptions OPTIONS =
      KeyOptions.PLAIN.withClassName("cls").withSecurity(DescriptorBytes.of(new byte[20])).asLink();
  private static final Batch BEFORE =
      Batch.builder()
          .createKey("a\\target\\both\\deep")
          .createKey("a\\target\\old")
          .set("a\\target", RegistryValue.sz("old", "value"))
          .build();
  private static final Batch REPLACE =
      Batch.builder()
          .replaceContents(TARGET, contents(40))
          .set("a", RegistryValue.sz("restored", "yes"))
          .build();
  private static final Batch AFTER = Batch.builder().createKey("after").build();

  /** Of about that many times 25 kB. */
  private static RegistryKey contents(int count) {
    RegistryKey.Builder builder =
        RegistryKey.builder("saved", new Filetime(1), OPTIONS)
            .add(RegistryValue.sz("new", "value"))
            .add(RegistryKey.builder("gone", new Filetime(3), KeyOptions.VOLATILE).build());
    builder.add(
        RegistryKey.builder("both", new Filetime(4), OPTIONS)
            .add(RegistryKey.builder("deep", new Filetime(5), KeyOptions.PLAIN).build())
            .build());
    for (int i = 0; i < count; i++) {
      builder.add(
          RegistryKey.builder("k" + i, new Filetime(2), KeyOptions.PLAIN)
              .add(RegistryValue.binary("v", new byte[25_000]))
              .build());
    }
    return builder.build();
  }

  @Test
  void theKeyHasTheNewContents_afterOpeningAndCompactingToo() throws Exception {
    var disk = new SimulatedDisk();
    try (Hive hive = Hive.create(disk, FILE, SETTINGS)) {
      hive.commit(BEFORE);
      hive.commit(REPLACE);
      assertReplaced(hive.snapshot());
      hive.commit(AFTER);
    }
    for (int i = 0; i < 2; i++) {
      try (Hive hive = Hive.open(disk, FILE, SETTINGS)) {
        assertThat(hive.snapshot().revision().number()).isEqualTo(3);
        assertReplaced(hive.snapshot());
        hive.compact();
      }
    }
  }

  private static void assertReplaced(Snapshot snapshot) {
    RegistryKey key = snapshot.key(TARGET).orElseThrow();
    assertThat(key.name()).isEqualTo("target");
    assertThat(key.options()).isEqualTo(OPTIONS);
    assertThat(key.revision().number()).isEqualTo(2);
    assertThat(key.values()).containsExactly(RegistryValue.sz("new", "value"));
    assertThat(key.subkey("old")).isEmpty();
    assertThat(key.subkey("gone")).as("it was volatile").isEmpty();
    assertThat(key.subkeyCount()).isEqualTo(41);
    RegistryKey one = key.subkey("K7").orElseThrow();
    assertThat(one.lastWritten().ticks()).isEqualTo(2);
    assertThat(one.revision().number()).isEqualTo(2);
    assertThat(snapshot.key("a").orElseThrow().revision().number()).isEqualTo(2);
  }

  @ParameterizedTest
  @EnumSource(Survives.class)
  void powerLostAtAnyOperation_leavesAllOrNothingOfIt(Survives survives) throws Exception {
    Snapshot[] expected = {
      Snapshot.EMPTY, Snapshot.EMPTY.apply(BEFORE), replaced(), replaced().apply(AFTER)
    };
    var random = new Random(survives.name().length());
    long crashes = 0;
    while (true) {
      var disk = new SimulatedDisk();
      long crashAt = crashes;
      disk.setFault((number, _) -> number == crashAt ? Outcome.POWER_LOST : Outcome.WORKS);
      long acknowledged = commitAll(disk);
      if (!disk.isDead()) {
        break;
      }
      String as = "power lost at operation %d".formatted(crashAt);
      SimulatedDisk found = disk.afterPowerLoss(survives, random);
      if (found.exists(FILE)) {
        try (Hive hive = Hive.open(found, FILE, SETTINGS)) {
          int revision = (int) hive.snapshot().revision().number();
          assertThat(revision).as(as).isBetween((int) acknowledged, (int) acknowledged + 1);
          assertThat(TreeCodec.same(hive.snapshot().root(), expected[revision].root()))
              .as(as)
              .isTrue();
          hive.commit(AFTER);
        }
        try (Hive hive = Hive.open(found, FILE, SETTINGS)) {
          assertThat(hive.report().cutBytes()).as(as).isZero();
        }
      } else {
        assertThat(acknowledged).as(as).isZero();
      }
      crashes++;
    }
    assertThat(crashes).as("operations at which the power was lost").isGreaterThan(15);
  }

  private static Snapshot replaced() throws BatchRefusedException {
    return Snapshot.EMPTY.apply(BEFORE).apply(REPLACE);
  }

  private static long commitAll(SimulatedDisk disk) {
    long acknowledged = 0;
    try (Hive hive = Hive.create(disk, FILE, SETTINGS)) {
      acknowledged = hive.commit(BEFORE).number();
      acknowledged = hive.commit(REPLACE).number();
      acknowledged = hive.commit(AFTER).number();
    } catch (IOException | CommitException e) {
      assertThat(disk.isDead()).as("failed with power: %s", e).isTrue();
    }
    return acknowledged;
  }

  /** The last record is the batch; without it the parts before it are whole, and worth nothing. */
  @Test
  void partsWithoutTheirBatch_areCutOffAndSaid() throws Exception {
    var disk = new SimulatedDisk();
    long before;
    long after;
    try (Hive hive = Hive.create(disk, FILE, SETTINGS)) {
      hive.commit(BEFORE);
      before = hive.status().logBytes();
      hive.commit(REPLACE);
      after = hive.status().logBytes();
    }
    byte[] file = content(disk, (int) after);

    try (Hive hive =
        Hive.open(SimulatedDisk.with(FILE, Arrays.copyOf(file, (int) after - 8)), FILE, SETTINGS)) {
      assertThat(hive.snapshot().revision().number()).isEqualTo(1);
      assertThat(hive.report().cutAt()).isEqualTo(before);
      assertThat(hive.snapshot().key("a\\target\\old")).isPresent();
    }
  }

  @Test
  void aPartThatIsDamaged_isRefusedWhenTheBatchWasAcknowledged() throws Exception {
    var disk = new SimulatedDisk();
    long before;
    int after;
    try (Hive hive = Hive.create(disk, FILE, SETTINGS)) {
      hive.commit(BEFORE);
      before = hive.status().logBytes();
      hive.commit(REPLACE);
      hive.commit(AFTER);
      after = (int) hive.status().logBytes();
    }
    byte[] file = content(disk, after);
    file[(int) before + 600_000]++;

    assertThatExceptionOfType(DamagedHiveException.class)
        .isThrownBy(() -> Hive.open(SimulatedDisk.with(FILE, file), FILE, SETTINGS))
        .withMessageContaining("had been acknowledged");
  }

  private static byte[] content(SimulatedDisk disk, int size) throws IOException {
    var bytes = ByteBuffer.allocate(size);
    try (StorageFile file = disk.open(FILE)) {
      file.read(0, bytes);
    }
    return bytes.array();
  }

  @Test
  void aDiskThatFails_takesAllOfItBack() throws Exception {
    var disk = new SimulatedDisk();
    try (Hive hive = Hive.create(disk, FILE, SETTINGS)) {
      hive.commit(BEFORE);
      var writes = new long[1];
      disk.setFault(
          (_, operation) ->
              operation == Operation.WRITE && ++writes[0] == 3 ? Outcome.HALF_DONE : Outcome.WORKS);

      assertThatExceptionOfType(CommitException.class).isThrownBy(() -> hive.commit(REPLACE));
      assertThat(hive.snapshot().revision().number()).isEqualTo(1);
    }
    try (Hive hive = Hive.open(disk, FILE, SETTINGS)) {
      assertThat(hive.snapshot().revision().number()).isEqualTo(1);
    }
  }

  @Test
  void effects_areAllKindsAtTheKey_andTheEndOfItsSubkeys() throws Exception {
    assertThat(Snapshot.EMPTY.apply(BEFORE).applied(REPLACE, Filetime.ZERO).effects())
        .containsExactly(
            new Effect.Deleted(TARGET.child("both")),
            new Effect.Deleted(TARGET.child("old")),
            new Effect.Changed(TARGET, NotifyFilter.NAME),
            new Effect.Changed(TARGET, NotifyFilter.ATTRIBUTES),
            new Effect.Changed(TARGET, NotifyFilter.LAST_SET),
            new Effect.Changed(TARGET, NotifyFilter.SECURITY),
            new Effect.Changed(KeyPath.of("a"), NotifyFilter.LAST_SET));
  }

  @Test
  void whatCannotBeReplaced_isRefused() throws Exception {
    Snapshot snapshot =
        Snapshot.EMPTY.apply(
            Batch.builder().createKey("a").createKey("v", KeyOptions.VOLATILE).build());
    RegistryKey contents = contents(1);
    RegistryKey deep = RegistryKey.builder("deep", Filetime.ZERO, KeyOptions.PLAIN).build();
    for (int i = 0; i < 512; i++) {
      deep = RegistryKey.builder("d", Filetime.ZERO, KeyOptions.PLAIN).add(deep).build();
    }

    assertRefused(snapshot, Batch.builder().replaceContents("none", contents), "no such key");
    assertRefused(snapshot, Batch.builder().replaceContents("v", contents), "it is volatile");
    assertRefused(snapshot, Batch.builder().replaceContents("a", deep), "DEPTH_MAX");
    assertRefused(
        snapshot,
        Batch.builder().replaceContents("", contents).replaceContents("", contents),
        "a batch does that for one key");
  }

  private static void assertRefused(Snapshot snapshot, Batch.Builder batch, String why) {
    assertThatExceptionOfType(InvalidBatchException.class)
        .isThrownBy(() -> snapshot.apply(batch.build()))
        .withMessageStartingWith("batch refused: cannot replace the contents of the key ")
        .withMessageContaining(why);
  }
}
