package dev.holdfast.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class CommitFeedTest {
  private static final Batch BATCH = Batch.builder().createKey("k").build();

  private final CommitFeed feed = new CommitFeed(Snapshot.EMPTY);
  private final Recorder recorder = new Recorder();
  private Snapshot current = Snapshot.EMPTY;

  @Test
  void tellsEachCommitOnceAndInOrder() {
    feed.subscribe(Revision.ZERO, Runnable::run, recorder);

    publish(300, BATCH);

    assertThat(recorder.told).containsExactlyElementsOf(upTo(1, 300));
  }

  @Test
  void subscribe_fromAnOlderRevision_tellsWhatCameSince() {
    publish(10, BATCH);

    feed.subscribe(new Revision(4), Runnable::run, recorder);

    assertThat(recorder.told).containsExactlyElementsOf(upTo(5, 10));
  }

  @Test
  void subscribe_fromARevisionNoLongerKept_fallsBehindThenGoesOn() {
    publish(CommitFeed.HISTORY_COMMITS_MAX + 2, BATCH);

    feed.subscribe(new Revision(1), Runnable::run, recorder);
    publish(1, BATCH);

    long end = CommitFeed.HISTORY_COMMITS_MAX + 2L;
    assertThat(recorder.told).containsExactly("behind " + end, Long.toString(end + 1));
  }

  @Test
  void theOldestKeptIsStillTold() {
    publish(CommitFeed.HISTORY_COMMITS_MAX + 2, BATCH);

    feed.subscribe(new Revision(2), Runnable::run, recorder);

    assertThat(recorder.told)
        .containsExactlyElementsOf(upTo(3, CommitFeed.HISTORY_COMMITS_MAX + 2L));
  }

  @Test
  void aSlowWatcherCostsNoMoreThanOneWaitingRun() {
    Queue<Runnable> waiting = new ArrayDeque<>();
    feed.subscribe(Revision.ZERO, waiting::add, recorder);

    publish(CommitFeed.HISTORY_COMMITS_MAX + 500, BATCH);

    assertThat(waiting).hasSize(1);
    runAll(waiting);
    assertThat(recorder.told).containsExactly("behind " + (CommitFeed.HISTORY_COMMITS_MAX + 500));
  }

  @Test
  void historyIsBoundedInBytes() {
    Batch large =
        Batch.builder()
            .set("", RegistryValue.binary("v", new byte[Limits.VALUE_BYTES_MAX]))
            .build();
    publish(3, large);

    feed.subscribe(new Revision(1), Runnable::run, recorder);
    var last = new Recorder();
    feed.subscribe(new Revision(2), Runnable::run, last);

    assertThat(recorder.told).containsExactly("behind 3");
    assertThat(last.told).containsExactly("3");
  }

  @Test
  void aWatcherThatThrowsIsToldTheNext() {
    var told = new ArrayList<Long>();
    feed.subscribe(
        Revision.ZERO,
        Runnable::run,
        new Watcher() {
          @Override
          public void committed(Commit commit) {
            told.add(commit.revision().number());
            throw new IllegalStateException("a watcher that fails");
          }

          @Override
          public void fellBehind(Snapshot now) {}
        });

    publish(2, BATCH);

    assertThat(told).containsExactly(1L, 2L);
  }

  @Test
  void afterCloseNothingIsTold() {
    Watch watch = feed.subscribe(Revision.ZERO, Runnable::run, recorder);
    publish(1, BATCH);

    watch.close();
    watch.close();
    publish(1, BATCH);

    assertThat(recorder.told).containsExactly("1");
  }

  @Test
  void anExecutorThatWasShutDownEndsTheWatchAndHurtsNobody() {
    feed.subscribe(
        Revision.ZERO,
        _ -> {
          throw new RejectedExecutionException();
        },
        recorder);
    var other = new Recorder();
    feed.subscribe(Revision.ZERO, Runnable::run, other);

    publish(2, BATCH);

    assertThat(recorder.told).isEmpty();
    assertThat(other.told).containsExactly("1", "2");
  }

  @Test
  void aGapIsOurOwnMistake() {
    assertThatIllegalStateException()
        .isThrownBy(() -> feed.publish(List.of(commit(new Revision(2), BATCH)), current))
        .withMessageContaining("commit 2 published where 1 was due");
  }

  @Test
  void manyWatchersOnThreadsOfTheirOwnMissNothing() throws Exception {
    int count = 3_000;
    var done = new CountDownLatch(8);
    var recorders = new ArrayList<Recorder>();
    try (var executor = Executors.newFixedThreadPool(4)) {
      for (int i = 0; i < 8; i++) {
        var each = new Recorder();
        recorders.add(each);
        feed.subscribe(
            Revision.ZERO,
            executor,
            new Watcher() {
              @Override
              public void committed(Commit commit) {
                each.committed(commit);
                if (commit.revision().number() == count) {
                  done.countDown();
                }
              }

              @Override
              public void fellBehind(Snapshot now) {
                each.fellBehind(now);
              }
            });
      }
      for (int i = 0; i < count; i++) {
        publish(1, BATCH);
      }
      assertThat(done.await(30, TimeUnit.SECONDS)).isTrue();
    }

    for (Recorder each : recorders) {
      assertThat(each.told).containsExactlyElementsOf(upTo(1, count));
    }
  }

  private void publish(int count, Batch batch) {
    for (int i = 0; i < count; i++) {
      current = new Snapshot(current.revision().next(), current.root());
      feed.publish(List.of(commit(current.revision(), batch)), current);
    }
  }

  private static Commit commit(Revision revision, Batch batch) {
    return new Commit(revision, batch, Filetime.ZERO, Optional.empty(), List.of());
  }

  private static void runAll(Queue<Runnable> waiting) {
    for (Runnable run = waiting.poll(); run != null; run = waiting.poll()) {
      run.run();
    }
  }

  private static List<String> upTo(long from, long to) {
    return LongStream.rangeClosed(from, to).mapToObj(Long::toString).toList();
  }

  private static final class Recorder implements Watcher {
    final Queue<String> told = new ConcurrentLinkedQueue<>();

    @Override
    public void committed(Commit commit) {
      told.add(commit.revision().toString());
    }

    @Override
    public void fellBehind(Snapshot now) {
      told.add("behind " + now.revision());
    }
  }
}
