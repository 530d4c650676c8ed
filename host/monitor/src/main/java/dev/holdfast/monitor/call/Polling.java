package dev.holdfast.monitor.call;

import dev.holdfast.protocol.Failures;
import dev.holdfast.protocol.SpiCodec;
import dev.holdfast.protocol.wire.EntryPoint;
import dev.holdfast.protocol.wire.Failure;
import dev.holdfast.protocol.wire.HealthReport;
import dev.holdfast.protocol.wire.SetPolling;
import dev.holdfast.protocol.wire.ToService;
import dev.holdfast.spi.Health;
import dev.holdfast.spi.ResourceException.Responsibility;
import dev.holdfast.spi.ResourceException.Retry;
import java.time.Duration;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
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

  /** The code of a failure: the check did not end in time, and says nothing. */
  static final String CHECK_TIMED_OUT = "CheckTimedOut";

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
  private @Nullable Entry running;
  private boolean stopped;

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
        due.add(alsoDue);
        var alarm = alarms.remove(alsoDue);
        if (alarm != null) {
          alarm.cancel();
        }
      }
    }
    Failure hanging = gate.hanging();
    if (hanging != null) {
      reportHanging(hanging);
    } else {
      gate.enterIfFree(this::nextCheck); // When it is not free, gateIsFree will come.
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
    report(kind, hanging, 0);
    arm(kind);
  }

  private EntryPoint takeDue() {
    var kind = due.contains(EntryPoint.IS_ALIVE) ? EntryPoint.IS_ALIVE : EntryPoint.LOOKS_ALIVE;
    due.remove(kind);
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
    synchronized (this) {
      late = running != null && running.isCancelledAs(Entry.DEADLINE_PASSED);
      yielded = running != null && running.isCancelledAs(Entry.YIELDED);
      running = null;
      if (stopped) {
        surroundings.late();
        return;
      }
    }
    if (outcome instanceof Outcome.Failed(Failure failure, long millis)) {
      if (failure.getCode().equals(Entry.DEADLINE_PASSED)) {
        report(kind, timedOut(kind, failure.getMessage()), millis);
      } else if (!failure.getCode().equals(Entry.YIELDED)) {
        report(kind, failure, millis);
      }
    } else if (outcome instanceof Outcome.Returned(Object value, long millis)) {
      returned(kind, (Health) value, millis, late, yielded);
    }
    arm(kind);
  }

  private void returned(
      EntryPoint kind, Health health, long millis, boolean late, boolean yielded) {
    if (yielded) {
      surroundings.late();
    } else if (late) {
      report(kind, timedOut(kind, "it then returned " + health), millis);
    } else if (!(health instanceof Health.Failed)) {
      report(kind, health, millis);
    } else if (kind == EntryPoint.LOOKS_ALIVE) {
      report(kind, health, millis);
      due(EntryPoint.IS_ALIVE);
    } else {
      failed(health, millis);
    }
  }

  /** IsAlive fails a resource: told, and terminated if that was said beforehand. */
  private void failed(Health health, long millis) {
    boolean terminate = settings.getTerminateCall() != 0;
    if (terminate) {
      stop();
    }
    send(
        newReport(EntryPoint.IS_ALIVE, millis)
            .setHealth(SpiCodec.encode(health))
            .setTerminateCall(settings.getTerminateCall()));
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
        var previous =
            alarms.put(kind, surroundings.alarms().in(Duration.ofMillis(millis), () -> due(kind)));
        if (previous != null) {
          previous.cancel();
        }
      }
    }
  }

  private void report(EntryPoint kind, Health health, long millis) {
    send(newReport(kind, millis).setHealth(SpiCodec.encode(health)));
  }

  private void report(EntryPoint kind, Failure broken, long millis) {
    send(newReport(kind, millis).setBroken(broken));
  }

  private HealthReport.Builder newReport(EntryPoint kind, long millis) {
    return HealthReport.newBuilder()
        .setResource(settings.getResource())
        .setEpoch(settings.getEpoch())
        .setEntryPoint(kind)
        .setMillis(millis);
  }

  private void send(HealthReport.Builder report) {
    surroundings.outgoing().send(ToService.newBuilder().setHealthReport(report).build());
  }
}
