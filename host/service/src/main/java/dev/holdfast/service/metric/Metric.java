package dev.holdfast.service.metric;

import com.google.common.collect.ImmutableList;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.DoubleSupplier;

/**
 * Everything that Holdfast itself measures: one constant each, and a meter of Holdfast's can be
 * made in no other way. The page {@code host/docs/metrics.md} is generated from here.
 *
 * <p>A label's values are bounded: by the number of resources, groups, monitors or registered
 * types, or by an enum. What a plugin says (a failure's code, an error's text) is never one.
 */
public enum Metric {
  BUILD_INFO(
      Kind.GAUGE,
      "holdfast.build.info",
      Unit.NONE,
      "Always 1. What runs, and on which node.",
      "version",
      "java",
      "node"),
  HOST_READY(
      Kind.GAUGE,
      "holdfast.host.ready",
      Unit.NONE,
      "1 once this service has looked for everything that an earlier one left, 0 before that."),

  RESOURCE_STATE(
      Kind.GAUGE,
      "holdfast.resource.state",
      Unit.NONE,
      "1 for the state that the resource is in, 0 for each other one. A resource whose monitor died"
          + " keeps its state until another has looked.",
      "resource",
      "group",
      "type",
      "state"),
  RESOURCE_WANTED(
      Kind.GAUGE,
      "holdfast.resource.wanted",
      Unit.NONE,
      "1 when the resource is wanted Online (PersistentState), 0 when it is not.",
      "resource",
      "group",
      "type"),
  RESOURCE_UNSUPERVISED(
      Kind.COUNTER,
      "holdfast.resource.unsupervised",
      Unit.SECONDS,
      "Time during which no monitor held the resource: from the death of one, or from the start of"
          + " this service, until another has found it. Its application may have been running all"
          + " the time. Time without a service is not in it.",
      "resource",
      "group",
      "type"),
  RESOURCE_UNAVAILABLE(
      Kind.COUNTER,
      "holdfast.resource.unavailable",
      Unit.SECONDS,
      "Time during which the resource was wanted Online and was not, as far as the service knew:"
          + " from the moment that a failure is seen. The death of a monitor or of the service does"
          + " not count for what goes on without them, and does for what lives in the monitor. Time"
          + " without a service is not in it.",
      "resource",
      "group",
      "type"),
  RESOURCE_RESTARTS(
      Kind.COUNTER,
      "holdfast.resource.restarts",
      Unit.NONE,
      "How often the resource was brought online again after it had Failed.",
      "resource",
      "group",
      "type"),
  RESOURCE_ADOPTIONS(
      Kind.COUNTER,
      "holdfast.resource.adoptions",
      Unit.NONE,
      "How often the resource was found Running, and kept, after the death of its monitor or of the"
          + " service.",
      "resource",
      "group",
      "type"),
  RESOURCE_FAILURES(
      Kind.COUNTER,
      "holdfast.resource.failures",
      Unit.NONE,
      "Failures that the restart policy counted. A monitor's death is none.",
      "resource",
      "group",
      "type",
      "reason"),
  RESOURCE_INCIDENTS(
      Kind.COUNTER,
      "holdfast.resource.incidents",
      Unit.NONE,
      "Incidents that the resource had a part in: culprit when its call is suspected of the"
          + " monitor's death, victim when it was merely held by that monitor.",
      "resource",
      "group",
      "type",
      "role"),

  INCIDENTS(
      Kind.COUNTER,
      "holdfast.incidents",
      Unit.NONE,
      "Deaths of monitors, by cause. An incident counts once for each role that a resource had in"
          + " it, however many had it; one without resources does not count, see"
          + " holdfast_monitor_restarts_total.",
      "cause",
      "role"),

