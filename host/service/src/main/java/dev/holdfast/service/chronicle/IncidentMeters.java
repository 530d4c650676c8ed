package dev.holdfast.service.chronicle;

import dev.holdfast.cluster.ClusterState;
import dev.holdfast.cluster.MonitorName;
import dev.holdfast.cluster.ResourceId;
import dev.holdfast.service.metric.Metric;
import dev.holdfast.service.metric.ResourceLabels;
import dev.holdfast.service.metric.Series;
import dev.holdfast.service.supervision.DeathCause;
import dev.holdfast.service.supervision.MonitorDeath;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/** What is measured of incidents and of the recovery from them. */
public final class IncidentMeters implements IncidentListener {
  private enum Role {
    CULPRIT,
    VICTIM;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** What part a resource had in incidents, so far. */
  private record Parts(AtomicLong culprit, AtomicLong victim) {
    Parts() {
      this(new AtomicLong(), new AtomicLong());
    }
  }

  private final MeterRegistry registry;
  private final Map<DeathCause, Map<Role, Counter>> incidents = new EnumMap<>(DeathCause.class);
  private final Map<ResourceId, Parts> parts = new ConcurrentHashMap<>();
  private final Series<ResourceId, ResourceLabels> series;

  public IncidentMeters(MeterRegistry registry) {
    this.registry = registry;
    for (DeathCause cause : DeathCause.values()) {
      Map<Role, Counter> byRole = new EnumMap<>(Role.class);
      for (Role role : Role.values()) {
        byRole.put(role, Metric.INCIDENTS.counter(registry, cause.toString(), role.toString()));
      }
      incidents.put(cause, byRole);
    }
    // From the first scrape on, so that the first recovery is seen as an increase.
    for (String kind : List.of("shared", "own")) {
      var _ = Metric.MONITOR_RECOVERY.timer(registry, kind);
      for (String phase : List.of("start", "ready", "find")) {
        var _ = Metric.MONITOR_RECOVERY_PHASE.timer(registry, kind, phase);
      }
    }
    series = new Series<>(registry, this::register);
  }

  private List<Meter> register(ResourceId id, ResourceLabels labels) {
    Parts part = part(id);
    return List.of(
        Metric.RESOURCE_INCIDENTS.counting(
            registry, part.culprit()::get, labels.with(Role.CULPRIT.toString())),
        Metric.RESOURCE_INCIDENTS.counting(
            registry, part.victim()::get, labels.with(Role.VICTIM.toString())));
  }

  private Parts part(ResourceId id) {
    return parts.computeIfAbsent(id, _ -> new Parts());
  }

  @Override
  public void opened(MonitorDeath death, Optional<ResourceId> culprit, Set<ResourceId> victims) {
    culprit.ifPresent(
        id -> {
          incident(death, Role.CULPRIT).increment();
          part(id).culprit().incrementAndGet();
        });
    if (!victims.isEmpty()) {
      incident(death, Role.VICTIM).increment();
      victims.forEach(id -> part(id).victim().incrementAndGet());
    }
  }

  private Counter incident(MonitorDeath death, Role role) {
    return Objects.requireNonNull(Objects.requireNonNull(incidents.get(death.cause())).get(role));
  }

  @Override
  public void recovered(MonitorDeath death, Recovery took) {
    String kind = death.name().equals(MonitorName.SHARED) ? "shared" : "own";
    Metric.MONITOR_RECOVERY.timer(registry, kind).record(took.found());
    Metric.MONITOR_RECOVERY_PHASE.timer(registry, kind, "start").record(took.started());
    Metric.MONITOR_RECOVERY_PHASE
        .timer(registry, kind, "ready")
        .record(took.ready().minus(took.started()));
    Metric.MONITOR_RECOVERY_PHASE
        .timer(registry, kind, "find")
        .record(took.found().minus(took.ready()));
  }

  /** Brings the series in line with what there is, before they are read. */
  public void refresh(ClusterState state) {
    parts.keySet().retainAll(state.resources().keySet());
    series.show(ResourceLabels.of(state));
  }
}
