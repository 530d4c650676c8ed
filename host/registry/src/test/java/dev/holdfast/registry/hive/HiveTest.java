package dev.holdfast.registry.hive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.registry.Batch;
import dev.holdfast.registry.Commit;
import dev.holdfast.registry.CommitException;
import dev.holdfast.registry.HiveUnavailableException;
import dev.holdfast.registry.InvalidBatchException;
import dev.holdfast.registry.Limits;
import dev.holdfast.registry.PreconditionFailedException;
import dev.holdfast.registry.RandomBatches;
import dev.holdfast.registry.RegistryValue;
import dev.holdfast.registry.Revision;
import dev.holdfast.registry.Snapshot;
import dev.holdfast.registry.TreeCodec;
import dev.holdfast.registry.Watcher;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** On a real directory. */
@Timeout(120)
class HiveTest {
  private static final String FILE = "software.log";
  private static final HiveSettings SETTINGS = HiveSettings.named("software", HiveTimes.UNKNOWN);
  private static final Batch BATCH = Batch.builder().createKey("k").build();

  @TempDir private Path directory;

  @Test
  void whatWasCommittedIsThereAfterClosingAndOpening() throws Exception {
    RandomBatches.History history = RandomBatches.history(77, 500);
    try (Hive hive = create()) {
      for (Batch batch : history.batches()) {
        hive.commit(batch);
      }
    }

    try (Hive hive = open()) {
      Snapshot expected = history.snapshots().getLast();
      assertThat(hive.snapshot().revision()).isEqualTo(expected.revision());
      assertThat(TreeCodec.same(hive.snapshot().root(), expected.root())).isTrue();
      assertThat(hive.report().closedCleanly()).isTrue();
      assertThat(hive.report().replayedBatches()).isEqualTo(500);
    }
  }

