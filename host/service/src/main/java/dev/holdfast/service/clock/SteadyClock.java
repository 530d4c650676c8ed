package dev.holdfast.service.clock;

import java.time.Instant;
import java.time.InstantSource;

/**
 * The time of day as it was when the service started, carried on by the monotonic clock: a deadline
 * neither comes early nor never because somebody set the machine's clock. Thread-safe.
 */
public final class SteadyClock implements InstantSource {
  private final Instant start = Instant.now();
  private final long startNanos = System.nanoTime();

  @Override
  public Instant instant() {
    return start.plusNanos(System.nanoTime() - startNanos);
  }
}
