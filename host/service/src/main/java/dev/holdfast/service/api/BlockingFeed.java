package dev.holdfast.service.api;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * A feed that somebody fills from another thread. A reader that does not keep up ends it: he may
 * ask again from where he was.
 */
public final class BlockingFeed<T> implements Feed<T> {
  /** So much may wait for a reader. */
  static final int WAITING_MAX = 1024;

  private final BlockingQueue<T> waiting = new ArrayBlockingQueue<>(WAITING_MAX);
  private volatile Runnable release = () -> {};
  private volatile boolean ended;

  /** What is to be let go of when nobody reads any more. */
  public void releasing(Runnable newRelease) {
    release = newRelease;
    if (ended) {
      newRelease.run();
    }
  }

  /** One more thing; false when nobody takes any more. */
  public boolean add(T thing) {
    if (ended) {
      return false;
    }
    if (!waiting.offer(thing)) {
      close();
      return false;
    }
    return true;
  }

  @Override
  public Optional<T> next(Duration wait) throws InterruptedException {
    return Optional.ofNullable(
        ended ? waiting.poll() : waiting.poll(wait.toNanos(), TimeUnit.NANOSECONDS));
  }

  @Override
  public boolean ended() {
    return ended && waiting.isEmpty();
  }

  @Override
  public void close() {
    ended = true;
    release.run();
  }
}
