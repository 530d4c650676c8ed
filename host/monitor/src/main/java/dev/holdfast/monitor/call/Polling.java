package dev.holdfast.monitor.call;

import dev.holdfast.protocol.Failures;
import dev.holdfast.protocol.SpiCodec;
import dev.holdfast.protocol.wire.EntryPoint;
import dev.holdfast.protocol.wire.Failure;
import dev.holdfast.protocol.wire.HealthReport;
import dev.holdfast.protocol.wire.HealthReportOrBuilder;
import dev.holdfast.protocol.wire.SetPolling;
import dev.holdfast.protocol.wire.ToService;
import dev.holdfast.spi.Health;
import dev.holdfast.spi.ResourceException.Responsibility;
import dev.holdfast.spi.ResourceException.Retry;
import java.time.Duration;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The health checks of one resource, from one SetPolling to the next. Each check is due one
 * interval after the last one of its kind ended, and waits its turn while another call is inside; a
 * LooksAlive that fails, and a signal that something failed, make an IsAlive due at once (MSCS's
 * rule). What a check says after the polling was stopped is dropped. Thread-safe.
 */
final class Polling {
  /** A check that takes longer is broken, unless the service said otherwise. */
  static final Duration DEFAULT_CHECK_LIMIT = Duration.ofSeconds(30);

  /** A check that is over so soon after it was due has time until the next heartbeat. */
  static final Duration PROMPT = Duration.ofMillis(100);

  /** The code of a failure: the check did not end in time, and says nothing. */
  static final String CHECK_TIMED_OUT = Failures.CHECK_TIMED_OUT;

  /** Makes the entry of a check. */
  interface Checks {
    /** An entry that reports to the given consumer. */
    Entry check(EntryPoint kind, SetPolling settings, Duration limit, Consumer<Outcome> outcome);

    /** The resource failed, and is to be terminated as the settings say. */
    void terminate(SetPolling settings);
  }

  private final SetPolling settings;
  private final Gate gate;
  private final Checks checks;
  private final Surroundings surroundings;
  private final String resourceName;
  private final Map<EntryPoint, Alarms.Alarm> alarms = new EnumMap<>(EntryPoint.class);
  private final EnumSet<EntryPoint> due = EnumSet.noneOf(EntryPoint.class);

  /** When each is to be made next, by {@link System#nanoTime}. */
  private final Map<EntryPoint, Long> dueNanos = new EnumMap<>(EntryPoint.class);

  private long runningDueNanos;
  private @Nullable Entry running;
  private boolean stopped;

  /** Whether the last report said so. */
  private boolean toldAlive;

  Polling(
      SetPolling settings,
      String resourceName,
      Gate gate,
      Checks checks,
      Surroundings surroundings) {
    this.settings = settings;
    this.resourceName = resourceName;
    this.gate = gate;
    this.checks = checks;
    this.surroundings = surroundings;
  }

  long epoch() {
    return settings.getEpoch();
  }

  /** Sets the first alarms. */
  void begin() {
    arm(EntryPoint.LOOKS_ALIVE);
    arm(EntryPoint.IS_ALIVE);
  }

  /** Nothing more is checked or reported. A check that is under way is hurried. */
  void stop() {
    Entry hurried;
    synchronized (this) {
      stopped = true;
      alarms.values().forEach(Alarms.Alarm::cancel);
      alarms.clear();
      due.clear();
      hurried = running;
    }
    if (hurried != null) {
      hurried.yieldIn(Gate.CHECK_YIELDS_IN);
    }
  }

  /** An IsAlive as soon as the resource is free. */
  void checkNow() {
    due(EntryPoint.IS_ALIVE);
  }

  /** The resource is free: a check that waited may run. */
  void gateIsFree() {
    begin(null);
  }

  private void due(EntryPoint kind) {
    begin(kind);
  }

  private void begin(@Nullable EntryPoint alsoDue) {
    synchronized (this) {
      if (stopped) {
        return;
      }
      if (alsoDue != null) {
        makeDue(alsoDue);
      }
    }
    Failure hanging = gate.hanging();
    if (hanging != null) {
      reportHanging(hanging);
    } else {
      gate.enterIfFree(this::nextCheck); // When it is not free, gateIsFree will come.
    }
  }

  private void makeDue(EntryPoint kind) {
    if (due.add(kind)) {
      // An alarm that comes late was due when it was set for; what comes before it is due now.
      dueNanos.merge(kind, System.nanoTime(), (planned, now) -> planned - now < 0 ? planned : now);
    }
    var alarm = alarms.remove(kind);
    if (alarm != null) {
      alarm.cancel();
    }
  }

  /** Takes what is due, if anything; called by the gate while it keeps everybody else out. */
  private synchronized @Nullable Entry nextCheck() {
    if (stopped || running != null || due.isEmpty()) {
      return null;
    }
    EntryPoint kind = takeDue();
    running = newCheck(kind);
    return running;
  }

