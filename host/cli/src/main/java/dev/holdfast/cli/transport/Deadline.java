package dev.holdfast.cli.transport;

import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.time.Duration;

/** Closes a channel when its time is over: a blocking channel knows no timeout of its own. */
final class Deadline {
  private final Duration wait;
  private final Thread thread;
  private volatile boolean passed;

  Deadline(SocketChannel channel, Duration wait) {
    this.wait = wait;
    this.thread =
        Thread.ofPlatform().daemon().name("deadline").start(() -> closeAfter(channel, wait));
  }

  private void closeAfter(SocketChannel channel, Duration wait) {
    try {
      Thread.sleep(wait);
      passed = true;
      channel.close();
    } catch (InterruptedException cancelled) {
      // In time; the thread has nothing more to do.
    } catch (IOException closedAnyway) {
      // The reader sees a closed channel either way.
    }
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
