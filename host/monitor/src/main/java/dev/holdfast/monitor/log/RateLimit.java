package dev.holdfast.monitor.log;

import java.util.function.LongSupplier;

/**
 * Lets so many things a second pass, and a burst at the beginning. Thread-safe, never waits.
 *
 * <p>A bucket that fills at the rate and holds one burst; each thing takes one out of it.
 */
public final class RateLimit {
  private static final double NANOS_A_SECOND = 1e9;

  private final double perSecond;
  private final double burst;
  private final LongSupplier nanoTime;
  private double left;
  private long lastNanos;

  /**
   * Begins with a full bucket.
   *
   * @param nanoTime counts nanoseconds, as System.nanoTime does
   */
  public RateLimit(int perSecond, int burst, LongSupplier nanoTime) {
    this.perSecond = perSecond;
    this.burst = burst;
    this.nanoTime = nanoTime;
    this.left = burst;
    this.lastNanos = nanoTime.getAsLong();
  }

  /** Whether one more may pass now. */
  public synchronized boolean tryPass() {
    long now = nanoTime.getAsLong();
    left = Math.min(burst, left + (now - lastNanos) / NANOS_A_SECOND * perSecond);
    lastNanos = now;
    if (left < 1) {
      return false;
    }
    left -= 1;
    return true;
  }
}
