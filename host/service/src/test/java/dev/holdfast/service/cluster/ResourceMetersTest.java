package dev.holdfast.service.cluster;

import static dev.holdfast.service.GivenCluster.NOW;
import static dev.holdfast.service.GivenCluster.closed;
import static dev.holdfast.service.GivenCluster.config;
import static dev.holdfast.service.GivenCluster.failed;
import static dev.holdfast.service.GivenCluster.id;
import static dev.holdfast.service.GivenCluster.online;
import static dev.holdfast.service.GivenCluster.resource;
import static dev.holdfast.service.GivenCluster.state;
import static dev.holdfast.service.GivenCluster.with;
import static dev.holdfast.service.GivenCluster.without;
import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.cluster.ClusterResource;
import dev.holdfast.cluster.ClusterState;
import dev.holdfast.cluster.FailureReason;
import dev.holdfast.cluster.Notice;
import dev.holdfast.cluster.Phase;
import dev.holdfast.service.metric.Metric;
import dev.holdfast.spi.Lives;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;

class ResourceMetersTest {
  private static final ClusterResource ONLINE = resource(config(1, "db"), online());
  private static final ClusterResource CLOSED =
      resource(config(1, "db"), closed(new Phase.Online(NOW)));
  private static final ClusterResource FAILED = resource(config(1, "db"), failed("it is gone"));

  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final AtomicReference<Instant> now = new AtomicReference<>(NOW);
  private ClusterState current = ClusterState.empty();
  private ResourceMeters meters = metersOf(current);

  private ResourceMeters metersOf(ClusterState initial) {
    current = initial;
    return new ResourceMeters(registry, now::get, initial);
  }

  private void become(ClusterState next) {
    meters.changed(current, next);
    current = next;
  }

  private void at(int millis) {
    now.set(NOW.plusMillis(millis));
  }

  private double value(Metric metric, String... labels) {
    meters.refresh(current);
    List<Meter> found =
        registry.getMeters().stream()
            .filter(meter -> meter.getId().getName().equals(idOf(metric)))
            .filter(
                meter ->
                    List.of(labels).stream()
                        .allMatch(
                            label ->
                                meter.getId().getTags().stream()
                                    .anyMatch(tag -> tag.getValue().equals(label))))
            .toList();
    assertThat(found).as("%s of %s", metric, List.of(labels)).hasSize(1);
    return StreamSupport.stream(found.getFirst().measure().spliterator(), false)
        .findFirst()
        .orElseThrow()
        .getValue();
  }

  private static String idOf(Metric metric) {
    return metric.exposedName().replaceAll("(_seconds)?(_total)?$", "").replace('_', '.');
  }

  @Test
  void everyState_isASeries_andOneOfThemIsOne() {
    become(state(ONLINE, resource(config(2, "app", id(1)), failed("it is gone"))));

    assertThat(value(Metric.RESOURCE_STATE, "db", "online")).isEqualTo(1);
    assertThat(value(Metric.RESOURCE_STATE, "app", "failed")).isEqualTo(1);
    for (String other : List.of("initializing", "offline", "online_pending", "offline_pending")) {
      assertThat(value(Metric.RESOURCE_STATE, "db", other)).as(other).isZero();
    }
    assertThat(value(Metric.RESOURCE_STATE, "db", "failed")).isZero();
    assertThat(value(Metric.RESOURCE_WANTED, "db")).isEqualTo(1);
  }

  @Test
  void aMonitorsDeath_isTimeUnsupervised_andNotUnavailable() {
    become(state(ONLINE));
    at(1_000);
    become(state(unsupervisedSince(CLOSED, NOW.plusMillis(990))));
    at(1_500);
    assertThat(value(Metric.RESOURCE_UNSUPERVISED, "db")).isEqualTo(0.51);
    at(1_990);
    become(state(ONLINE));
    at(9_000);

    assertThat(value(Metric.RESOURCE_UNSUPERVISED, "db")).isEqualTo(1);
    assertThat(value(Metric.RESOURCE_UNAVAILABLE, "db")).isZero();
  }

  @Test
  void whatLivesInItsMonitor_isUnavailableFromItsDeathOn() {
    become(state(inMonitor(ONLINE)));
    at(1_000);
    become(state(inMonitor(CLOSED)));
    at(1_200);
    become(state(inMonitor(FAILED)));
    at(1_300);
    become(state(inMonitor(ONLINE)));
    at(5_000);

    assertThat(value(Metric.RESOURCE_UNAVAILABLE, "db")).isEqualTo(0.3);
  }

