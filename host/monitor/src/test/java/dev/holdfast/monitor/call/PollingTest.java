package dev.holdfast.monitor.call;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.protocol.SpiCodec;
import dev.holdfast.protocol.wire.Failure;
import dev.holdfast.protocol.wire.HealthReport;
import dev.holdfast.spi.Health;
import org.junit.jupiter.api.Test;

class PollingTest {
  @Test
  void thatWhatWasAliveIsAlive_isNoNews() {
    assertThat(Polling.isNews(report(Health.alive()), true)).isFalse();
  }

  @Test
  void allElseIsNews() {
    assertThat(Polling.isNews(report(Health.alive()), false)).as("the first").isTrue();
    assertThat(Polling.isNews(report(Health.degraded("slow")), true)).isTrue();
    assertThat(Polling.isNews(report(Health.failed("sick")), true)).isTrue();
    assertThat(
            Polling.isNews(HealthReport.newBuilder().setBroken(Failure.getDefaultInstance()), true))
        .isTrue();
  }

  /** With a DeadlockTimeout of a second, what took most of it was taken for a deadlock. */
  @Test
  void aCheckThatTookItsTime_isNews_howeverItsTimeWent() {
    long half = Polling.PROMPT.toNanos() / 2;

    assertThat(Polling.isNews(report(Health.alive()).setDurationNanos(2 * half), true)).isTrue();
    assertThat(Polling.isNews(report(Health.alive()).setLateNanos(2 * half), true)).isTrue();
    assertThat(
            Polling.isNews(report(Health.alive()).setLateNanos(half).setDurationNanos(half), true))
        .isTrue();
    assertThat(Polling.isNews(report(Health.alive()).setLateNanos(half), true)).isFalse();
  }

  private static HealthReport.Builder report(Health health) {
    return HealthReport.newBuilder().setHealth(SpiCodec.encode(health));
  }
}
