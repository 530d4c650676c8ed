package dev.holdfast.service.cluster;

import static dev.holdfast.service.GivenCluster.state;
import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.cluster.ClusterState;
import dev.holdfast.cluster.Deadline;
import dev.holdfast.cluster.EntryPoint;
import dev.holdfast.cluster.Notice;
import dev.holdfast.protocol.Failures;
import dev.holdfast.protocol.SpiCodec;
import dev.holdfast.protocol.wire.Failure;
import dev.holdfast.protocol.wire.HealthReport;
import dev.holdfast.spi.Health;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class CallMetersTest {
  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final CallMeters meters = new CallMeters(registry);

  private static HealthReport.Builder report(long nanos, long late) {
    return HealthReport.newBuilder()
        .setEntryPoint(dev.holdfast.protocol.wire.EntryPoint.IS_ALIVE)
        .setDurationNanos(nanos)
        .setLateNanos(late);
  }

  private long checks(String outcome) {
    var timer =
        registry.find("holdfast.check.duration").tags("type", "Test", "outcome", outcome).timer();
    return timer == null ? 0 : timer.count();
  }

  private double exceeded(String deadline, String entryPoint) {
    return registry
        .get("holdfast.deadlines.exceeded")
        .tags("deadline", deadline, "entry_point", entryPoint)
        .counter()
        .count();
  }

  @Test
  void aCheck_isMeasuredAsTheMonitorSaidIt() {
    meters.checked(
        "Test", report(12_000, 3_000).setHealth(SpiCodec.encode(Health.alive())).build());

    var duration =
        registry
            .get("holdfast.check.duration")
            .tags("type", "Test", "check", "is_alive", "outcome", "alive")
            .timer();
    var lag = registry.get("holdfast.check.lag").tags("type", "Test", "check", "is_alive").timer();
    assertThat(duration.totalTime(TimeUnit.NANOSECONDS)).isEqualTo(12_000);
    assertThat(lag.totalTime(TimeUnit.NANOSECONDS)).isEqualTo(3_000);
  }

  @Test
  void whatAPluginCallsItsFailures_isNoLabel() {
    meters.checked("Test", broken("DatabaseOfTheDayIsDown"));
    meters.checked("Test", broken(Failures.CHECK_TIMED_OUT));
    meters.checked("Test", broken(Failures.CALL_HANGS));
    meters.checked(
        "Test", report(1, 1).setHealth(SpiCodec.encode(Health.failed("it is gone"))).build());
    meters.checked(
        "Test", report(1, 1).setHealth(SpiCodec.encode(Health.degraded("it is slow"))).build());

    assertThat(checks("error")).isEqualTo(1);
    assertThat(checks("timeout")).isEqualTo(2);
    assertThat(checks("failed")).isEqualTo(1);
    assertThat(checks("degraded")).isEqualTo(1);
    assertThat(exceeded("check_limit", "is_alive")).isEqualTo(2);
    assertThat(exceeded("check_limit", "looks_alive")).isZero();
  }

  private static HealthReport broken(String code) {
    return report(1, 1).setBroken(Failure.newBuilder().setCode(code)).build();
  }

  @Test
  void aCheckThatNeverEntered_wasNotLate() {
    meters.checked("Test", report(0, 0).clearLateNanos().setBroken(Failure.newBuilder()).build());

    assertThat(checks("error")).isEqualTo(1);
    assertThat(registry.find("holdfast.check.lag").timer()).isNull();
  }

  @Test
  void aDeadlineThatPassed_isCountedOnceItIsTold() {
    meters.noticed(
        new Notice(
            Notice.Kind.DEADLOCK,
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            "it hangs",
            Map.of(
                Notice.DEADLINE,
                Deadline.DEADLOCK_TIMEOUT.toString(),
                Notice.ENTRY_POINT,
                EntryPoint.IS_ALIVE.name())));

    assertThat(exceeded("deadlock_timeout", "is_alive")).isEqualTo(1);
    assertThat(exceeded("pending_timeout", "online")).isZero();
  }

  @Test
  void whatCameTooLate_isCountedByItsKind() {
    meters.stale(StaleKind.HEALTH);

    for (StaleKind kind : StaleKind.values()) {
      assertThat(
              registry
                  .get("holdfast.stale.messages.dropped")
                  .tags("dropped_by", "service", "kind", kind.toString())
                  .counter()
                  .count())
          .isEqualTo(kind == StaleKind.HEALTH ? 1 : 0);
    }
  }

  @Test
  void aTypeThatIsRegisteredNoMore_hasNoSeries() {
    meters.checked("Test", report(1, 1).setHealth(SpiCodec.encode(Health.alive())).build());

    meters.refresh(state());
    assertThat(checks("alive")).isEqualTo(1);

    meters.refresh(ClusterState.empty());
    assertThat(registry.find("holdfast.check.duration").timer()).isNull();
    assertThat(registry.find("holdfast.check.lag").timer()).isNull();
  }
}
