package dev.holdfast.service.supervision;

import static dev.holdfast.service.GivenCluster.NOW;
import static dev.holdfast.service.GivenCluster.config;
import static dev.holdfast.service.GivenCluster.online;
import static dev.holdfast.service.GivenCluster.resource;
import static dev.holdfast.service.GivenCluster.shared;
import static dev.holdfast.service.GivenCluster.state;
import static dev.holdfast.service.GivenCluster.with;
import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.cluster.ClusterState;
import dev.holdfast.cluster.MonitorName;
import dev.holdfast.cluster.MonitorStatus;
import dev.holdfast.protocol.wire.Beat;
import dev.holdfast.spi.Exit;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.List;
import org.junit.jupiter.api.Test;

class MonitorMetersTest {
  private static final ClusterState READY = state(resource(config(1, "db"), online()));
  private static final ClusterState LOST =
      with(READY, shared(1, new MonitorStatus.Phase.Waiting(NOW)));

  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final MonitorMeters meters = new MonitorMeters(registry);

  private double restarts(String reason) {
    return registry
        .get("holdfast.monitor.restarts")
        .tags("monitor", "shared-0", "reason", reason)
        .functionCounter()
        .count();
  }

  private double gauge(String name) {
    return registry.get(name).tags("monitor", "shared-0").gauge().value();
  }

  private double dropped() {
    return registry
        .get("holdfast.stale.messages.dropped")
        .tags("dropped_by", "monitor")
        .counter()
        .count();
  }

  private static MonitorDeath death(DeathCause cause, boolean asked) {
    return new MonitorDeath(
        MonitorName.SHARED,
        1,
        101,
        new Exit.Signal(9),
        asked,
        false,
        true,
        cause,
        "as it was",
        List.of(),
        List.of(),
        NOW);
  }

  @Test
  void aMonitor_isUpWhileItTakesCalls() {
    meters.refresh(READY);
    assertThat(gauge("holdfast.monitor.up")).isEqualTo(1);
    assertThat(gauge("holdfast.monitor.resources")).isEqualTo(1);

    meters.refresh(LOST);
    assertThat(gauge("holdfast.monitor.up")).isZero();
  }

  @Test
  void deaths_areCountedByTheirCause_fromZeroOn() {
    meters.refresh(READY);
    for (DeathCause cause : DeathCause.values()) {
      assertThat(restarts(cause.toString())).isZero();
    }

    meters.died(death(DeathCause.SIGNAL, false));

    assertThat(restarts("signal")).isEqualTo(1);
    assertThat(restarts("crash")).isZero();
  }

  @Test
  void whatWasAskedToLeave_isRestartedOnRequest_onlyOnceItIsStartedAgain() {
    var leaving = with(READY, shared(1, new MonitorStatus.Phase.Stopping(NOW)));
    meters.refresh(READY);
    meters.died(death(DeathCause.EXIT, true));
    meters.changed(READY, leaving);
    assertThat(restarts("exit")).isZero();
    assertThat(restarts("requested")).isZero();

    meters.changed(leaving, with(READY, shared(2, new MonitorStatus.Phase.Starting(NOW))));
    assertThat(restarts("requested")).isEqualTo(1);
  }

  @Test
  void whatMonitorsDropped_addsUpOverTheirLives() {
    meters.beat(MonitorName.SHARED, 1, Beat.newBuilder().setLateAnswers(2).build());
    meters.beat(MonitorName.SHARED, 1, Beat.newBuilder().setLateAnswers(5).build());
    meters.beat(MonitorName.SHARED, 2, Beat.newBuilder().setLateAnswers(1).build());

    assertThat(dropped()).isEqualTo(6);
  }

  @Test
  void threads_areThoseOfTheLastBeat_andNoneWhileThereIsNoMonitor() {
    meters.refresh(READY);
    meters.beat(
        MonitorName.SHARED, 1, Beat.newBuilder().setPluginThreads(3).setLeftBehind(1).build());
    assertThat(gauge("holdfast.monitor.plugin.threads")).isEqualTo(3);
    assertThat(gauge("holdfast.monitor.left.behind.threads")).isEqualTo(1);

    meters.refresh(LOST);
    assertThat(gauge("holdfast.monitor.plugin.threads")).isZero();
  }

  @Test
  void aMonitorThatNobodyNeeds_hasNoSeries() {
    meters.refresh(READY);
    meters.refresh(ClusterState.empty());

    assertThat(registry.find("holdfast.monitor.up").gauge()).isNull();
    assertThat(registry.find("holdfast.monitor.restarts").functionCounter()).isNull();
  }
}
