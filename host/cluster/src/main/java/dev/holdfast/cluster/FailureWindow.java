package dev.holdfast.cluster;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * When a resource failed lately: the sliding window that RestartThreshold is counted in. It is
 * durable, so that neither a monitor's death nor the service's resets anyone's budget.
 *
 * @param failures oldest first
 */
public record FailureWindow(List<Instant> failures) {
  /** More than any threshold but "without end" needs to know; older ones fall out. */
  static final int FAILURES_KEPT_MAX = 64;

  /** No failure. */
  public static final FailureWindow EMPTY = new FailureWindow(List.of());

  public FailureWindow {
    failures = List.copyOf(failures);
  }

  /** The window with one more failure, without those that lie a period back. */
  public FailureWindow plus(Instant now, Duration period) {
    List<Instant> kept = new ArrayList<>(within(now, period));
    kept.add(now);
    return new FailureWindow(
        kept.subList(Math.max(0, kept.size() - FAILURES_KEPT_MAX), kept.size()));
  }

  /** How many failures lie within the period before now; one at this very moment always does. */
  public int count(Instant now, Duration period) {
    return within(now, period).size();
  }

  private List<Instant> within(Instant now, Duration period) {
    return failures.stream()
        .filter(
            failure ->
                !failure.isBefore(now) || Duration.between(failure, now).compareTo(period) < 0)
        .toList();
  }
}
