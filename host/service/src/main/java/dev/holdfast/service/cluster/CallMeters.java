package dev.holdfast.service.cluster;

import dev.holdfast.cluster.ClusterState;
import dev.holdfast.cluster.Deadline;
import dev.holdfast.cluster.EntryPoint;
import dev.holdfast.cluster.Notice;
import dev.holdfast.protocol.Failures;
import dev.holdfast.protocol.wire.HealthReport;
import dev.holdfast.service.metric.Metric;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What is measured of calls into plugins, as monitors tell of it: checks, deadlines that passed,
 * and what came too late to matter.
 */
final class CallMeters {
  /** The deadline of a check, which the monitor keeps by itself. */
  private static final String CHECK_LIMIT = "check_limit";

  private static final String LOOKS_ALIVE = "looks_alive";
  private static final String IS_ALIVE = "is_alive";

  private static final String TIMEOUT = "timeout";

  /** Of all the codes of failures these two alone become a label's value. */
  private static final Set<String> TOOK_TOO_LONG =
      Set.of(Failures.CHECK_TIMED_OUT, Failures.CALL_HANGS);

  private record Check(String type, String check, String outcome) {}

  private record Exceeded(String deadline, String entryPoint) {}

  private final MeterRegistry registry;
  private final Map<Check, Timer> durations = new ConcurrentHashMap<>();
  private final Map<Check, Timer> lags = new ConcurrentHashMap<>();
  private final Map<Exceeded, Counter> exceeded = new ConcurrentHashMap<>();
  private final Map<StaleKind, Counter> stale = new EnumMap<>(StaleKind.class);

  CallMeters(MeterRegistry registry) {
    this.registry = registry;
    for (StaleKind kind : StaleKind.values()) {
      stale.put(kind, Metric.STALE_MESSAGES.counter(registry, "service", kind.toString()));
    }
    // From the first scrape on, so that the first of them is seen as an increase.
    var _ = count(CHECK_LIMIT, LOOKS_ALIVE);
    var _ = count(CHECK_LIMIT, IS_ALIVE);
    count(Deadline.ONLINE_LIMIT, EntryPoint.ONLINE);
    for (var entryPoint :
        Set.of(EntryPoint.ONLINE, EntryPoint.OFFLINE, EntryPoint.IS_ALIVE, EntryPoint.CHANGED)) {
      count(Deadline.PENDING_TIMEOUT, entryPoint);
    }
    for (var entryPoint :
        Set.of(EntryPoint.OPEN, EntryPoint.FIND, EntryPoint.TERMINATE, EntryPoint.IS_ALIVE)) {
      count(Deadline.DEADLOCK_TIMEOUT, entryPoint);
    }
  }

  private void count(Deadline deadline, EntryPoint entryPoint) {
    var _ = count(deadline.toString(), entryPoint.name().toLowerCase(Locale.ROOT));
  }

  private Counter count(String deadline, String entryPoint) {
    return exceeded.computeIfAbsent(
        new Exceeded(deadline, entryPoint),
        _ -> Metric.DEADLINES_EXCEEDED.counter(registry, deadline, entryPoint));
  }

  /** A check's report, of the epoch that counts. On the thread of the monitor's link. */
  void checked(String type, HealthReport report) {
    String check =
        report.getEntryPoint() == dev.holdfast.protocol.wire.EntryPoint.LOOKS_ALIVE
            ? LOOKS_ALIVE
            : IS_ALIVE;
    String outcome = outcome(report);
    durations
        .computeIfAbsent(
            new Check(type, check, outcome),
            _ -> Metric.CHECK_DURATION.timer(registry, type, check, outcome))
        .record(Duration.ofNanos(report.getDurationNanos()));
    if (report.hasLateNanos()) {
      lags.computeIfAbsent(
              new Check(type, check, ""), _ -> Metric.CHECK_LAG.timer(registry, type, check))
          .record(Duration.ofNanos(report.getLateNanos()));
    }
    if (outcome.equals(TIMEOUT)) {
      count(CHECK_LIMIT, check).increment();
    }
  }

  private static String outcome(HealthReport report) {
    return switch (report.getResultCase()) {
      case BROKEN -> TOOK_TOO_LONG.contains(report.getBroken().getCode()) ? TIMEOUT : "error";
      case HEALTH, RESULT_NOT_SET ->
          switch (report.getHealth().getHealthCase()) {
            case DEGRADED -> "degraded";
            case FAILED -> "failed";
            case ALIVE, HEALTH_NOT_SET -> "alive";
          };
    };
  }

  /** Something was decided that people are told. */
  void noticed(Notice notice) {
    @Nullable String deadline = notice.details().get(Notice.DEADLINE);
    @Nullable String entryPoint = notice.details().get(Notice.ENTRY_POINT);
    if (deadline != null && entryPoint != null) {
      count(deadline, entryPoint.toLowerCase(Locale.ROOT)).increment();
    }
  }

  /** Something came too late, and was dropped or refused. */
  void stale(StaleKind kind) {
    Objects.requireNonNull(stale.get(kind)).increment();
  }

  /** Lets go of types that are registered no more. */
  void refresh(ClusterState state) {
    Set<String> registered =
        state.types().values().stream().map(type -> type.name()).collect(Collectors.toSet());
    forget(durations, registered);
    forget(lags, registered);
  }

  private void forget(Map<Check, Timer> timers, Set<String> registered) {
    timers
        .entrySet()
        .removeIf(
            entry -> {
              boolean gone = !registered.contains(entry.getKey().type());
              if (gone) {
                registry.remove(entry.getValue());
              }
              return gone;
            });
  }
}
