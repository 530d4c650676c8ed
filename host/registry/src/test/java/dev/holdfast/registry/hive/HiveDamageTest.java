package dev.holdfast.registry.hive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.holdfast.registry.Batch;
import dev.holdfast.registry.RandomBatches;
import dev.holdfast.registry.RandomBatches.History;
import dev.holdfast.registry.RegistryValue;
import dev.holdfast.registry.Snapshot;
import dev.holdfast.registry.TreeCodec;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A log that is not what was written is refused and named, unless it is the torn tail; a snapshot
 * that is not is passed over and named.
 */
class HiveDamageTest {
  private static final String FILE = "h.log";
  private static final HiveSettings SETTINGS =
      new HiveSettings("damage", () -> new UUID(3, 4), HiveTimes.UNKNOWN, Long.MAX_VALUE / 4, 256);
  private static final int BATCHES = 16;
  private static final int BASE = 5;
  private static final int NEWEST = 10;
  private static final String NEWEST_REGF = "h.log.10.regf";
  private static final String NEWEST_DIGEST = "h.log.10.digest";

  private final History history = RandomBatches.history(9, BATCHES);
  private Map<String, byte[]> files = Map.of();
  private byte[] closed = {};
  private byte[] killed = {};
  private long lastGroup;

  @BeforeEach
  void writeOneThatWasClosedAndOneThatWasNot() throws Exception {
    var disk = new SimulatedDisk();
    Hive hive = Hive.create(disk, FILE, SETTINGS);
    for (Batch batch : history.batches()) {
      lastGroup = hive.status().logBytes();
      long revision = hive.commit(batch).number();
      if (revision == BASE || revision == NEWEST) {
        hive.compact();
      }
    }
    killed = disk.content(FILE);
    hive.close();
    closed = disk.content(FILE);
    files = disk.files();
  }

  @Test
  void theFilesAreTheLogAndTwoSnapshots() {
    assertThat(files)
        .containsOnlyKeys(FILE, "h.log.5.regf", "h.log.5.digest", NEWEST_REGF, NEWEST_DIGEST);
  }

  @ParameterizedTest
  @ValueSource(strings = {NEWEST_REGF, NEWEST_DIGEST})
  void theNewestSnapshot_aFlippedByteAnywhere_isNamed_andTheOneBeforeCounts(String name)
      throws IOException {
    byte[] good = file(name);
    for (int at = 0; at < good.length; at += name.equals(NEWEST_REGF) ? 61 : 1) {
      try (Hive hive = Hive.open(with(name, flipped(good, at, 0x20)), FILE, SETTINGS)) {
        assertState(new Found(null, hive.snapshot(), 0), BATCHES, at);
        assertThat(hive.report().refusedSnapshot().orElseThrow()).startsWith(name);
        assertThat(hive.report().replayedBatches()).isEqualTo(BATCHES - BASE);
      }
    }
  }

  @Test
  void aSnapshotThatIsNotUsed_isFollowedByAnotherOne() throws IOException {
    SimulatedDisk disk = with(NEWEST_REGF, flipped(file(NEWEST_REGF), 700, 1));
    try (Hive hive = Hive.open(disk, FILE, SETTINGS)) {
      // One is under way; this waits for it, if it has not come to its end.
      hive.compact();
    }
    try (Hive hive = Hive.open(disk, FILE, SETTINGS)) {
      assertThat(hive.report().refusedSnapshot()).isEmpty();
      assertThat(hive.report().replayedBatches()).isZero();
      assertState(new Found(null, hive.snapshot(), 0), BATCHES, 700);
    }
    assertThat(disk.names())
        .containsExactlyInAnyOrder(
            FILE, "h.log.5.regf", "h.log.5.digest", "h.log.16.regf", "h.log.16.digest");
  }

  @Test
  void theNewestSnapshot_missingOrCut_isNamed() throws IOException {
    var without = new HashMap<>(files);
    without.remove(NEWEST_DIGEST);
    try (Hive hive = Hive.open(SimulatedDisk.with(without), FILE, SETTINGS)) {
      assertThat(hive.report().remark())
          .contains("h.log.10.digest is not what was written and was not used (there is no such")
          .contains("the snapshot of revision 5 and the log have all that was in it");
    }
    byte[] cut = Arrays.copyOf(file(NEWEST_REGF), 4_096);
    try (Hive hive = Hive.open(with(NEWEST_REGF, cut), FILE, SETTINGS)) {
      assertThat(hive.report().refusedSnapshot().orElseThrow()).contains("it has 4,096 bytes");
      assertState(new Found(null, hive.snapshot(), 0), BATCHES, 0);
    }
  }

