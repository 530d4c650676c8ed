package dev.holdfast.checkpoint;

import java.time.Duration;

/** How soon what failed is tried again: doubled each time, until it succeeds. Not thread-safe. */
final class Backoff {
  private static final Duration MIN = Duration.ofSeconds(1);
  private static final Duration MAX = Duration.ofSeconds(15);

  private Duration next = MIN;

  /** How long to wait this time. */
  Duration next() {
    Duration now = next;
    Duration doubled = now.multipliedBy(2);
    next = doubled.compareTo(MAX) > 0 ? MAX : doubled;
    return now;
  }

  /** It succeeded. */
  void reset() {
    next = MIN;
  }
}
