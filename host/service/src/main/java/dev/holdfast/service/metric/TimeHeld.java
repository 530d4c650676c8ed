package dev.holdfast.service.metric;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** For how long something has held, in sum. It never falls. Thread-safe. */
public final class TimeHeld {
  private Duration before = Duration.ZERO;
  private Optional<Instant> since = Optional.empty();

  /** It holds since that moment; repeated, it goes on holding. */
  public synchronized void holdsSince(Instant moment) {
    if (since.isEmpty()) {
      since = Optional.of(moment);
    }
  }

  /** It holds no more. */
  public synchronized void endsAt(Instant moment) {
    before = until(moment);
    since = Optional.empty();
  }

  /** In sum, at that moment, which is not before the one asked for last. */
  public synchronized Duration until(Instant moment) {
    return since
        .map(begin -> Duration.between(begin, moment))
        .filter(more -> !more.isNegative())
        .map(before::plus)
        .orElse(before);
  }

  /** The same in seconds. */
  public double secondsUntil(Instant moment) {
    Duration held = until(moment);
    return held.getSeconds() + held.getNano() / 1e9;
  }
}
