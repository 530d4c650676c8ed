package dev.holdfast.service.chronicle;

import static dev.holdfast.service.GivenCluster.NOW;
import static dev.holdfast.service.GivenCluster.config;
import static dev.holdfast.service.GivenCluster.id;
import static dev.holdfast.service.GivenCluster.online;
import static dev.holdfast.service.GivenCluster.resource;
import static dev.holdfast.service.GivenCluster.state;
import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.cluster.ClusterState;
import dev.holdfast.cluster.MonitorName;
import dev.holdfast.service.supervision.DeathCause;
import dev.holdfast.service.supervision.MonitorDeath;
import dev.holdfast.spi.Exit;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class IncidentMetersTest {
  private static final ClusterState STATE =
      state(
          resource(config(1, "db"), online()),
          resource(config(2, "app"), online()),
          resource(config(3, "web"), online()));

  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final IncidentMeters meters = new IncidentMeters(registry);

  private static MonitorDeath death(DeathCause cause) {
    return new MonitorDeath(
        MonitorName.SHARED,
        1,
        101,
        new Exit.Unknown(),
        false,
        true,
        true,
        cause,
        "as it was",
        List.of(),
        List.of(),
        NOW);
  }

  private double incidents(String cause, String role) {
    return registry.get("holdfast.incidents").tags("cause", cause, "role", role).counter().count();
  }

  private double part(String resource, String role) {
    meters.refresh(STATE);
    return registry
        .get("holdfast.resource.incidents")
        .tags("resource", resource, "role", role)
        .functionCounter()
        .count();
  }

  @Test
  void anIncident_countsOnceForEachRole_andForEachResourceItsOwn() {
    meters.opened(death(DeathCause.CRASH), Optional.of(id(1)), Set.of(id(2), id(3)));

    assertThat(incidents("crash", "culprit")).isEqualTo(1);
    assertThat(incidents("crash", "victim")).isEqualTo(1);
    assertThat(incidents("signal", "victim")).isZero();
    assertThat(part("db", "culprit")).isEqualTo(1);
    assertThat(part("db", "victim")).isZero();
    assertThat(part("app", "victim")).isEqualTo(1);
    assertThat(part("web", "victim")).isEqualTo(1);
  }

  @Test
  void aDeathThatHurtNobody_isNoIncidentOfAnybody() {
    meters.opened(death(DeathCause.SIGNAL), Optional.empty(), Set.of());

    assertThat(incidents("signal", "culprit")).isZero();
    assertThat(incidents("signal", "victim")).isZero();
  }

  @Test
  void aRecovery_isMeasuredAsAWhole_andInParts() {
    assertThat(registry.get("holdfast.monitor.recovery.duration").tags("kind", "shared").timer())
        .extracting(Timer::count)
        .isEqualTo(0L);

    meters.recovered(
        death(DeathCause.SIGNAL),
        new IncidentListener.Recovery(
            Duration.ofMillis(15), Duration.ofMillis(40), Duration.ofMillis(90)));

    assertThat(
            millis(
                registry.get("holdfast.monitor.recovery.duration").tags("kind", "shared").timer()))
        .isEqualTo(90);
    assertThat(phase("start")).isEqualTo(15);
    assertThat(phase("ready")).isEqualTo(25);
    assertThat(phase("find")).isEqualTo(50);
  }

  private double phase(String phase) {
    return millis(
        registry
            .get("holdfast.monitor.recovery.phase.duration")
            .tags("kind", "shared", "phase", phase)
            .timer());
  }

  private static double millis(Timer timer) {
    return timer.totalTime(TimeUnit.MILLISECONDS);
  }

  @Test
  void aResourceThatIsGone_hasNoSeries() {
    meters.refresh(STATE);
    meters.refresh(ClusterState.empty());

    assertThat(registry.find("holdfast.resource.incidents").functionCounter()).isNull();
  }
}
