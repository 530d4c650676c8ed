package dev.holdfast.registry.hive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.registry.Batch;
import dev.holdfast.registry.CommitException;
import dev.holdfast.registry.HiveUnavailableException;
import dev.holdfast.registry.IndeterminateCommitException;
import dev.holdfast.registry.RandomBatches;
import dev.holdfast.registry.RandomBatches.History;
import dev.holdfast.registry.Revision;
import dev.holdfast.registry.Snapshot;
import dev.holdfast.registry.TreeCodec;
import dev.holdfast.registry.hive.SimulatedDisk.Operation;
import dev.holdfast.registry.hive.SimulatedDisk.Outcome;
import dev.holdfast.registry.hive.SimulatedDisk.Survives;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A disk that is full or broken: nothing is claimed, nothing acknowledged is lost. */
class HiveFailureTest {
  private static final String FILE = "h.log";
  private static final HiveSettings SETTINGS =
      new HiveSettings(
          "failure", () -> new UUID(7, 8), HiveTimes.UNKNOWN, Long.MAX_VALUE / 4, 2_000);
  private static final Batch A = Batch.builder().createKey("a").build();
  private static final Batch B = Batch.builder().createKey("b").build();

  private final SimulatedDisk disk = new SimulatedDisk();

  @Test
  void whenTheDiskIsFull_theBatchIsCertainlyNotCommittedAndTheHiveIsReadOnly() throws Exception {
    Hive hive = Hive.create(disk, FILE, SETTINGS);
    hive.commit(A);
    disk.setFault(failing(Outcome.FAILS, Operation.WRITE));

    assertThatExceptionOfType(HiveUnavailableException.class)
        .isThrownBy(() -> hive.commit(B))
        .withMessageContaining("batch not committed")
        .withMessageContaining("the hive failure is read-only")
        .withMessageContaining("No space left on device")
        .withMessageContaining("open the hive again");
    disk.setFault(SimulatedDisk.Fault.NONE);
    assertThatExceptionOfType(HiveUnavailableException.class).isThrownBy(() -> hive.commit(B));
    assertThat(hive.snapshot().key("a")).isPresent();
    assertThat(hive.snapshot().key("b")).isEmpty();
    assertThat(hive.status().readOnlyReason().orElseThrow()).contains("No space left");

    hive.close();
    try (Hive again = Hive.open(disk, FILE, SETTINGS)) {
      assertThat(again.snapshot().revision()).isEqualTo(new Revision(1));
      assertThat(again.report().cutBytes()).isZero();
      assertThat(again.commit(B)).isEqualTo(new Revision(2));
    }
  }

  @Test
  void whenAWriteIsCutShort_whatThereIsOfItIsTakenBack() throws Exception {
    Hive hive = Hive.create(disk, FILE, SETTINGS);
    hive.commit(A);
    disk.setFault(failing(Outcome.HALF_DONE, Operation.WRITE));

    assertThatExceptionOfType(HiveUnavailableException.class).isThrownBy(() -> hive.commit(B));

    assertThat(disk.content(FILE)).hasSize((int) hive.status().logBytes());
  }

  @Test
  void whenASyncFails_nobodyKnows_andNothingMoreIsTaken() throws Exception {
    Hive hive = Hive.create(disk, FILE, SETTINGS);
    hive.commit(A);
    disk.setFault(failing(Outcome.FAILS, Operation.SYNC));

    assertThatExceptionOfType(IndeterminateCommitException.class)
        .isThrownBy(() -> hive.commit(B))
        .withMessageContaining("nobody knows whether the batch is committed")
        .withMessageContaining("could not be synced");
    assertThatExceptionOfType(HiveUnavailableException.class).isThrownBy(() -> hive.commit(B));
    assertThat(hive.snapshot().revision()).isEqualTo(new Revision(1));
  }

  @Test
  void whenWhatWasWrittenCannotBeTakenBack_nobodyKnows() throws Exception {
    Hive hive = Hive.create(disk, FILE, SETTINGS);
    disk.setFault(failing(Outcome.HALF_DONE, Operation.WRITE, Operation.TRUNCATE));

    assertThatExceptionOfType(IndeterminateCommitException.class).isThrownBy(() -> hive.commit(B));
  }

  @ParameterizedTest
  @EnumSource(
      value = Outcome.class,
      names = {"FAILS", "HALF_DONE", "DONE_BUT_FAILS"})
  void atEveryOperation_nothingAcknowledgedIsLostAndNothingIsClaimed(Outcome outcome)
      throws IOException {
    long seed = 515L + outcome.name().length();
    History history = RandomBatches.history(seed, 60);
    var random = new Random(seed);
    for (long failAt = 0; ; failAt++) {
      var failing = new SimulatedDisk();
      long number = failAt;
      failing.setFault((n, _) -> n == number ? outcome : Outcome.WORKS);
      String as = "seed %d, %s at operation %d".formatted(seed, outcome, failAt);
      long acknowledged = commitAll(failing, history, as);
      if (failing.operations() <= failAt) {
        assertThat(failAt).isGreaterThan(100);
        return;
      }
      for (Survives survives : Survives.values()) {
        SimulatedDisk found = failing.afterPowerLoss(survives, random);
        check(found, history, acknowledged, as + ", then the power lost, " + survives);
      }
    }
  }

