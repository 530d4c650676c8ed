package dev.holdfast.service.chronicle;

import dev.holdfast.cluster.ClusterResource;
import dev.holdfast.cluster.ClusterState;
import dev.holdfast.cluster.MonitorName;
import dev.holdfast.cluster.MonitorStatus;
import dev.holdfast.cluster.ResourceId;
import dev.holdfast.cluster.ResourceState;
import dev.holdfast.protocol.InFlight;
import dev.holdfast.service.event.Evidence;
import dev.holdfast.service.event.Incident;
import dev.holdfast.service.event.IncidentReport;
import dev.holdfast.service.event.Incidents;
import dev.holdfast.service.supervision.MonitorDeath;
import dev.holdfast.spi.Exit;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Incidents from the death of a monitor until everything it held has been found again: written at
 * once with what is known then, completed with what was done and how long it took. Files are
 * written on a thread of its own, in order.
 */
final class IncidentKeeper implements AutoCloseable {
  /** So many wait to be completed; the oldest is then left as it is known. */
  static final int OPEN_MAX = 64;

  private static final Logger LOG = LoggerFactory.getLogger(IncidentKeeper.class);

  private final Incidents incidents;
  private final InstantSource clock;
  private final IncidentListener listener;
  private final ExecutorService writer =
      Executors.newSingleThreadExecutor(
          Thread.ofPlatform().name("incidents").daemon(true).factory());
  private final List<Open> open = new ArrayList<>();

  /** The process that each monitor was given last; guarded by {@link #open}. */
  private final Map<MonitorName, Start> starts = new HashMap<>();

  private record Start(long epoch, Instant at) {}

  /** An incident whose victims have not all been found yet. */
  private static final class Open {
    final MonitorDeath death;
    final Map<ResourceId, String> victims;
    final List<String> did = new ArrayList<>();
    final Map<String, Long> took = new LinkedHashMap<>();
    long seq;
    boolean replaced;
    Optional<Duration> started = Optional.empty();
    Optional<Duration> ready = Optional.empty();

    Open(MonitorDeath death, Map<ResourceId, String> victims) {
      this.death = death;
      this.victims = new LinkedHashMap<>(victims);
    }

    /** Of several that it took, the one that will be ready counts. */
    void startedAgain(Start start) {
      if (death.epoch() < start.epoch() && !replaced) {
        started = Optional.of(passedAt(start.at()));
      }
    }

    Duration passedAt(Instant moment) {
      Duration passed = Duration.between(death.time(), moment);
      return passed.isNegative() ? Duration.ZERO : passed;
    }
  }

  /**
   * What became of writing an incident down.
   *
   * @param seq its number; 0 when it could not be written
   * @param failure why not; empty when it was
   */
  record Written(long seq, String failure) {
    static Written failed(String why) {
      return new Written(0, why);
    }
  }

  IncidentKeeper(Incidents incidents, InstantSource clock, IncidentListener listener) {
    this.incidents = incidents;
    this.clock = clock;
    this.listener = listener;
  }

  /**
   * A monitor died.
   *
   * @param state before anything was decided about it
   * @param written told the incident's number once it is durable, or why it is not
   */
  void opened(MonitorDeath death, ClusterState state, Consumer<Written> written) {
    Map<ResourceId, String> victims = new LinkedHashMap<>();
    for (ClusterResource resource : state.resources().values()) {
      if (resource.openIn().filter(death.name()::equals).isPresent()) {
        victims.put(resource.id(), resource.config().name());
      }
    }
    var incident = new Open(death, victims);
    synchronized (open) {
      open.add(incident);
      Optional.ofNullable(starts.get(death.name())).ifPresent(incident::startedAgain);
      if (open.size() > OPEN_MAX) {
        Open oldest = open.removeFirst();
        oldest.did.add("not followed any further: too many deaths since");
        write(oldest);
      }
    }
    tell(death, state, victims.keySet());
    IncidentReport report = report(death, state, List.copyOf(victims.values()));
    List<Evidence> evidence = evidence(death);
    try {
      writer.execute(() -> record(incident, report, evidence, written));
    } catch (RejectedExecutionException closed) {
      LOG.error("The incident of {} is not written: the service is ending", death.name());
      written.accept(Written.failed("the service is ending"));
    }
  }

  private void tell(MonitorDeath death, ClusterState state, Set<ResourceId> held) {
    Optional<ResourceId> culprit = death.culprit(state);
    var victims = new HashSet<>(held);
    culprit.ifPresent(victims::remove);
    listener.opened(death, culprit, victims);
  }

  /**
   * A process runs in place of one that died; that it died may be told later, as the next process
   * is started by whoever sees the death, and the incident opened by whoever writes it down.
   */
  void started(MonitorName name, long epoch) {
    var start = new Start(epoch, clock.instant());
    synchronized (open) {
      starts.put(name, start);
      open.stream()
          .filter(incident -> incident.death.name().equals(name))
          .forEach(incident -> incident.startedAgain(start));
    }
  }

  private void record(
      Open incident, IncidentReport report, List<Evidence> evidence, Consumer<Written> written) {
    try {
      incident.seq = incidents.record(report, evidence).seq();
    } catch (IOException | RuntimeException e) {
      // Whatever it was: that the monitor died is still to be told.
      LOG.error("The incident of {} could not be written", incident.death.name(), e);
      written.accept(Written.failed(String.valueOf(e.getMessage())));
      return;
    }
    written.accept(new Written(incident.seq, ""));
  }

