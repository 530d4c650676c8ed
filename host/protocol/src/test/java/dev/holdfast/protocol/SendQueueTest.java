package dev.holdfast.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

class SendQueueTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final long LIMIT_BYTES = 100_000;

  private final SendQueue queue = new SendQueue();

  @Test
  void aFrameThatWaits_wakesNobody_andLeavesWithTheNext() throws Exception {
    var taken = new FutureTask<>(queue::takeAll);
    Thread taker = parked(taken);
    Outgoing waiting = frame(10, true);
    Outgoing next = frame(10, false);

    put(waiting);
    assertThat(taker.getState()).isEqualTo(Thread.State.WAITING);
    put(next);

    assertThat(get(taken)).containsExactly(waiting, next);
  }

  @Test
  void framesThatWait_leave_whenThereAreMany() throws Exception {
    var taken = new FutureTask<>(queue::takeAll);
    parked(taken);
    Outgoing waiting = frame(20_000, true);

    put(waiting);
    put(waiting);

    assertThat(get(taken)).containsExactly(waiting, waiting);
  }

  /** It waited for room, which only who takes makes, and who takes had not been woken. */
  @Test
  void aFrameWithoutRoomBehindOneThatWaits_wakesWhoTakes() throws Exception {
    var taken = new FutureTask<>(queue::takeAll);
    parked(taken);
    Outgoing waiting = frame(10, true);
    Outgoing large = frame((int) LIMIT_BYTES, false);

    put(waiting);
    put(large);

    assertThat(get(taken)).containsExactly(waiting);
    assertThat(queue.takeAll()).containsExactly(large);
  }

  @Test
  void whatWaits_isTakenWhenTheQueueCloses() throws Exception {
    var taken = new FutureTask<>(queue::takeAll);
    parked(taken);
    Outgoing waiting = frame(10, true);

    put(waiting);
    queue.close();

    assertThat(get(taken)).containsExactly(waiting);
    assertThat(queue.takeAll()).isEmpty();
  }

  // ---- tools of the test ---------------------------------------------------------------------

  private static Thread parked(FutureTask<List<Outgoing>> taken) {
    Thread taker = Thread.ofPlatform().daemon(true).start(taken);
    Awaitility.await().until(() -> taker.getState() == Thread.State.WAITING);
    return taker;
  }

  private void put(Outgoing frame) {
    assertThat(queue.put(frame, LIMIT_BYTES, PATIENCE)).isEqualTo(SendQueue.Put.QUEUED);
  }

  private static Outgoing frame(int bytes, boolean waits) {
    return new Outgoing(new byte[bytes], null, waits);
  }

  private static List<Outgoing> get(FutureTask<List<Outgoing>> taken) throws Exception {
    return taken.get(30, TimeUnit.SECONDS);
  }
}
