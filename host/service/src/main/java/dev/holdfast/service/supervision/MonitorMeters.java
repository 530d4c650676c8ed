package dev.holdfast.service.supervision;

import dev.holdfast.cluster.ClusterState;
import dev.holdfast.cluster.MonitorName;
import dev.holdfast.cluster.MonitorStatus;
import dev.holdfast.protocol.wire.Beat;
import dev.holdfast.service.metric.Metric;
import dev.holdfast.service.metric.Series;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** What is measured of monitors. Series of a monitor that nobody needs any more vanish. */
public final class MonitorMeters {
  /** The reason of a restart that was asked for, beside the {@link DeathCause}s. */
  private static final String REQUESTED = "requested";

  /** What is counted of one monitor. */
  private static final class Account {
    final Map<String, AtomicLong> restarts = new HashMap<>();
    long beatsOfEpoch;
    long lateAnswers;
    volatile int pluginThreads;
    volatile int leftBehind;

    Account() {
      reasons().forEach(reason -> restarts.put(reason, new AtomicLong()));
    }

    void restarted(String reason) {
      Objects.requireNonNull(restarts.get(reason)).incrementAndGet();
    }
  }

  private final Map<MonitorName, Account> accounts = new ConcurrentHashMap<>();
  private final Counter droppedByMonitors;
  private final Series<MonitorName, Account> series;
  private volatile ClusterState seen = ClusterState.empty();

  public MonitorMeters(MeterRegistry registry) {
    droppedByMonitors = Metric.STALE_MESSAGES.counter(registry, "monitor", "any");
    series = new Series<>(registry, (name, account) -> register(registry, name, account));
  }

  private static List<String> reasons() {
    List<String> reasons = new ArrayList<>();
    for (DeathCause cause : DeathCause.values()) {
      reasons.add(cause.toString());
    }
    reasons.add(REQUESTED);
    return reasons;
  }

  private List<Meter> register(MeterRegistry registry, MonitorName name, Account account) {
    String monitor = name.value();
    List<Meter> meters = new ArrayList<>();
    meters.add(Metric.MONITOR_UP.gauge(registry, () -> isUp(name) ? 1 : 0, monitor));
    meters.add(
        Metric.MONITOR_RESOURCES.gauge(registry, () -> seen.resourcesIn(name).size(), monitor));
    meters.add(
        Metric.MONITOR_PLUGIN_THREADS.gauge(
            registry, () -> isUp(name) ? account.pluginThreads : 0, monitor));
    meters.add(
        Metric.MONITOR_LEFT_BEHIND_THREADS.gauge(
            registry, () -> isUp(name) ? account.leftBehind : 0, monitor));
    account.restarts.forEach(
        (reason, count) ->
            meters.add(Metric.MONITOR_RESTARTS.counting(registry, count::get, monitor, reason)));
    return meters;
  }

  private boolean isUp(MonitorName name) {
    MonitorStatus monitor = seen.monitors().get(name);
    return monitor != null && monitor.phase() instanceof MonitorStatus.Phase.Ready;
  }

  private Account account(MonitorName name) {
    return accounts.computeIfAbsent(name, _ -> new Account());
  }

  /** A monitor's process is gone. One that was asked to leave counts when it is started again. */
  public void died(MonitorDeath death) {
    if (!death.asked()) {
      account(death.name()).restarted(death.cause().toString());
    }
  }

  /** A beat, with what the monitor says of itself. On the thread of its link. */
  public void beat(MonitorName name, long epoch, Beat beat) {
    Account account = account(name);
    account.pluginThreads = beat.getPluginThreads();
    account.leftBehind = beat.getLeftBehind();
    synchronized (account) {
      // Each life counts from zero.
      long before = account.beatsOfEpoch == epoch ? account.lateAnswers : 0;
      droppedByMonitors.increment((double) Math.max(0, beat.getLateAnswers() - before));
      account.beatsOfEpoch = epoch;
      account.lateAnswers = beat.getLateAnswers();
    }
  }

  /** A new state is durable. */
  public void changed(ClusterState before, ClusterState after) {
    for (MonitorStatus monitor : after.monitors().values()) {
      @Nullable MonitorStatus old = before.monitors().get(monitor.name());
      if (old != null
          && old.phase() instanceof MonitorStatus.Phase.Stopping
          && monitor.epoch() > old.epoch()) {
        account(monitor.name()).restarted(REQUESTED);
      }
    }
    accounts.keySet().retainAll(after.monitors().keySet());
  }

  /** Brings the series in line with what there is, before they are read. */
  public void refresh(ClusterState state) {
    seen = state;
    Map<MonitorName, Account> present = new HashMap<>();
    state.monitors().keySet().forEach(name -> present.put(name, account(name)));
    series.show(present);
  }
}
