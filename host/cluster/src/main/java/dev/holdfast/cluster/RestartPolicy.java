package dev.holdfast.cluster;

import java.time.Duration;
import java.util.Optional;

/**
 * MSCS's restart policy of a resource: common properties RestartAction, RestartThreshold,
 * RestartPeriod, RestartDelay and RetryPeriodOnFailure, with MSCS's defaults.
 *
 * @param threshold how many failures within the period are answered by a restart here; {@link
 *     #WITHOUT_END} for all of them
 * @param retryPeriodOnFailure when a resource that ran out of restarts is tried once more; empty
 *     means never (MSCS: 0xFFFFFFFF)
 */
public record RestartPolicy(
    RestartAction action,
    int threshold,
    Duration period,
    Duration delay,
    Optional<Duration> retryPeriodOnFailure) {

  /** The threshold that no number of failures exceeds (MSCS: 0xFFFFFFFF). */
  public static final int WITHOUT_END = Integer.MAX_VALUE;

  /** What MSCS's property pages show. */
  public static final RestartPolicy DEFAULT =
      new RestartPolicy(
          RestartAction.RESTART_NOTIFY,
          3,
          Duration.ofMinutes(15),
          Duration.ofMillis(500),
          Optional.of(Duration.ofHours(1)));

  /** What to do about a failure that has been counted already. */
  public sealed interface Decision {
    /** Bring it online again here, after the delay. */
    record Restart(Duration delay, int attempt, int threshold) implements Decision {}

    /**
     * It ran out of restarts, and its group is affected (RestartNotify): the group would fail over.
     * Until another node can take it, it is tried again after RetryPeriodOnFailure.
     */
    record AffectGroup(Optional<Duration> retry) implements Decision {}

    /** It stays Failed; tried again after RetryPeriodOnFailure, if at all. */
    record StayFailed(String because, Optional<Duration> retry) implements Decision {}
  }

  /**
   * Decides by MSCS's rules: DontRestart stays Failed; up to threshold failures within the period
   * restart here; beyond that RestartNotify affects the group and RestartNoNotify does not.
   *
   * @param failures failures within the period, this one included
   */
  public Decision decide(int failures) {
    if (action == RestartAction.DONT_RESTART) {
      return new Decision.StayFailed("RestartAction is DontRestart", Optional.empty());
    }
    if (failures <= threshold) {
      return new Decision.Restart(delay, failures, threshold);
    }
    return switch (action) {
      case RESTART_NOTIFY -> new Decision.AffectGroup(retryPeriodOnFailure);
      case RESTART_NO_NOTIFY, DONT_RESTART ->
          new Decision.StayFailed(
              "RestartThreshold " + threshold + " exceeded; the group is not affected",
              retryPeriodOnFailure);
    };
  }
}
