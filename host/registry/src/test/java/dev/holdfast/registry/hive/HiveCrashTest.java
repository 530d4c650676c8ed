package dev.holdfast.registry.hive;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.registry.Batch;
import dev.holdfast.registry.CommitException;
import dev.holdfast.registry.HiveUnavailableException;
import dev.holdfast.registry.IndeterminateCommitException;
import dev.holdfast.registry.RandomBatches;
import dev.holdfast.registry.RandomBatches.History;
import dev.holdfast.registry.RegistryKey;
import dev.holdfast.registry.Revision;
import dev.holdfast.registry.Snapshot;
import dev.holdfast.registry.TreeCodec;
import dev.holdfast.registry.hive.SimulatedDisk.Outcome;
import dev.holdfast.registry.hive.SimulatedDisk.Survives;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The power is lost at every write and every sync; what is found is compared with the model.
 *
 * <p>{@code -Dholdfast.crash.batches=N} writes so many batches; the time it takes grows with their
 * square.
 */
class HiveCrashTest {
  private static final String FILE = "h.log";
  private static final HiveSettings SETTINGS =
      new HiveSettings("crash", () -> new UUID(1, 2), HiveTimes.UNKNOWN, Long.MAX_VALUE / 4, 1_000);
  private static final int BATCHES = Integer.getInteger("holdfast.crash.batches", 200);
  private static final int COMPACT_EVERY = 67;

  /** What the submitter knew when the power was lost. */
  private record Known(long acknowledged, long submitted) {}

  @ParameterizedTest
  @EnumSource(Survives.class)
  void atEveryOperation_nothingAcknowledgedIsLost(Survives survives) throws IOException {
    long seed = 4711L + survives.name().length();
    History history = RandomBatches.history(seed, BATCHES);
    var random = new Random(seed);
    long crashes = 0;
    while (true) {
      var disk = new SimulatedDisk();
      long crashAt = crashes;
      disk.setFault((number, _) -> number == crashAt ? Outcome.POWER_LOST : Outcome.WORKS);
      Known known = commitAll(disk, history);
      if (!disk.isDead()) {
        break;
      }
      String as = "seed %d, power lost at operation %d".formatted(seed, crashAt);
      SimulatedDisk found = disk.afterPowerLoss(survives, random);
      checkAndGoOn(found, history, known, as);
      crashes++;
    }
    System.out.printf(
        "%d batches, %s survives: power lost at each of %,d operations%n",
        BATCHES, survives, crashes);
    assertThat(crashes).as("operations at which the power was lost").isGreaterThan(2L * BATCHES);
  }

  /** One after the other, with compactions, and a close in the middle. */
  private static Known commitAll(SimulatedDisk disk, History history) {
    long acknowledged = 0;
    long submitted = 0;
    @Nullable Hive hive = null;
    try {
      hive = Hive.create(disk, FILE, SETTINGS);
      for (Batch batch : history.batches()) {
        submitted++;
        acknowledged = hive.commit(batch).number();
        if (acknowledged % COMPACT_EVERY == 0) {
          hive.compact();
        }
        if (acknowledged == BATCHES / 2) {
          hive.close();
          hive = Hive.open(disk, FILE, SETTINGS);
        }
      }
    } catch (IOException | CommitException e) {
      assertThat(disk.isDead()).as("failed with power: %s", e).isTrue();
    } finally {
      // Also without power: else a thousand hives keep their threads and trees.
      if (hive != null) {
        hive.close();
      }
    }
    return new Known(acknowledged, submitted);
  }

  private static void checkAndGoOn(SimulatedDisk found, History history, Known known, String as)
      throws IOException {
    if (!found.exists(FILE)) {
      assertThat(known.acknowledged()).as(as).isZero();
      return;
    }
    long revision;
    try (Hive hive = Hive.open(found, FILE, SETTINGS)) {
      revision = check(hive.snapshot(), history, known, as);
      if (revision < history.batches().size()) {
        Revision next = hive.commit(history.batches().get((int) revision));
        assertThat(next.number()).as(as).isEqualTo(revision + 1);
      }
    } catch (CommitException e) {
      throw new AssertionError(as, e);
    }
    try (Hive again = Hive.open(found, FILE, SETTINGS)) {
      long last = Math.min(revision + 1, history.batches().size());
      check(again.snapshot(), history, new Known(last, last), as + ", then opened again");
      assertThat(again.report().cutBytes()).as(as).isZero();
      assertThat(again.report().closedCleanly()).as(as).isTrue();
    }
  }

  private static long check(Snapshot found, History history, Known known, String as) {
    long revision = found.revision().number();
    assertThat(revision).as(as).isBetween(known.acknowledged(), known.submitted());
    Snapshot expected = history.snapshots().get((int) revision);
    assertThat(TreeCodec.same(found.root(), expected.root())).as(as).isTrue();
    return revision;
  }