  MONITOR_UP(
      Kind.GAUGE,
      "holdfast.monitor.up",
      Unit.NONE,
      "1 while the monitor is linked and takes calls, else 0.",
      "monitor"),
  MONITOR_RESOURCES(
      Kind.GAUGE,
      "holdfast.monitor.resources",
      Unit.NONE,
      "Resources that the monitor holds, or was told to open.",
      "monitor"),
  MONITOR_PLUGIN_THREADS(
      Kind.GAUGE,
      "holdfast.monitor.plugin.threads",
      Unit.NONE,
      "Threads that were in plugin code when the monitor last beat.",
      "monitor"),
  MONITOR_LEFT_BEHIND_THREADS(
      Kind.GAUGE,
      "holdfast.monitor.left.behind.threads",
      Unit.NONE,
      "Of those, threads whose call was given up and that are still inside.",
      "monitor"),
  MONITOR_RESTARTS(
      Kind.COUNTER,
      "holdfast.monitor.restarts",
      Unit.NONE,
      "How often the monitor ended and was to be replaced, by the reason of its end; counted when"
          + " the end is seen.",
      "monitor",
      "reason"),
  MONITOR_RECOVERY(
      Buckets.RECOVERY,
      "holdfast.monitor.recovery.duration",
      "From the sight of a monitor's death until its replacement had found every resource that it"
          + " held.",
      "kind"),
  MONITOR_RECOVERY_PHASE(
      Buckets.RECOVERY,
      "holdfast.monitor.recovery.phase.duration",
      "The same, in parts: start, until a new process runs (a back-off is in it); ready, until it"
          + " is linked and warm; find, until the last resource was found.",
      "kind",
      "phase"),

  CHECK_DURATION(
      Buckets.CHECK,
      "holdfast.check.duration",
      "How long a check was inside plugin code, measured by the monitor. A timeout counts as long"
          + " as it was waited for.",
      "type",
      "check",
      "outcome"),
  CHECK_LAG(
      Buckets.LAG,
      "holdfast.check.lag",
      "How much later than due a check entered plugin code: waiting for another call of the same"
          + " resource is in it, and a machine that is too busy.",
      "type",
      "check"),
  DEADLINES_EXCEEDED(
      Kind.COUNTER,
      "holdfast.deadlines.exceeded",
      Unit.NONE,
      "Calls into plugins that did not return, or report, in time.",
      "deadline",
      "entry_point"),
  STALE_MESSAGES(
      Kind.COUNTER,
      "holdfast.stale.messages.dropped",
      Unit.NONE,
      "Messages of an earlier epoch, and answers that nobody waited for any more, dropped by the"
          + " service or by a monitor. They are no error: somebody was late.",
      "dropped_by",
      "kind"),

  RESOURCE_UNRESTORED(
      Kind.GAUGE,
      "holdfast.resource.unrestored",
      Unit.NONE,
      "1 while the resource runs on configuration that could not be restored, else 0.",
      "resource",
      "group",
      "type"),
  CHECKPOINT_SAVES(
      Kind.COUNTER,
      "holdfast.checkpoint.saves",
      Unit.NONE,
      "Generations that were saved, by what led to them.",
      "cause"),
  CHECKPOINT_RESTORES(
      Kind.COUNTER,
      "holdfast.checkpoint.restores",
      Unit.NONE,
      "Checkpoints that were restored before an online."),
  CHECKPOINT_PROBLEMS(
      Kind.COUNTER,
      "holdfast.checkpoint.problems",
      Unit.NONE,
      "Saves, watches and restores of checkpoints that something stood in the way of.",
      "operation",
      "obstacle"),
  CHECKPOINT_UNSAVED(
      Kind.GAUGE,
      "holdfast.checkpoint.unsaved.age",
      Unit.SECONDS,
      "Age of the oldest change to a checkpoint that is not saved yet; 0 when all are."),

  REGISTRY_COMMIT(
      Buckets.DISK,
      "holdfast.registry.commit.duration",
      "From a batch's submission to the cluster database until it was durable: waiting for its"
          + " group and the fsync are in it."),
  REGISTRY_FSYNC(
      Buckets.DISK,
      "holdfast.registry.fsync.duration",
      "One fsync of the cluster database's log, for a whole group of batches."),