  @Test
  void aCompactedHiveIsTheSame_andItsLogBeginsAtTheSnapshotBefore() throws Exception {
    RandomBatches.History history = RandomBatches.history(78, 500);
    try (Hive hive = create()) {
      for (Batch batch : history.batches()) {
        long last = hive.commit(batch).number();
        if (last == 400) {
          hive.compact();
          hive.compact();
        }
      }
      long before = hive.status().logBytes();

      hive.compact();

      assertThat(hive.status().logBytes()).isLessThan(before / 2);
      assertThat(hive.status().compactions()).as("one had nothing to do").isEqualTo(2);
      hive.commit(BATCH);
    }
    try (Hive hive = open()) {
      Snapshot expected = history.snapshots().getLast().apply(BATCH);
      assertThat(TreeCodec.same(hive.snapshot().root(), expected.root())).isTrue();
      assertThat(hive.report().replayedBatches()).isEqualTo(1);
    }
    try (var files = Files.list(directory)) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .containsExactlyInAnyOrder(
              FILE,
              FILE + ".400.regf",
              FILE + ".400.digest",
              FILE + ".500.regf",
              FILE + ".500.digest");
    }
  }

  @Test
  void aHiveThatIsDeleted_leavesNothing() throws Exception {
    try (Hive hive = create()) {
      hive.commit(BATCH);
      hive.compact();
    }
    Files.writeString(directory.resolve("another.1.regf"), "");

    Hive.delete(new DirectoryStorage(directory), FILE);

    try (var files = Files.list(directory)) {
      assertThat(files).containsExactly(directory.resolve("another.1.regf"));
    }
  }

  @Test
  void compactsByItselfWhileManyWrite() throws Exception {
    var small = new HiveSettings("small", () -> new UUID(1, 1), HiveTimes.UNKNOWN, 20_000, 4_096);
    try (Hive hive = Hive.create(new DirectoryStorage(directory), FILE, small)) {
      writeByMany(hive, 8, 500);
      assertThat(hive.status().readOnlyReason()).isEmpty();
      assertThat(hive.status().compactions()).isPositive();
    }
    try (Hive hive = open()) {
      assertWrittenByMany(hive.snapshot(), 8, 500);
    }
  }

  @Test
  void manyWritersShareSyncs() throws Exception {
    try (Hive hive = create()) {
      writeByMany(hive, 32, 100);

      assertWrittenByMany(hive.snapshot(), 32, 100);
      assertThat(hive.status().groups()).isLessThan(hive.snapshot().revision().number());
    }
  }

  @Test
  void howLongCommitsTake_isTold_perBatchAndPerSync() throws Exception {
    var commits = new ConcurrentLinkedQueue<Long>();
    var syncs = new ConcurrentLinkedQueue<Long>();
    try (Hive hive = create()) {
      hive.tellCommits(
          new CommitListener() {
            @Override
            public void synced(long nanos) {
              syncs.add(nanos);
            }

            @Override
            public void committed(long nanos) {
              commits.add(nanos);
            }
          });
      long groups = hive.status().groups();
      writeByMany(hive, 8, 50);

      assertThat(commits).hasSize(400).allMatch(nanos -> nanos > 0);
      assertThat(syncs)
          .hasSize((int) (hive.status().groups() - groups))
          .allMatch(nanos -> nanos > 0);
    }
  }

  private static void writeByMany(Hive hive, int writers, int batches) throws Exception {
    try (var executor = Executors.newFixedThreadPool(writers)) {
      List<Future<?>> all = new ArrayList<>();
      for (int i = 0; i < writers; i++) {
        String key = "Writer" + i;
        all.add(
            executor.submit(
                () -> {
                  for (int n = 0; n < batches; n++) {
                    hive.commit(
                        Batch.builder()
                            .createKey(key)
                            .set(key, RegistryValue.dword("Last", n))
                            .set(key, RegistryValue.dword("N" + n, n))
                            .build());
                    assertThat(hive.snapshot().value(key, "Last").orElseThrow().number())
                        .isEqualTo(n);
                  }
                  return null;
                }));
      }
      for (Future<?> each : all) {
        each.get();
      }
    }
  }

  private static void assertWrittenByMany(Snapshot snapshot, int writers, int batches) {
    assertThat(snapshot.revision().number()).isEqualTo((long) writers * batches);
    for (int i = 0; i < writers; i++) {
      assertThat(snapshot.key("Writer" + i).orElseThrow().valueCount()).isEqualTo(batches + 1);
    }
  }

  @Test
  void submit_keepsTheOrderOfOneThreadAndCompletesOnTheHivesThread() throws Exception {
    try (Hive hive = create()) {
      List<CompletableFuture<Revision>> futures = new ArrayList<>();
      var thread = new AtomicReference<String>("");
      for (int i = 0; i < 1_000; i++) {
        futures.add(hive.submit(Batch.builder().createKey("k" + i).build()));
      }
      hive.submit(BATCH)
          .thenRun(() -> thread.set(Thread.currentThread().getName()))
          .get(30, TimeUnit.SECONDS);

      for (int i = 0; i < futures.size(); i++) {
        assertThat(futures.get(i).join().number()).isEqualTo(i + 1L);
      }
      assertThat(thread.get()).isIn("hive-writer-software", Thread.currentThread().getName());
    }
  }

  @Test
  void submit_neverRunsSomebodyElsesCodeOnACommittersThread() throws Exception {
    try (Hive hive = create()) {
      var names = ConcurrentHashMap.<String>newKeySet();
      var done = new CountDownLatch(2_000);
      List<CompletableFuture<Void>> told = new ArrayList<>();
      var committer =
          Thread.ofPlatform()
              .name("committer")
              .start(
                  () -> {
                    while (done.getCount() > 0) {
                      commitUnchecked(hive);
                    }
                  });
      var submitter =
          Thread.ofPlatform()
              .name("submitter")
              .start(
                  () -> {
                    for (int i = 0; i < 2_000; i++) {
                      told.add(
                          hive.submit(BATCH)
                              .thenRun(
                                  () -> {
                                    names.add(Thread.currentThread().getName());
                                    done.countDown();
                                  }));
                    }
                  });
      submitter.join();
      committer.join();

      assertThat(told).hasSize(2_000);
      // The submitter itself only when the future was done before it looked.
      assertThat(names).doesNotContain("committer");
    }
  }

  private static void commitUnchecked(Hive hive) {
    try {
      hive.commit(BATCH);
    } catch (CommitException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void aCallbackMayCommitAndEvenClose() throws Exception {
    Hive hive = create();
    CompletableFuture<Revision> second =
        hive.submit(BATCH)
            .thenApply(
                _ -> {
                  commitUnchecked(hive);
                  Revision revision = hive.snapshot().revision();
                  hive.close();
                  return revision;
                });

    assertThat(second.get(30, TimeUnit.SECONDS)).isEqualTo(new Revision(2));
    assertThat(hive.isClosed()).isTrue();
  }

  @Test
  void anInterruptionNeitherCutsACommitShortNorClosesTheFile() throws Exception {
    try (Hive hive = create()) {
      Thread.currentThread().interrupt();
      hive.commit(BATCH);
      assertThat(Thread.interrupted()).isTrue();

      var stop = new CountDownLatch(1);
      List<Thread> threads = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        threads.add(
            Thread.ofPlatform()
                .start(
                    () -> {
                      while (stop.getCount() > 0) {
                        commitUnchecked(hive);
                      }
                    }));
      }
      for (int i = 0; i < 2_000; i++) {
        threads.get(i % 4).interrupt();
        Thread.onSpinWait();
      }
      stop.countDown();
      for (Thread thread : threads) {
        thread.join();
      }
      assertThat(hive.status().readOnlyReason()).isEmpty();
      hive.commit(BATCH);
    }
  }

  @Test
  void aRefusalLeavesEverythingAsItIs() throws Exception {
    try (Hive hive = create()) {
      hive.commit(BATCH);
      Batch refused = Batch.builder().ifKeyAbsent("K").createKey("other").build();

      assertThatExceptionOfType(PreconditionFailedException.class)
          .isThrownBy(() -> hive.commit(refused))
          .withMessageContaining("refused at revision 1");
      assertThatThrownBy(hive.submit(refused)::get)
          .isInstanceOf(ExecutionException.class)
          .hasCauseInstanceOf(PreconditionFailedException.class);
      assertThat(hive.snapshot().revision()).isEqualTo(new Revision(1));
      assertThat(hive.commit(BATCH)).isEqualTo(new Revision(2));
    }
  }

  @Test
  void aFailureShowsWhereTheCallerWas() throws Exception {
    try (Hive hive = create()) {
      assertThatExceptionOfType(InvalidBatchException.class)
          .isThrownBy(() -> hive.commit(Batch.builder().deleteTree("").build()))
          .satisfies(
              e ->
                  assertThat(e.getStackTrace())
                      .anyMatch(frame -> frame.getClassName().equals(HiveTest.class.getName())));
    }
  }

  @Test
  void aLargeValueAndALargeBatchComeBack() throws Exception {
    byte[] large = new byte[Limits.VALUE_BYTES_MAX];
    new Random(5).nextBytes(large);
    Batch batch =
        Batch.builder()
            .set("", RegistryValue.binary("one", large))
            .set("", RegistryValue.binary("two", large))
            .set("", RegistryValue.binary("three", large))
            .build();
    try (Hive hive = create()) {
      hive.commit(batch);
      hive.commit(BATCH);
    }
    try (Hive hive = open()) {
      assertThat(hive.snapshot().value("", "three").orElseThrow().bytes()).isEqualTo(large);
      hive.compact();
    }
    try (Hive hive = open()) {
      assertThat(hive.snapshot().value("", "two").orElseThrow().bytes()).isEqualTo(large);
    }
  }

  @Test
  void watchersAreToldWhatTheLogHasAfterAnOpening() throws Exception {
    try (Hive hive = create()) {
      for (int i = 0; i < 10; i++) {
        hive.commit(Batch.builder().ifKeyAbsent("k" + i).createKey("k" + i).build());
      }
    }
    try (Hive hive = open();
        var executor = Executors.newSingleThreadExecutor()) {
      List<Long> told = new ArrayList<>();
      var eleven = new CountDownLatch(1);
      hive.watch(
          new Revision(7),
          executor,
          new Watcher() {
            @Override
            public void committed(Commit commit) {
              told.add(commit.revision().number());
              assertThat(hive.snapshot().revision().number())
                  .isGreaterThanOrEqualTo(commit.revision().number());
              if (commit.revision().number() == 11) {
                eleven.countDown();
              }
            }

            @Override
            public void fellBehind(Snapshot current) {
              told.add(-1L);
            }
          });
      hive.commit(BATCH);

      assertThat(eleven.await(30, TimeUnit.SECONDS)).isTrue();
      assertThat(told).containsExactly(8L, 9L, 10L, 11L);
    }
  }

  @Test
  void aWatcherThatRunsInPlaceMayCommit() throws Exception {
    try (Hive hive = create()) {
      hive.watch(
          Revision.ZERO,
          Runnable::run,
          new Watcher() {
            @Override
            public void committed(Commit commit) {
              if (commit.revision().number() < 5) {
                commitUnchecked(hive);
              }
            }

            @Override
            public void fellBehind(Snapshot current) {}
          });

      hive.commit(BATCH);

      assertThat(hive.snapshot().revision()).isEqualTo(new Revision(5));
    }
  }

  @Test
  void close_commitsWhatWasSubmittedAndTurnsAwayTheRest() throws Exception {
    Hive hive = create();
    List<CompletableFuture<Revision>> futures = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      futures.add(hive.submit(BATCH));
    }
    hive.close();
    hive.close();

    for (int i = 0; i < futures.size(); i++) {
      assertThat(futures.get(i).get(30, TimeUnit.SECONDS).number()).isEqualTo(i + 1L);
    }
    assertThatExceptionOfType(HiveUnavailableException.class)
        .isThrownBy(() -> hive.commit(BATCH))
        .withMessageContaining("the hive software was closed");
    assertThatThrownBy(() -> hive.submit(BATCH).get(30, TimeUnit.SECONDS))
        .hasCauseInstanceOf(HiveUnavailableException.class);
    assertThat(hive.snapshot().key("k")).isPresent();
  }

  @Test
  void close_whileManyWrite_answersEachOfThem() throws Exception {
    for (int round = 0; round < 20; round++) {
      Hive hive = Hive.create(new DirectoryStorage(directory), "round" + round, SETTINGS);
      var started = new CountDownLatch(6);
      List<Thread> threads = new ArrayList<>();
      for (int i = 0; i < 6; i++) {
        boolean waiting = i % 2 == 0;
        threads.add(Thread.ofPlatform().start(() -> writeUntilClosed(hive, waiting, started)));
      }
      started.await();
      hive.close();
      for (Thread thread : threads) {
        thread.join();
      }
    }
  }

  private static void writeUntilClosed(Hive hive, boolean waiting, CountDownLatch started) {
    try {
      while (true) {
        if (waiting) {
          hive.commit(BATCH);
        } else {
          hive.submit(BATCH).get();
        }
        started.countDown();
      }
    } catch (CommitException | ExecutionException e) {
      assertThat(hive.isClosed()).isTrue();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void create_whereThereIsOne_isRefused() throws Exception {
    create().close();

    assertThatExceptionOfType(FileAlreadyExistsException.class)
        .isThrownBy(this::create)
        .withMessageContaining("hive not created: there is a file of that name");
  }

  @Test
  void open_whereThereIsNone_isRefused() {
    assertThatExceptionOfType(NoSuchFileException.class)
        .isThrownBy(this::open)
        .withMessageContaining("hive not opened: there is no such file");
  }

  @Test
  void filesAreForTheirOwnerOnly() throws Exception {
    create().close();

    assertThat(
            PosixFilePermissions.toString(Files.getPosixFilePermissions(directory.resolve(FILE))))
        .isEqualTo("rw-------");
  }

  private Hive create() throws IOException {
    return Hive.create(new DirectoryStorage(directory), FILE, SETTINGS);
  }

  private Hive open() throws IOException {
    return Hive.open(new DirectoryStorage(directory), FILE, SETTINGS);
  }
}
