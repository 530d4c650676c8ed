package dev.holdfast.service.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.holdfast.cluster.Action;
import dev.holdfast.cluster.ClusterEvent;
import dev.holdfast.cluster.ClusterState;
import dev.holdfast.cluster.Decisions;
import dev.holdfast.service.record.StateStore;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ClusterLoopTest {
  private final ConcurrentLinkedQueue<CompletableFuture<?>> writes = new ConcurrentLinkedQueue<>();
  private final List<String> heard = new CopyOnWriteArrayList<>();
  private final List<Throwable> halts = new CopyOnWriteArrayList<>();
  private final CountDownLatch mayTell = new CountDownLatch(1);
  private volatile boolean slowDisk;
  private final ClusterLoop loop =
      new ClusterLoop(
          new Decisions(Duration.ZERO),
          new Disk(),
          ClusterState.empty(),
          InstantSource.system(),
          halts::add);

  @AfterEach
  void close() {
    mayTell.countDown();
    loop.close();
  }

  @Test
  void theNextStepIsCarriedOutWhileTheEventsOfTheLastOneAreStillBeingWritten() {
    loop.start(new Steps());

    loop.post(new ClusterEvent.Tick());
    loop.post(new ClusterEvent.Stop());

    await()
        .untilAsserted(
            () ->
                assertThat(heard)
                    .contains("carried out RUNNING to STOPPING")
                    .noneMatch(said -> said.startsWith("told")));
  }

  @Test
  void aRequestIsAnsweredWhenItWasTold() {
    loop.start(new Steps());

    assertAnsweredOnlyWhenTold(loop.request(_ -> List.of(new ClusterEvent.Stop())));
  }

  @Test
  void whoAsksForNothingHearsWhenAllBeforeWasTold() {
    loop.start(new Steps());
    loop.post(new ClusterEvent.Stop());

    assertAnsweredOnlyWhenTold(loop.request(_ -> List.of()));
  }

  private void assertAnsweredOnlyWhenTold(CompletableFuture<ClusterState> answer) {
    await().until(() -> heard.contains("carried out RUNNING to STOPPING"));
    assertThat(answer).isNotDone();
    mayTell.countDown();
    assertThat(answer).succeedsWithin(Duration.ofSeconds(10));
    assertThat(heard).contains("told RUNNING to STOPPING");
  }

  @Test
  void whatIsNotDurableIsNeitherCarriedOutNorShown() {
    mayTell.countDown();
    slowDisk = true;
    loop.start(new Steps());
    loop.post(new ClusterEvent.Stop());
    await().until(() -> !writes.isEmpty());

    assertThat(heard).isEmpty();
    assertThat(loop.state().mode()).isEqualTo(ClusterState.Mode.RUNNING);

    slowDisk = false;
    writes.forEach(write -> write.complete(null));
    await().until(() -> heard.contains("told RUNNING to STOPPING"));
    assertThat(loop.state().mode()).isEqualTo(ClusterState.Mode.STOPPING);
  }

  @Test
  void aWriteThatFailsHalts_alsoWhileTheEventsOfTheLastStepHang() {
    loop.start(new Steps());
    loop.post(new ClusterEvent.Tick());
    await().until(() -> heard.contains("carried out RUNNING to RUNNING"));
    slowDisk = true;
    loop.post(new ClusterEvent.Stop());
    await().until(() -> !writes.isEmpty());

    writes.forEach(write -> write.completeExceptionally(new IllegalStateException("disk full")));

    await().until(() -> !halts.isEmpty());
    assertThat(heard).doesNotContain("carried out RUNNING to STOPPING");
  }

  @Test
  void whoAsksAfterTheEndIsRefused() {
    loop.start(new Steps());
    loop.close();

    assertThat(loop.request(_ -> List.of(new ClusterEvent.Stop())))
        .failsWithin(Duration.ofSeconds(10))
        .withThrowableOfType(ExecutionException.class)
        .withCauseInstanceOf(RejectedExecutionException.class);
  }

  @Test
  void whatIsNoNewsIsDecidedBeforeWhatComesAfterIt() {
    loop.postNoNews(new ClusterEvent.Stop());
    CompletableFuture<ClusterState.Mode> seen = new CompletableFuture<>();
    var _ =
        loop.request(
            state -> {
              seen.complete(state.mode());
              return List.of();
            });

    loop.start(new Steps());

    assertThat(seen).succeedsWithin(Duration.ofSeconds(10)).isEqualTo(ClusterState.Mode.STOPPING);
  }

  @Test
  void whatIsNoNewsIsDecidedByTheClockWhenNothingComes() {
    loop.start(new Steps());

    loop.postNoNews(new ClusterEvent.Stop());

    await().until(() -> heard.contains("carried out RUNNING to STOPPING"));
  }

  private final class Steps implements ClusterLoop.StepListener {
    @Override
    public void carryOut(ClusterState before, ClusterState after, List<Action> actions) {
      heard.add("carried out " + before.mode() + " to " + after.mode());
    }

    @Override
    public void tell(ClusterState before, ClusterState after, List<Action> actions) {
      try {
        mayTell.await();
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
      heard.add("told " + before.mode() + " to " + after.mode());
    }
  }

  private final class Disk implements StateStore {
    @Override
    public CompletableFuture<?> write(ClusterState before, ClusterState after) {
      var write = new CompletableFuture<Void>();
      if (slowDisk) {
        writes.add(write);
      } else {
        write.complete(null);
      }
      return write;
    }

    @Override
    public ClusterState read(Instant now) {
      return ClusterState.empty();
    }

    @Override
    public long revision() {
      return 0;
    }
  }
}