  @Test
  void bothSnapshotsDamaged_isRefused_andNamesBoth() {
    Map<String, byte[]> both = new HashMap<>(files);
    for (String name : List.of("h.log.5.regf", NEWEST_REGF)) {
      both.put(name, flipped(file(name), 5_000, 1));
    }

    assertThatExceptionOfType(DamagedHiveException.class)
        .isThrownBy(() -> Hive.open(SimulatedDisk.with(both), FILE, SETTINGS))
        .withMessageContaining("h.log.10.regf is damaged at offset 0 (snapshot): its SHA-256 is ")
        .withMessageContaining("; and the one before, h.log.5.regf: its SHA-256 is ")
        .satisfies(e -> assertThat(e.part()).isEqualTo(HivePart.SNAPSHOT));
  }

  @Test
  void aSnapshotOfAnotherHive_isNotUsed() throws Exception {
    var other = new SimulatedDisk();
    var settings =
        new HiveSettings("other", () -> new UUID(5, 6), HiveTimes.UNKNOWN, Long.MAX_VALUE / 4, 0);
    try (Hive hive = Hive.create(other, FILE, settings)) {
      for (int i = 0; i < NEWEST; i++) {
        hive.commit(Batch.builder().createKey("Foreign" + i).build());
      }
      hive.compact();
    }
    var spliced = new HashMap<>(files);
    spliced.put(NEWEST_REGF, other.content(NEWEST_REGF));
    spliced.put(NEWEST_DIGEST, other.content(NEWEST_DIGEST));

    try (Hive hive = Hive.open(SimulatedDisk.with(spliced), FILE, SETTINGS)) {
      assertThat(hive.report().refusedSnapshot().orElseThrow()).contains("another hive");
      assertState(new Found(null, hive.snapshot(), 0), BATCHES, 0);
    }
  }

  private byte[] file(String name) {
    return Objects.requireNonNull(files.get(name));
  }

  private SimulatedDisk with(String name, byte[] content) {
    var changed = new HashMap<>(files);
    changed.put(name, content);
    return SimulatedDisk.with(changed);
  }

  @ParameterizedTest
  @ValueSource(ints = {0x01, 0x80})
  void closed_aFlippedByteAnywhere_isRefusedOrHurtsNothing(int mask) throws IOException {
    int refused = 0;
    for (int at = 0; at < closed.length; at++) {
      Found found = open(flipped(closed, at, mask));
      if (found.damage() != null) {
        assertNames(found.damage(), at);
        refused++;
      } else {
        assertState(found, BATCHES, at);
      }
    }
    // All but the mark that says it was closed, of which nothing depends.
    assertThat(refused).isEqualTo(closed.length - LogFormat.RECORD_HEADER_BYTES);
  }

  @ParameterizedTest
  @ValueSource(ints = 0x40)
  void killed_aFlippedByte_isRefusedUnlessItIsInTheLastGroup(int mask) throws IOException {
    for (int at = 0; at < killed.length; at++) {
      Found found = open(flipped(killed, at, mask));
      if (at < lastGroup) {
        assertThat(found.damage()).as("flipped at %d", at).isNotNull();
        assertNames(found.damage(), at);
      } else if (found.snapshot().revision().number() == BATCHES) {
        // In the room behind the records.
        assertState(found, BATCHES, at);
      } else {
        assertState(found, BATCHES - 1, at);
        assertThat(found.cutBytes()).as("flipped at %d", at).isPositive();
      }
    }
  }

  @Test
  void cutAnywhere_isRefusedOrShowsAPrefix() throws IOException {
    for (int length = 0; length < killed.length; length++) {
      Found found = open(Arrays.copyOf(killed, length));
      if (found.damage() == null) {
        long revision = found.snapshot().revision().number();
        assertThat(revision).isBetween((long) NEWEST, (long) BATCHES);
        assertState(found, revision, length);
      } else {
        assertThat(found.damage().getMessage())
            .containsAnyOf("the file ends in its header", "it ends at revision ");
      }
    }
  }

  @Test
  void closed_cutInAnAcknowledgedRecord_isOnlyATornTail_whichNobodyCanTell() throws IOException {
    Found found = open(Arrays.copyOf(closed, (int) lastGroup + 5));

    assertState(found, BATCHES - 1, (int) lastGroup);
    assertThat(found.cutBytes()).isEqualTo(5);
  }

  @Test
  void aPageOfZerosInTheMiddle_isRefused() throws IOException {
    byte[] zeroed = closed.clone();
    Arrays.fill(zeroed, (int) lastGroup - 100, (int) lastGroup + 10, (byte) 0);

    assertThat(open(zeroed).damage())
        .hasMessageContaining("shows that this one had been acknowledged");
  }