  private void reportHanging(Failure hanging) {
    EntryPoint kind;
    synchronized (this) {
      if (stopped || running != null || due.isEmpty()) {
        return;
      }
      kind = takeDue();
    }
    send(newReport(kind).setBroken(hanging));
    arm(kind);
  }

  private EntryPoint takeDue() {
    var kind = due.contains(EntryPoint.IS_ALIVE) ? EntryPoint.IS_ALIVE : EntryPoint.LOOKS_ALIVE;
    due.remove(kind);
    Long planned = dueNanos.remove(kind);
    runningDueNanos = planned == null ? System.nanoTime() : planned;
    return kind;
  }

  private Entry newCheck(EntryPoint kind) {
    return checks.check(kind, settings, checkLimit(), outcome -> ended(kind, outcome));
  }

  private Duration checkLimit() {
    return settings.getCheckLimitMillis() > 0
        ? Duration.ofMillis(settings.getCheckLimitMillis())
        : DEFAULT_CHECK_LIMIT;
  }

  private void ended(EntryPoint kind, Outcome outcome) {
    boolean late;
    boolean yielded;
    HealthReport.Builder report = newReport(kind).setDurationNanos(outcome.nanos());
    synchronized (this) {
      late = running != null && running.isCancelledAs(Entry.DEADLINE_PASSED);
      yielded = running != null && running.isCancelledAs(Entry.YIELDED);
      if (running != null) {
        running
            .enteredNanos()
            .ifPresent(entered -> report.setLateNanos(Math.max(0, entered - runningDueNanos)));
      }
      running = null;
      if (stopped) {
        surroundings.late();
        return;
      }
    }
    if (outcome instanceof Outcome.Failed(Failure failure, long _)) {
      if (failure.getCode().equals(Entry.DEADLINE_PASSED)) {
        send(report.setBroken(timedOut(kind, failure.getMessage())));
      } else if (!failure.getCode().equals(Entry.YIELDED)) {
        send(report.setBroken(failure));
      }
    } else if (outcome instanceof Outcome.Returned(Object value, long _)) {
      returned(kind, (Health) value, report, late, yielded);
    }
    arm(kind);
  }

  private void returned(
      EntryPoint kind, Health health, HealthReport.Builder report, boolean late, boolean yielded) {
    if (yielded) {
      surroundings.late();
    } else if (late) {
      send(report.setBroken(timedOut(kind, "it then returned " + health)));
    } else if (!(health instanceof Health.Failed)) {
      send(report.setHealth(SpiCodec.encode(health)));
    } else if (kind == EntryPoint.LOOKS_ALIVE) {
      send(report.setHealth(SpiCodec.encode(health)));
      due(EntryPoint.IS_ALIVE);
    } else {
      failed(report.setHealth(SpiCodec.encode(health)));
    }
  }

  /** IsAlive fails a resource: told, and terminated if that was said beforehand. */
  private void failed(HealthReport.Builder report) {
    boolean terminate = settings.getTerminateCall() != 0;
    if (terminate) {
      stop();
    }
    send(report.setTerminateCall(settings.getTerminateCall()));
    if (terminate) {
      checks.terminate(settings);
    }
  }

  private Failure timedOut(EntryPoint kind, String found) {
    return Failures.of(
        Responsibility.RESOURCE,
        Retry.HERE,
        CHECK_TIMED_OUT,
        "%s of resource %s took longer than %d ms, so it says nothing: %s"
            .formatted(kind, resourceName, checkLimit().toMillis(), found));
  }

  private void arm(EntryPoint kind) {
    long millis =
        kind == EntryPoint.LOOKS_ALIVE
            ? settings.getLooksAliveMillis()
            : settings.getIsAliveMillis();
    synchronized (this) {
      if (!stopped && millis > 0 && !due.contains(kind)) {
        dueNanos.put(kind, System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis));
        var previous =
            alarms.put(kind, surroundings.alarms().in(Duration.ofMillis(millis), () -> due(kind)));
        if (previous != null) {
          previous.cancel();
        }
      }
    }
  }

  private HealthReport.Builder newReport(EntryPoint kind) {
    return HealthReport.newBuilder()
        .setResource(settings.getResource())
        .setEpoch(settings.getEpoch())
        .setEntryPoint(kind);
  }

  private void send(HealthReport.Builder report) {
    ToService frame = ToService.newBuilder().setHealthReport(report).build();
    boolean news;
    synchronized (this) {
      news = isNews(report, toldAlive);
      toldAlive = report.getHealth().hasAlive();
    }
    if (news) {
      surroundings.outgoing().send(frame);
    } else {
      surroundings.outgoing().sendWithNext(frame);
    }
  }

  /**
   * Not that what was alive is alive: by that the service only knows that it is asked. It waits for
   * no more than a DeadlockTimeout, a second at least; so what has taken its time waits no longer.
   *
   * @param toldAlive whether the report before said that it is alive
   */
  static boolean isNews(HealthReportOrBuilder report, boolean toldAlive) {
    boolean prompt = report.getLateNanos() + report.getDurationNanos() < PROMPT.toNanos();
    return !(toldAlive && report.getHealth().hasAlive() && prompt);
  }
}