  private IncidentReport report(MonitorDeath death, ClusterState state, List<String> victims) {
    List<IncidentReport.Call> calls =
        death.calls().stream()
            .map(
                call ->
                    new IncidentReport.Call(
                        call.resource().isEmpty() ? null : resourceName(call.resource(), state),
                        call.plugin(),
                        entryPoint(call),
                        Math.max(0, Duration.between(call.since(), death.time()).toMillis())))
            .toList();
    return new IncidentReport(
        death.time(),
        death.name().value(),
        death.pid(),
        death.epoch(),
        new IncidentReport.Exit(
            death.exit() instanceof Exit.Code(int code) ? code : null,
            death.exit() instanceof Exit.Signal(int signal) ? signal : null,
            death.reason()),
        calls,
        culprit(death, state),
        victims);
  }

  private static @Nullable String culprit(MonitorDeath death, ClusterState state) {
    return death.culprit(state).map(id -> resourceName(id.toString(), state)).orElse(null);
  }

  private static List<Evidence> evidence(MonitorDeath death) {
    List<Evidence> evidence = new ArrayList<>();
    for (Path file : death.evidence()) {
      String name = file.getFileName().toString();
      evidence.add(
          name.startsWith("hs_err")
              ? new Evidence.Head("hs_err.log", file)
              : new Evidence.Tail(name, file));
    }
    return evidence;
  }

  /** A new state is durable: what does it say of the open incidents? */
  void changed(ClusterState state) {
    synchronized (open) {
      starts.keySet().retainAll(state.monitors().keySet());
      open.removeIf(incident -> isOver(incident, state));
    }
  }

  private boolean isOver(Open incident, ClusterState state) {
    Duration passed = incident.passedAt(clock.instant());
    long millis = passed.toMillis();
    MonitorStatus monitor = state.monitors().get(incident.death.name());
    if (!incident.replaced
        && monitor != null
        && monitor.epoch() > incident.death.epoch()
        && monitor.phase() instanceof MonitorStatus.Phase.Ready) {
      incident.replaced = true;
      incident.ready = Optional.of(passed);
      incident.did.add(
          "monitor %s replaced by process %d"
              .formatted(incident.death.name(), monitor.pid().orElse(0)));
      incident.took.put("replacementReadyMillis", millis);
    }
    if (!incident.replaced && monitor == null) {
      incident.replaced = true;
      incident.did.add("monitor %s is not needed any more".formatted(incident.death.name()));
    }
    incident
        .victims
        .entrySet()
        .removeIf(
            victim -> {
              Optional<String> found =
                  found(victim.getKey(), victim.getValue(), incident.death, state);
              found.ifPresent(incident.did::add);
              return found.isPresent();
            });
    boolean over = incident.replaced && incident.victims.isEmpty();
    if (over) {
      incident.took.put("allFoundMillis", millis);
      write(incident);
      incident.ready.ifPresent(
          ready ->
              listener.recovered(
                  incident.death,
                  new IncidentListener.Recovery(incident.started.orElse(ready), ready, passed)));
    }
    return over;
  }

  private static Optional<String> found(
      ResourceId id, String name, MonitorDeath death, ClusterState state) {
    ClusterResource resource = state.resources().get(id);
    if (resource == null) {
      return Optional.of(name + " was deleted meanwhile");
    }
    if (resource.unsupervisedSince().isPresent() || isHeldByTheDead(resource, death, state)) {
      return Optional.empty();
    }
    return Optional.of(
        resource.state() == ResourceState.ONLINE
            ? name + " found Running"
            : name + " found " + resource.state() + detail(resource));
  }

  /** A state from before the death was decided about still has the resource where it was. */
  private static boolean isHeldByTheDead(
      ClusterResource resource, MonitorDeath death, ClusterState state) {
    MonitorStatus monitor = state.monitors().get(death.name());
    return resource.openIn().filter(death.name()::equals).isPresent()
        && (monitor == null || monitor.epoch() <= death.epoch());
  }

  private static String detail(ClusterResource resource) {
    return resource.detail().isEmpty() ? "" : ": " + resource.detail();
  }

  private void write(Open incident) {
    try {
      writer.execute(() -> complete(incident));
    } catch (RejectedExecutionException closed) {
      LOG.warn("An incident of {} stays as it is: the service ends", incident.death.name());
    }
  }

  private void complete(Open incident) {
    if (incident.seq == 0) {
      return;
    }
    try {
      var _ =
          incidents.update(
              incident.seq,
              told -> {
                Incident complete = told.did(incident.did);
                for (Map.Entry<String, Long> each : incident.took.entrySet()) {
                  complete = complete.took(each.getKey(), each.getValue());
                }
                return complete;
              });
    } catch (IOException | RuntimeException e) {
      LOG.error("The incident {} could not be completed", incident.seq, e);
    }
  }

  static String entryPoint(InFlight call) {
    String[] words = call.entryPoint().name().toLowerCase(Locale.ROOT).split("_", -1);
    return words.length == 2
        ? words[0] + words[1].substring(0, 1).toUpperCase(Locale.ROOT) + words[1].substring(1)
        : words[0];
  }

  static String resourceName(String id, ClusterState state) {
    return state.resources().values().stream()
        .filter(resource -> resource.id().toString().equals(id))
        .map(resource -> resource.config().name())
        .findFirst()
        .orElse(id);
  }

  /** Writes what waits. */
  @Override
  public void close() {
    writer.close();
  }
}
