package dev.holdfast.monitor;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongConsumer;

/**
 * Beats at an interval on a platform thread of its own. It says that the process runs and its link
 * writes; of the resources it says nothing.
 */
final class Heartbeat implements AutoCloseable {
  /** Unless Welcome says otherwise. */
  static final Duration DEFAULT_INTERVAL = Duration.ofMillis(250);

  private final Duration interval;
  private final LongConsumer beat;
  private final Consumer<Throwable> fault;
  private final CountDownLatch closed = new CountDownLatch(1);

  /**
   * Not started yet.
   *
   * @param beat takes the count: 1, 2, 3 and so on
   */
  Heartbeat(Duration interval, LongConsumer beat, Consumer<Throwable> fault) {
    this.interval = interval;
    this.beat = beat;
    this.fault = fault;
  }

  void start() {
    Thread.ofPlatform().name("heartbeat").daemon(true).start(this::run);
  }

  private void run() {
    try {
      long count = 0;
      do {
        beat.accept(++count);
      } while (!closed.await(interval.toNanos(), TimeUnit.NANOSECONDS));
    } catch (InterruptedException e) {
      // Nobody interrupts it; a monitor without a heartbeat would be taken for a hung one.
      fault.accept(e);
    } catch (Throwable thrown) {
      fault.accept(thrown);
    }
  }

  @Override
  public void close() {
    closed.countDown();
  }
}