  @Test
  void whatFailed_isUnavailable_forAsLongAsSomebodyWantsIt() {
    become(state(ONLINE));
    at(1_000);
    become(state(FAILED));
    at(3_000);
    assertThat(value(Metric.RESOURCE_UNAVAILABLE, "db")).isEqualTo(2);

    become(state(resource(config(1, "db").wanted(false), failed("it is gone"))));
    at(9_000);
    assertThat(value(Metric.RESOURCE_UNAVAILABLE, "db")).isEqualTo(2);
    assertThat(value(Metric.RESOURCE_UNSUPERVISED, "db")).isZero();
  }

  @Test
  void anotherService_beginsAtZero_andCountsFromItsStart() {
    at(60_000);
    ClusterResource left = unsupervisedSince(counted(CLOSED, 3, 4), now.get());
    meters = metersOf(state(left));
    at(60_250);
    become(state(counted(ONLINE, 3, 5)));
    at(70_000);

    assertThat(value(Metric.RESOURCE_UNSUPERVISED, "db")).isEqualTo(0.25);
    assertThat(value(Metric.RESOURCE_UNAVAILABLE, "db")).isZero();
    assertThat(value(Metric.RESOURCE_RESTARTS, "db")).isZero();
    assertThat(value(Metric.RESOURCE_ADOPTIONS, "db")).isEqualTo(1);
  }

  @Test
  void failures_areCountedByTheirReason_andNothingElseIs() {
    become(state(ONLINE));
    meters.noticed(notice(Notice.Kind.RESOURCE_FAILED, FailureReason.CHECK.toString()));
    meters.noticed(notice(Notice.Kind.RESOURCE_FAILED, FailureReason.CHECK.toString()));
    meters.noticed(notice(Notice.Kind.RESOURCE_FAILED, "a plugin's own word"));

    assertThat(value(Metric.RESOURCE_FAILURES, "db", "check")).isEqualTo(2);
    assertThat(value(Metric.RESOURCE_FAILURES, "db", "timeout")).isZero();
    assertThat(
            registry.find("holdfast.resource.failures").meters().stream()
                .map(meter -> meter.getId().getTag("reason")))
        .containsExactlyInAnyOrder(
            "check", "exception", "timeout", "absent", "unknown", "operator");
  }

  @Test
  void aResourceThatIsGone_hasNoSeries() {
    become(state(ONLINE));
    meters.refresh(current);
    assertThat(registry.getMeters()).isNotEmpty();

    become(without(current, id(1)));
    meters.refresh(current);
    assertThat(registry.getMeters()).isEmpty();

    become(with(current, resource(config(2, "db"), online())));
    assertThat(value(Metric.RESOURCE_STATE, "db", "online")).isEqualTo(1);
  }

  private static Notice notice(Notice.Kind kind, String reason) {
    return new Notice(
        kind,
        Optional.of(id(1)),
        Optional.empty(),
        Optional.empty(),
        "because",
        Map.of(Notice.REASON, reason));
  }

  private static ClusterResource inMonitor(ClusterResource r) {
    return copy(r, Lives.IN_MONITOR, r.restarts(), r.adoptions(), r.unsupervisedSince());
  }

  private static ClusterResource counted(ClusterResource r, long restarts, long adoptions) {
    return copy(r, r.lives(), restarts, adoptions, r.unsupervisedSince());
  }

  private static ClusterResource unsupervisedSince(ClusterResource r, Instant since) {
    return copy(r, r.lives(), r.restarts(), r.adoptions(), Optional.of(since));
  }

  private static ClusterResource copy(
      ClusterResource r,
      Lives lives,
      long restarts,
      long adoptions,
      Optional<Instant> unsupervisedSince) {
    return new ClusterResource(
        r.config(),
        lives,
        r.timings(),
        r.phase(),
        r.epoch(),
        r.health(),
        r.detail(),
        r.since(),
        r.failures(),
        restarts,
        adoptions,
        r.lastExit(),
        unsupervisedSince,
        r.openIn(),
        r.bounce(),
        r.takenOver(),
        Optional.empty(),
        false);
  }
}