  @ParameterizedTest
  @ValueSource(longs = {81, 82, 83, 84, 85, 86, 87, 88, 89, 90})
  void inGroups_nothingAcknowledgedIsLostAndNoneIsHalfThere(long seed) throws IOException {
    History history = RandomBatches.history(seed, BATCHES);
    var random = new Random(seed);
    for (int run = 0; run < 30; run++) {
      var disk = new SimulatedDisk();
      long crashAt = 8L + random.nextInt(80);
      disk.setFault((number, _) -> number == crashAt ? Outcome.POWER_LOST : Outcome.WORKS);
      Known known = submitAll(disk, history, random);
      String as = "seed %d, run %d, power lost at operation %d".formatted(seed, run, crashAt);
      checkAndGoOn(disk.afterPowerLoss(Survives.SOME, random), history, known, as);
    }
  }

  /** Many at a time, so that groups of several records are cut. */
  private static Known submitAll(SimulatedDisk disk, History history, Random random)
      throws IOException {
    long acknowledged = 0;
    int submitted = 0;
    try (Hive hive = Hive.create(disk, FILE, SETTINGS)) {
      while (submitted < history.batches().size() && acknowledged == submitted) {
        int count = Math.min(1 + random.nextInt(20), history.batches().size() - submitted);
        List<CompletableFuture<Revision>> futures = new ArrayList<>();
        for (int i = 0; i < count; i++) {
          futures.add(hive.submit(history.batches().get(submitted++)));
        }
        for (CompletableFuture<Revision> future : futures) {
          acknowledged = Math.max(acknowledged, acknowledgement(future));
        }
      }
    }
    return new Known(acknowledged, submitted);
  }

  /** With compactions; the volatile keys are gone, and all else is as it was. */
  @ParameterizedTest
  @ValueSource(longs = {91, 92, 93, 94, 95, 96, 97, 98})
  void withVolatileKeys_nothingElseIsLost(long seed) throws IOException {
    History history = RandomBatches.historyWithVolatile(seed, BATCHES);
    var random = new Random(seed);
    for (int run = 0; run < 20; run++) {
      var disk = new SimulatedDisk();
      long crashAt = 8L + random.nextInt(2 * BATCHES);
      disk.setFault((number, _) -> number == crashAt ? Outcome.POWER_LOST : Outcome.WORKS);
      long acknowledged = 0;
      try (Hive hive = Hive.create(disk, FILE, SETTINGS)) {
        for (Batch batch : history.batches()) {
          acknowledged = hive.commit(batch).number();
          if (acknowledged % COMPACT_EVERY == 0) {
            hive.compact();
          }
        }
      } catch (IOException | CommitException e) {
        assertThat(disk.isDead()).as("failed with power: %s", e).isTrue();
      }
      String as = "seed %d, power lost at operation %d".formatted(seed, crashAt);
      try (Hive hive = Hive.open(disk.afterPowerLoss(Survives.SOME, random), FILE, SETTINGS)) {
        long revision = check(hive.snapshot(), history, new Known(acknowledged, BATCHES), as);
        assertThat(revision).as(as).isBetween(acknowledged, acknowledged + 1);
        assertNoneIsVolatile(hive.snapshot().root());
      }
    }
  }

  private static void assertNoneIsVolatile(RegistryKey key) {
    assertThat(key.isVolatile()).as("%s", key).isFalse();
    key.subkeys().forEach(HiveCrashTest::assertNoneIsVolatile);
  }

  private static long acknowledgement(CompletableFuture<Revision> future) {
    try {
      return future.join().number();
    } catch (CompletionException e) {
      assertThat(e.getCause())
          .isInstanceOfAny(IndeterminateCommitException.class, HiveUnavailableException.class);
      return 0;
    }
  }

  @Test
  void aTornTailIsSaid() throws Exception {
    var disk = new SimulatedDisk();
    Hive hive = Hive.create(disk, FILE, SETTINGS);
    hive.commit(Batch.builder().createKey("a").build());
    long written = hive.status().logBytes();
    disk.setFault(
        (_, operation) ->
            operation == SimulatedDisk.Operation.WRITE ? Outcome.POWER_LOST : Outcome.WORKS);
    try {
      hive.commit(Batch.builder().createKey("b").build());
    } catch (CommitException e) {
      assertThat(e).isInstanceOf(IndeterminateCommitException.class);
    }

    var found = disk.afterPowerLoss(Survives.EVERYTHING, new Random(1));
    try (Hive again = Hive.open(found, FILE, SETTINGS)) {
      assertThat(again.report().cutAt()).isEqualTo(written);
      assertThat(again.report().cutBytes()).isPositive();
      assertThat(again.report().closedCleanly()).isFalse();
      assertThat(again.report().remark())
          .contains("cut " + again.report().cutBytes() + " bytes of an unfinished write")
          .contains("from offset " + written);
    }
  }
}
