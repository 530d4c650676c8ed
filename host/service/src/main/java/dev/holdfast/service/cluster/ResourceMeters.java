package dev.holdfast.service.cluster;

import dev.holdfast.cluster.ClusterResource;
import dev.holdfast.cluster.ClusterState;
import dev.holdfast.cluster.FailureReason;
import dev.holdfast.cluster.Notice;
import dev.holdfast.cluster.Phase;
import dev.holdfast.cluster.ResourceId;
import dev.holdfast.cluster.ResourceState;
import dev.holdfast.service.metric.Metric;
import dev.holdfast.service.metric.ResourceLabels;
import dev.holdfast.service.metric.Series;
import dev.holdfast.service.metric.TimeHeld;
import dev.holdfast.spi.Lives;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * What is measured of resources. How they are is read from the published state when somebody asks;
 * what adds up (failures, time) is added up as states become durable, on the thread that carries
 * out, which compares the two states of a step and touches only what differs.
 */
final class ResourceMeters {
  /** What adds up of one resource while this service lives. */
  private static final class Account {
    final long restartsBefore;
    final long adoptionsBefore;
    final TimeHeld unsupervised = new TimeHeld();
    final TimeHeld unavailable = new TimeHeld();
    final Map<String, AtomicLong> failures = new TreeMap<>();

    /** The resource as it is seen first: what an earlier service counted is not counted again. */
    Account(ClusterResource resource) {
      restartsBefore = resource.restarts();
      adoptionsBefore = resource.adoptions();
      for (FailureReason reason : FailureReason.values()) {
        failures.put(reason.toString(), new AtomicLong());
      }
    }
  }

  private final MeterRegistry registry;
  private final InstantSource clock;
  private final Map<ResourceId, Account> accounts = new ConcurrentHashMap<>();
  private final Series<ResourceId, ResourceLabels> series;
  private volatile ClusterState seen = ClusterState.empty();

  /**
   * @param initial what an earlier service left: nobody holds it
   */
  ResourceMeters(MeterRegistry registry, InstantSource clock, ClusterState initial) {
    this.registry = registry;
    this.clock = clock;
    this.series = new Series<>(registry, this::register);
    changed(ClusterState.empty(), initial);
  }

  // ---- what adds up ------------------------------------------------------------------------

  /** A new state is durable. */
  void changed(ClusterState before, ClusterState after) {
    if (after.hasResourcesOf(before)) {
      return;
    }
    after.changedSince(before).forEach(this::account);
    if (accounts.size() > after.resources().size()) {
      accounts.keySet().retainAll(after.resources().keySet());
    }
  }

  private void account(ClusterResource resource) {
    Account account = accounts.computeIfAbsent(resource.id(), _ -> new Account(resource));
    resource
        .unsupervisedSince()
        .ifPresentOrElse(
            account.unsupervised::holdsSince, () -> account.unsupervised.endsAt(clock.instant()));
    if (isUnavailable(resource)) {
      account.unavailable.holdsSince(clock.instant());
    } else {
      account.unavailable.endsAt(clock.instant());
    }
  }

  /**
   * Whether somebody who wants it cannot use it. A resource without a monitor is as Online as it
   * was, except for what lived in that monitor: that is gone, whatever is remembered.
   */
  static boolean isUnavailable(ClusterResource resource) {
    boolean goneWithItsMonitor =
        resource.lives() == Lives.IN_MONITOR && resource.phase() instanceof Phase.Recovering;
    return resource.config().wantedOnline()
        && (resource.state() != ResourceState.ONLINE || goneWithItsMonitor);
  }

  /** Something was decided that people are told. */
  void noticed(Notice notice) {
    @Nullable String reason = notice.details().get(Notice.REASON);
    if (reason != null) {
      notice
          .resource()
          .map(accounts::get)
          .map(account -> account.failures.get(reason))
          .ifPresent(AtomicLong::incrementAndGet);
    }
  }

  // ---- series ------------------------------------------------------------------------------

  /** Brings the series in line with what there is, before they are read. */
  void refresh(ClusterState state) {
    seen = state;
    series.show(ResourceLabels.of(state));
  }

  private List<Meter> register(ResourceId id, ResourceLabels labels) {
    List<Meter> meters = new ArrayList<>();
    for (ResourceState state : ResourceState.values()) {
      meters.add(
          Metric.RESOURCE_STATE.gauge(
              registry,
              () -> is(id, resource -> resource.state() == state),
              labels.with(state.name().toLowerCase(Locale.ROOT))));
    }
    meters.add(
        Metric.RESOURCE_WANTED.gauge(
            registry, () -> is(id, resource -> resource.config().wantedOnline()), labels.with()));
    Account account =
        accounts.computeIfAbsent(
            id, _ -> new Account(Objects.requireNonNull(seen.resources().get(id))));
    meters.add(
        Metric.RESOURCE_UNSUPERVISED.counting(
            registry, () -> account.unsupervised.secondsUntil(clock.instant()), labels.with()));
    meters.add(
        Metric.RESOURCE_UNAVAILABLE.counting(
            registry, () -> account.unavailable.secondsUntil(clock.instant()), labels.with()));
    meters.add(
        Metric.RESOURCE_RESTARTS.counting(
            registry,
            () -> sinceStart(id, ClusterResource::restarts, account.restartsBefore),
            labels.with()));
    meters.add(
        Metric.RESOURCE_ADOPTIONS.counting(
            registry,
            () -> sinceStart(id, ClusterResource::adoptions, account.adoptionsBefore),
            labels.with()));
    account.failures.forEach(
        (reason, count) ->
            meters.add(
                Metric.RESOURCE_FAILURES.counting(registry, count::get, labels.with(reason))));
    return meters;
  }

  private double is(ResourceId id, Predicate<ClusterResource> claim) {
    return resource(id).filter(claim).isPresent() ? 1 : 0;
  }

  private double sinceStart(ResourceId id, ToLongFunction<ClusterResource> count, long before) {
    return resource(id).map(resource -> count.applyAsLong(resource) - before).orElse(0L);
  }

  private Optional<ClusterResource> resource(ResourceId id) {
    return Optional.ofNullable(seen.resources().get(id));
  }
}
