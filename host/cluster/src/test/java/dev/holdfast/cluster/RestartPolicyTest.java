package dev.holdfast.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.cluster.RestartPolicy.Decision;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RestartPolicyTest {
  private static final Optional<Duration> HOUR = Optional.of(Duration.ofHours(1));

  private static RestartPolicy policy(RestartAction action, int threshold) {
    return new RestartPolicy(
        action, threshold, Duration.ofMinutes(15), Duration.ofMillis(500), HOUR);
  }

  @Test
  void upToThresholdFailuresAreAnsweredByARestart() {
    RestartPolicy policy = policy(RestartAction.RESTART_NOTIFY, 3);

    assertThat(policy.decide(1)).isEqualTo(new Decision.Restart(Duration.ofMillis(500), 1, 3));
    assertThat(policy.decide(3)).isEqualTo(new Decision.Restart(Duration.ofMillis(500), 3, 3));
  }

  @Test
  void oneMoreAffectsTheGroup_whenItIsToBeNotified() {
    assertThat(policy(RestartAction.RESTART_NOTIFY, 3).decide(4))
        .isEqualTo(new Decision.AffectGroup(HOUR));
  }

  @Test
  void oneMoreLeavesItFailed_whenTheGroupIsNotToBeNotified() {
    assertThat(policy(RestartAction.RESTART_NO_NOTIFY, 3).decide(4))
        .isEqualTo(
            new Decision.StayFailed(
                "RestartThreshold 3 exceeded; the group is not affected", HOUR));
  }

  /** The documented way to test failover: threshold 0, then Initiate Failure (Q197047). */
  @Test
  void thresholdZeroAffectsTheGroupWithTheFirstFailure() {
    assertThat(policy(RestartAction.RESTART_NOTIFY, 0).decide(1))
        .isEqualTo(new Decision.AffectGroup(HOUR));
  }

  @Test
  void dontRestartStaysFailedForGood() {
    assertThat(policy(RestartAction.DONT_RESTART, 3).decide(1))
        .isEqualTo(new Decision.StayFailed("RestartAction is DontRestart", Optional.empty()));
  }

  @Test
  void thresholdWithoutEndIsNeverExceeded() {
    assertThat(policy(RestartAction.RESTART_NOTIFY, RestartPolicy.WITHOUT_END).decide(64))
        .isInstanceOf(Decision.Restart.class);
  }

  /**
   * MSCS's worked example: with a period of 200 ms and a threshold of 2, two failures within any
   * 200 ms are tolerated, and the third triggers the action.
   */
  @ParameterizedTest
  @CsvSource({
    "0 100 199, false",
    "0 100 200, true",
    "0 150 300, true",
    "0 100 250 299, false",
    "0 0 0, false"
  })
  void workedExample(String failureMillis, boolean tolerated) {
    Duration period = Duration.ofMillis(200);
    var policy = new RestartPolicy(RestartAction.RESTART_NOTIFY, 2, period, Duration.ZERO, HOUR);
    FailureWindow window = FailureWindow.EMPTY;
    Decision last = new Decision.AffectGroup(HOUR);
    for (String millis : failureMillis.split(" ", -1)) {
      Instant now = Given.NOW.plusMillis(Long.parseLong(millis));
      window = window.plus(now, period);
      last = policy.decide(window.count(now, period));
    }

    assertThat(last instanceof Decision.Restart).isEqualTo(tolerated);
  }

  @ParameterizedTest
  @CsvSource({"0, DontRestart", "1, RestartNoNotify", "2, RestartNotify"})
  void restartActionHasMscsNumbers(int code, String name) {
    assertThat(RestartAction.of(code)).hasToString(name);
    assertThat(RestartAction.of(code).code()).isEqualTo(code);
  }
}
