package dev.holdfast.quorum;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.registry.Batch;
import dev.holdfast.registry.Commit;
import dev.holdfast.registry.CommitException;
import dev.holdfast.registry.CommitFeed;
import dev.holdfast.registry.HiveUnavailableException;
import dev.holdfast.registry.InvalidBatchException;
import dev.holdfast.registry.PreconditionFailedException;
import dev.holdfast.registry.RegistryValue;
import dev.holdfast.registry.Revision;
import dev.holdfast.registry.Snapshot;
import dev.holdfast.registry.Watch;
import dev.holdfast.registry.Watcher;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What every quorum log keeps, whatever is behind it. */
@Timeout(60)
abstract class QuorumLogContract {
  private static final Batch CREATE = Batch.builder().createKey("Groups\\web").build();

  private final ExecutorService executor = Executors.newFixedThreadPool(2);
  private QuorumLog log = new InMemoryQuorumLog();

  /** An empty log. */
  abstract QuorumLog newLog() throws Exception;

  @BeforeEach
  void openLog() throws Exception {
    log = newLog();
  }

  @AfterEach
  void closeLog() {
    log.close();
    executor.close();
  }

  @Test
  void commit_givesTheNextRevisionAndIsSeenAtOnce() throws Exception {
    assertThat(log.snapshot().revision()).isEqualTo(Revision.ZERO);

    assertThat(log.commit(CREATE)).isEqualTo(new Revision(1));

    assertThat(log.snapshot().revision()).isEqualTo(new Revision(1));
    assertThat(log.snapshot().key("groups\\WEB")).isPresent();
  }

  @Test
  void submit_isSeenWhenItIsAcknowledged() throws Exception {
    CompletableFuture<Snapshot> seen = log.submit(CREATE).thenApply(_ -> log.snapshot());

    assertThat(seen.get(30, TimeUnit.SECONDS).key("Groups\\web")).isPresent();
  }

  @Test
  void submit_keepsTheOrderOfOneThread() throws Exception {
    List<CompletableFuture<Revision>> futures = new ArrayList<>();
    for (int i = 0; i < 500; i++) {
      Batch.Builder builder = Batch.builder().ifHiveRevision(new Revision(i));
      futures.add(log.submit(builder.createKey("k" + i).build()));
    }

    for (int i = 0; i < 500; i++) {
      assertThat(futures.get(i).get(30, TimeUnit.SECONDS).number()).isEqualTo(i + 1L);
    }
  }

  @Test
  void aBrokenPrecondition_isARefusalAndChangesNothing() throws Exception {
    log.commit(CREATE);
    Batch again = Batch.builder().ifKeyAbsent("Groups\\web").createKey("Groups\\other").build();

    assertThatExceptionOfType(PreconditionFailedException.class)
        .isThrownBy(() -> log.commit(again))
        .satisfies(e -> assertThat(e.revision()).isEqualTo(new Revision(1)));
    assertThatThrownBy(() -> log.submit(again).get(30, TimeUnit.SECONDS))
        .isInstanceOf(ExecutionException.class)
        .hasCauseInstanceOf(PreconditionFailedException.class);
    assertThat(log.snapshot().revision()).isEqualTo(new Revision(1));
    assertThat(log.snapshot().key("Groups\\other")).isEmpty();
  }

  @Test
  void aChangeThatCannotBeMade_refusesTheWholeBatch() {
    Batch batch =
        Batch.builder().createKey("a").set("nowhere", RegistryValue.dword("v", 1)).build();

    assertThatExceptionOfType(InvalidBatchException.class).isThrownBy(() -> log.commit(batch));
    assertThat(log.snapshot().revision()).isEqualTo(Revision.ZERO);
    assertThat(log.snapshot().key("a")).isEmpty();
  }

