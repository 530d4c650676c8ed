package dev.holdfast.client.transport;

import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** Closes a channel when its time is over: a blocking channel knows no timeout of its own. */
final class Deadline {
  private final Duration wait;
  private final Thread thread;
  private volatile long endsAtNanos;
  private volatile boolean passed;

  Deadline(SocketChannel channel, Duration wait) {
    this.wait = wait;
    renew();
    this.thread = new Thread(() -> closeAfter(channel), "deadline");
    thread.setDaemon(true);
    thread.start();
  }

  private void closeAfter(SocketChannel channel) {
    try {
      for (long left = left(); left > 0; left = left()) {
        // No longer than the wait: an end that was put off may be near again by then.
        TimeUnit.NANOSECONDS.sleep(Math.min(left, nanos()));
      }
      passed = true;
      channel.close();
    } catch (InterruptedException cancelled) {
      // In time; the thread has nothing more to do.
    } catch (IOException closedAnyway) {
      // The reader sees a closed channel either way.
    }
  }

  private long left() {
    return endsAtNanos - System.nanoTime();
  }

  private long nanos() {
    return TimeUnit.NANOSECONDS.convert(wait);
  }

  /** The time begins anew. */
  void renew() {
    endsAtNanos = System.nanoTime() + nanos();
  }

  /** The time stands still until it is renewed. */
  void suspend() {
    endsAtNanos = System.nanoTime() + Long.MAX_VALUE / 2;
  }

  Duration limit() {
    return wait;
  }

  boolean passed() {
    return passed;
  }

  void cancel() {
    thread.interrupt();
  }
}
