package dev.holdfast.service;

import dev.holdfast.service.api.Feed;
import dev.holdfast.service.api.LogPiece;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.LongFunction;

/** A resource's output as it is written: looks again at short intervals, for one reader. */
final class LogFeed implements Feed<LogPiece> {
  private static final Duration LOOK_AGAIN = Duration.ofMillis(200);

  private final LongFunction<LogPiece> read;
  private final CountDownLatch closed = new CountDownLatch(1);
  private long next;

  /**
   * @param read gives the piece at an offset, empty when there is none yet
   * @param from where to begin; negative: that many bytes before the end
   */
  LogFeed(LongFunction<LogPiece> read, long from) {
    this.read = read;
    this.next = from;
  }

  @Override
  public Optional<LogPiece> next(Duration wait) throws InterruptedException {
    long end = System.nanoTime() + wait.toNanos();
    while (!ended()) {
      LogPiece piece = read.apply(next);
      next = piece.next();
      if (!piece.text().isEmpty()) {
        return Optional.of(piece);
      }
      long left = end - System.nanoTime();
      if (left <= 0 || closed.await(Math.min(left, LOOK_AGAIN.toNanos()), TimeUnit.NANOSECONDS)) {
        return Optional.empty();
      }
    }
    return Optional.empty();
  }

  @Override
  public boolean ended() {
    return closed.getCount() == 0;
  }

  @Override
  public void close() {
    closed.countDown();
  }
}