  QUORUM_BACKUP_TIME(
      Kind.GAUGE,
      "holdfast.quorum.backup.last",
      Unit.SECONDS,
      "When the last good backup of the quorum was taken, in seconds since 1970; 0 when the cluster"
          + " database knows of none. It is kept over restarts."),
  QUORUM_BACKUPS(
      Kind.COUNTER,
      "holdfast.quorum.backups",
      Unit.NONE,
      "Backups of the quorum that this service was asked for: good when the one who asked has"
          + " written the file and read it back, failed when not.",
      "outcome");

  /** What becomes of it in Prometheus' format. */
  public enum Kind {
    GAUGE,
    COUNTER,
    HISTOGRAM
  }

  private enum Unit {
    NONE,
    SECONDS
  }

  private final Kind kind;
  private final String id;
  private final Unit unit;
  private final Optional<Buckets> buckets;
  private final String help;
  private final ImmutableList<String> labels;

  Metric(Kind kind, String id, Unit unit, String help, String... labels) {
    this(kind, id, unit, Optional.empty(), help, labels);
  }

  Metric(Buckets buckets, String id, String help, String... labels) {
    this(Kind.HISTOGRAM, id, Unit.SECONDS, Optional.of(buckets), help, labels);
  }

  Metric(
      Kind kind, String id, Unit unit, Optional<Buckets> buckets, String help, String... labels) {
    this.kind = kind;
    this.id = id;
    this.unit = unit;
    this.buckets = buckets;
    this.help = help;
    this.labels = ImmutableList.copyOf(labels);
  }

  public Kind kind() {
    return kind;
  }

  public String help() {
    return help;
  }

  /** In the order in which values are given for them. */
  public List<String> labels() {
    return labels;
  }

  /** The bounds of a histogram's buckets. */
  public Optional<Buckets> buckets() {
    return buckets;
  }

  /** Its name as Prometheus sees it, without a histogram's suffixes. */
  public String exposedName() {
    String name = id.replace('.', '_');
    if (unit == Unit.SECONDS) {
      name += "_seconds";
    }
    return kind == Kind.COUNTER ? name + "_total" : name;
  }

  /** A gauge that reads a value whenever it is asked. */
  public Gauge gauge(MeterRegistry registry, DoubleSupplier value, String... labelValues) {
    require(Kind.GAUGE);
    return Gauge.builder(id, value::getAsDouble)
        .description(help)
        .baseUnit(unit == Unit.SECONDS ? "seconds" : null)
        .tags(tags(labelValues))
        .register(registry);
  }

  /** A counter to be incremented; it is there, at zero, from now on. */
  public Counter counter(MeterRegistry registry, String... labelValues) {
    require(Kind.COUNTER);
    return Counter.builder(id).description(help).tags(tags(labelValues)).register(registry);
  }

  /** A counter of what is counted elsewhere; the value never falls. */
  public FunctionCounter counting(
      MeterRegistry registry, DoubleSupplier value, String... labelValues) {
    require(Kind.COUNTER);
    // The supplier is its own subject: Micrometer keeps the subject weakly and the function not.
    return FunctionCounter.builder(id, value, _ -> value.getAsDouble())
        .description(help)
        .baseUnit(unit == Unit.SECONDS ? "seconds" : null)
        .tags(tags(labelValues))
        .register(registry);
  }

  /** A histogram of durations. */
  public Timer timer(MeterRegistry registry, String... labelValues) {
    require(Kind.HISTOGRAM);
    return Timer.builder(id)
        .description(help)
        .serviceLevelObjectives(buckets.orElseThrow().bounds().toArray(Duration[]::new))
        .tags(tags(labelValues))
        .register(registry);
  }

  private void require(Kind asked) {
    if (kind != asked) {
      throw new IllegalArgumentException(this + " is no " + asked + " but a " + kind);
    }
  }

  private List<Tag> tags(String... values) {
    if (values.length != labels.size()) {
      throw new IllegalArgumentException(
          this + " has the labels " + labels + ", and " + values.length + " values were given");
    }
    List<Tag> tags = new ArrayList<>();
    for (int i = 0; i < values.length; i++) {
      tags.add(Tag.of(labels.get(i), values[i]));
    }
    return tags;
  }
}