  /** Returns what was acknowledged; the hive is left as it is, as by a kill. */
  private static long commitAll(SimulatedDisk failing, History history, String as) {
    long acknowledged = 0;
    try {
      Hive hive = Hive.create(failing, FILE, SETTINGS);
      for (Batch batch : history.batches()) {
        try {
          acknowledged = hive.commit(batch).number();
        } catch (CommitException e) {
          assertThat(hive.status().readOnlyReason()).as(as).isPresent();
          assertThat(hive.snapshot().revision().number()).as(as).isEqualTo(acknowledged);
        }
        if (acknowledged == 30 && hive.status().readOnlyReason().isEmpty()) {
          compact(hive, as);
        }
      }
    } catch (IOException e) {
      assertThat(acknowledged).as(as).isZero();
    }
    return acknowledged;
  }

  private static void compact(Hive hive, String as) {
    try {
      hive.compact();
    } catch (IOException e) {
      assertThat(e).as(as).hasMessageContaining("simulated");
    }
  }

  private static void check(SimulatedDisk found, History history, long acknowledged, String as)
      throws IOException {
    if (acknowledged == 0 && !found.exists(FILE)) {
      return;
    }
    try (Hive hive = Hive.open(found, FILE, SETTINGS)) {
      long revision = hive.snapshot().revision().number();
      // At most the one batch of which nobody knows.
      assertThat(revision).as(as).isBetween(acknowledged, acknowledged + 1);
      Snapshot expected = history.snapshots().get((int) revision);
      assertThat(TreeCodec.same(hive.snapshot().root(), expected.root())).as(as).isTrue();
    }
  }

  @Test
  void whenACompactionFails_theHiveGoesOnWithTheFileItHas() throws Exception {
    Hive hive = Hive.create(disk, FILE, SETTINGS);
    hive.commit(A);
    disk.setFault(failing(Outcome.FAILS, Operation.WRITE));

    assertThatIOException().isThrownBy(hive::compact).withMessageContaining("No space left");
    disk.setFault(SimulatedDisk.Fault.NONE);

    assertThat(hive.commit(B)).isEqualTo(new Revision(2));
    hive.close();
    try (Hive again = Hive.open(disk, FILE, SETTINGS)) {
      assertThat(again.snapshot().key("b")).isPresent();
    }
  }

  @Test
  void whenTheNewFileCannotBePutInPlace_theHiveIsReadOnly() throws Exception {
    Hive hive = Hive.create(disk, FILE, SETTINGS);
    hive.commit(A);
    // After those of the snapshot's two files it is the log's turn.
    var syncs = new int[1];
    disk.setFault(
        (_, operation) ->
            operation == Operation.SYNC_DIRECTORY && ++syncs[0] == 3
                ? Outcome.FAILS
                : Outcome.WORKS);

    assertThatIOException().isThrownBy(hive::compact);

    assertThatExceptionOfType(HiveUnavailableException.class)
        .isThrownBy(() -> hive.commit(B))
        .withMessageContaining("its rewritten file could not be put in place");
  }

  @Test
  void whenTheDiskIsFullAtTheOpening_theHiveIsReadable() throws Exception {
    try (Hive hive = Hive.create(disk, FILE, SETTINGS)) {
      hive.commit(A);
    }
    // As after a kill: without the mark of a close.
    byte[] content = disk.content(FILE);
    SimulatedDisk full =
        SimulatedDisk.with(
            FILE, Arrays.copyOf(content, content.length - LogFormat.RECORD_HEADER_BYTES));
    full.setFault(failing(Outcome.FAILS, Operation.WRITE));

    try (Hive hive = Hive.open(full, FILE, SETTINGS)) {
      assertThat(hive.snapshot().key("a")).isPresent();
      assertThat(hive.status().readOnlyReason().orElseThrow()).contains("when it was opened");
      assertThatExceptionOfType(HiveUnavailableException.class).isThrownBy(() -> hive.commit(B));
    }
  }

  @Test
  void whatWasSubmittedWithoutWaitingIsToldToo() throws Exception {
    try (Hive hive = Hive.create(disk, FILE, SETTINGS)) {
      disk.setFault(failing(Outcome.FAILS, Operation.SYNC));
      List<CompletableFuture<Revision>> futures = new ArrayList<>();
      for (int i = 0; i < 50; i++) {
        futures.add(hive.submit(Batch.builder().createKey("k" + i).build()));
      }

      for (CompletableFuture<Revision> future : futures) {
        assertThatThrownBy(future::join)
            .isInstanceOf(CompletionException.class)
            .cause()
            .isInstanceOfAny(IndeterminateCommitException.class, HiveUnavailableException.class);
      }
      assertThat(hive.snapshot().revision()).isEqualTo(Revision.ZERO);
      assertThat(hive.snapshot().root().subkeyCount()).isZero();
    }
  }

  private static SimulatedDisk.Fault failing(Outcome outcome, Operation... operations) {
    Set<Operation> failing = EnumSet.copyOf(List.of(operations));
    return (_, operation) -> failing.contains(operation) ? outcome : Outcome.WORKS;
  }
}