  @Test
  void aRecordOfAnotherHive_isNoRecord() throws Exception {
    var disk = new SimulatedDisk();
    var other =
        new HiveSettings("other", () -> new UUID(5, 6), HiveTimes.UNKNOWN, Long.MAX_VALUE / 4, 0);
    try (Hive hive = Hive.create(disk, FILE, other)) {
      hive.commit(Batch.builder().createKey("Foreign").build());
    }
    byte[] foreign = disk.content(FILE);
    byte[] spliced = Arrays.copyOf(killed, killed.length + foreign.length);
    int end = contentEnd(killed);
    System.arraycopy(foreign, 128, spliced, end, foreign.length - 128);

    Found found = open(spliced);

    assertState(found, BATCHES, end);
    assertThat(found.cutBytes()).isPositive();
  }

  @Test
  void aValueThatLooksLikeALaterRecord_doesNotPassForOne() throws Exception {
    // Whoever can set values can copy a record, but does not know the hive's id.
    var disk = new SimulatedDisk();
    Hive hive = Hive.create(disk, FILE, SETTINGS);
    var forged = ByteBuffer.allocate(64).order(ByteOrder.LITTLE_ENDIAN);
    LogFormat.put(forged, new byte[16], LogFormat.Kind.MARK, 99, 0, ByteBuffer.allocate(0));
    hive.commit(
        Batch.builder().set("", RegistryValue.binary("v".repeat(7), forged.array())).build());
    byte[] torn = disk.content(FILE);
    torn[(int) hive.report().cutAt() + 5] ^= 1;

    try (Hive found = Hive.open(SimulatedDisk.with(FILE, torn), FILE, SETTINGS)) {
      assertThat(found.snapshot().revision().number()).isZero();
    }
  }

  @Test
  void aNewerFormat_isRefusedAsSuch() throws IOException {
    byte[] newer = closed.clone();
    var header = ByteBuffer.wrap(newer).order(ByteOrder.LITTLE_ENDIAN).putInt(8, 4);
    var crc = new CRC32C();
    crc.update(newer, 0, 124);
    header.putInt(124, (int) crc.getValue());

    assertThatExceptionOfType(UnsupportedHiveException.class)
        .isThrownBy(() -> Hive.open(SimulatedDisk.with(FILE, newer), FILE, SETTINGS))
        .withMessageContaining("h.log has format version 4, this program knows versions 1 to 3");
  }

  @Test
  void anEmptyFileAndAForeignOne_areRefused() throws IOException {
    assertThat(open(new byte[0]).damage()).hasMessageContaining("the file ends in its header");
    assertThat(open(new byte[4_096]).damage())
        .hasMessageContaining("it does not begin as a hive does")
        .hasMessageContaining("h.log is damaged at offset 0");
  }

  @Test
  void aDamagedFileIsLeftAsItIs() throws IOException {
    byte[] damaged = flipped(closed, (int) lastGroup - 40, 1);
    SimulatedDisk disk = with(FILE, damaged);

    assertThatExceptionOfType(DamagedHiveException.class)
        .isThrownBy(() -> Hive.open(disk, FILE, SETTINGS));

    assertThat(disk.content(FILE)).isEqualTo(damaged);
    assertThat(disk.operations()).isZero();
  }

  private record Found(@Nullable DamagedHiveException damage, Snapshot snapshot, long cutBytes) {}

  private Found open(byte[] log) throws IOException {
    try (Hive hive = Hive.open(with(FILE, log), FILE, SETTINGS)) {
      return new Found(null, hive.snapshot(), hive.report().cutBytes());
    } catch (DamagedHiveException e) {
      return new Found(e, Snapshot.EMPTY, 0);
    }
  }

  private void assertState(Found found, long revision, int at) {
    assertThat(found.damage()).as("at %d", at).isNull();
    assertThat(found.snapshot().revision().number()).as("at %d", at).isEqualTo(revision);
    Snapshot expected = history.snapshots().get((int) revision);
    assertThat(TreeCodec.same(found.snapshot().root(), expected.root())).as("at %d", at).isTrue();
  }

  private static void assertNames(@Nullable DamagedHiveException damage, int at) {
    assertThat(damage).hasMessageContaining("h.log is damaged at offset ");
    if (damage != null) {
      assertThat(damage.file()).isEqualTo(FILE);
      assertThat(damage.part())
          .as("named for a flip at %d", at)
          .isEqualTo(at < LogFormat.HEADER_BYTES ? HivePart.HEADER : HivePart.LOG);
      assertThat(damage.offset()).as("named for a flip at %d", at).isLessThanOrEqualTo(at);
    }
  }

  private static int contentEnd(byte[] bytes) {
    int end = bytes.length;
    while (bytes[end - 1] == 0) {
      end--;
    }
    return (int) LogFormat.aligned(end);
  }

  private static byte[] flipped(byte[] bytes, int at, int mask) {
    byte[] flipped = bytes.clone();
    flipped[at] ^= (byte) mask;
    return flipped;
  }
}