  @Test
  void ofManyThatWantTheSame_oneWins() throws Exception {
    for (int round = 0; round < 20; round++) {
      Batch take = Batch.builder().ifKeyAbsent("Owner" + round).createKey("Owner" + round).build();
      List<Future<Boolean>> tries = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        tries.add(executor.submit(() -> commits(take)));
      }
      int won = 0;
      for (Future<Boolean> each : tries) {
        won += each.get() ? 1 : 0;
      }
      assertThat(won).isEqualTo(1);
    }
  }

  private boolean commits(Batch batch) throws CommitException {
    try {
      log.commit(batch);
      return true;
    } catch (PreconditionFailedException e) {
      return false;
    }
  }

  @Test
  void barrier_showsAllThatWasAcknowledged() throws Exception {
    for (int i = 1; i <= 50; i++) {
      log.commit(Batch.builder().createKey("k" + i).build());
      assertThat(log.barrier().get(30, TimeUnit.SECONDS).revision()).isEqualTo(new Revision(i));
    }
  }

  @Test
  void watch_tellsEachCommitInOrderFromARevisionOn() throws Exception {
    log.commit(CREATE);
    log.commit(Batch.builder().createKey("a").build());
    var recorder = new Recorder(200);
    log.watch(new Revision(1), executor, recorder);

    for (int i = 3; i <= 200; i++) {
      log.commit(Batch.builder().createKey("k" + i).build());
    }

    recorder.awaitLast();
    assertThat(recorder.told)
        .containsExactlyElementsOf(LongStream.rangeClosed(2, 200).boxed().toList());
  }

  @Test
  void watch_fromTooLongAgo_fallsBehindAndGoesOn() throws Exception {
    List<CompletableFuture<Revision>> futures = new ArrayList<>();
    int count = CommitFeed.HISTORY_COMMITS_MAX + 10;
    for (int i = 0; i < count; i++) {
      futures.add(log.submit(CREATE));
    }
    futures.getLast().get(30, TimeUnit.SECONDS);
    var recorder = new Recorder(count + 1);

    log.watch(Revision.ZERO, executor, recorder);
    recorder.awaitBehind();
    log.commit(CREATE);

    recorder.awaitLast();
    assertThat(recorder.told).containsExactly(-(long) count, count + 1L);
  }

  @Test
  void watch_closed_tellsNothingMore() throws Exception {
    var closed = new Recorder(2);
    var open = new Recorder(2);
    Watch watch = log.watch(Revision.ZERO, Runnable::run, closed);
    watch.close();
    log.watch(Revision.ZERO, executor, open);

    log.commit(CREATE);
    log.commit(CREATE);

    open.awaitLast();
    assertThat(closed.told).isEmpty();
  }

  @Test
  void afterClose_nothingIsTakenButTheLastSnapshotStays() throws Exception {
    log.commit(CREATE);
    assertThat(log.readOnlyReason()).isEmpty();

    log.close();
    log.close();

    assertThatExceptionOfType(HiveUnavailableException.class)
        .isThrownBy(() -> log.commit(CREATE))
        .withMessageContaining("batch not committed")
        .withMessageContaining("closed");
    assertThatThrownBy(() -> log.submit(CREATE).get(30, TimeUnit.SECONDS))
        .hasCauseInstanceOf(HiveUnavailableException.class);
    assertThatThrownBy(() -> log.barrier().get(30, TimeUnit.SECONDS))
        .hasCauseInstanceOf(HiveUnavailableException.class);
    assertThat(log.readOnlyReason().orElseThrow()).contains("closed");
    assertThat(log.snapshot().key("Groups\\web")).isPresent();
  }

  /** Revisions told; one fallen behind to, as a negative number. */
  private static final class Recorder implements Watcher {
    final Queue<Long> told = new ConcurrentLinkedQueue<>();
    private final CountDownLatch reached = new CountDownLatch(1);
    private final CountDownLatch behind = new CountDownLatch(1);
    private final long last;

    Recorder(long last) {
      this.last = last;
    }

    @Override
    public void committed(Commit commit) {
      told.add(commit.revision().number());
      if (commit.revision().number() == last) {
        reached.countDown();
      }
    }

    @Override
    public void fellBehind(Snapshot current) {
      told.add(-current.revision().number());
      behind.countDown();
    }

    void awaitLast() throws InterruptedException {
      assertThat(reached.await(30, TimeUnit.SECONDS)).as("told of revision %d", last).isTrue();
    }

    void awaitBehind() throws InterruptedException {
      assertThat(behind.await(30, TimeUnit.SECONDS)).as("told that it fell behind").isTrue();
    }
  }
}
