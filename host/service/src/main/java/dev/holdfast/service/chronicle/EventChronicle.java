package dev.holdfast.service.chronicle;

import dev.holdfast.backup.QuorumKeys;
import dev.holdfast.cluster.ClusterResource;
import dev.holdfast.cluster.ClusterState;
import dev.holdfast.cluster.GroupConfig;
import dev.holdfast.cluster.MonitorName;
import dev.holdfast.cluster.Notice;
import dev.holdfast.cluster.ResourceId;
import dev.holdfast.cluster.RestartPolicy;
import dev.holdfast.cluster.TypeRegistration;
import dev.holdfast.protocol.InFlight;
import dev.holdfast.service.cluster.Chronicle;
import dev.holdfast.service.event.EventId;
import dev.holdfast.service.event.EventLog;
import dev.holdfast.service.event.Incidents;
import dev.holdfast.service.event.NewEvent;
import dev.holdfast.service.process.ProcessIdentity;
import dev.holdfast.service.process.StopOutcome;
import dev.holdfast.service.slot.SlotKey;
import dev.holdfast.service.supervision.MonitorDeath;
import dev.holdfast.spi.Exit;
import dev.holdfast.spi.Property;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes events, and has incidents written. Thread-safe; does not block. */
public final class EventChronicle implements Chronicle, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(EventChronicle.class);

  /** Writes a duration as people type it: 15m. */
  private static final Property<Duration> RESTART_PERIOD =
      Property.duration("RestartPeriod").build();

  private final EventLog events;
  private final IncidentKeeper incidents;
  private final String node;
  private final InstantSource clock;

  /**
   * @param listener hears of incidents beside those who read them
   */
  public EventChronicle(
      EventLog events,
      Incidents incidents,
      String node,
      InstantSource clock,
      IncidentListener listener) {
    this.events = events;
    this.incidents = new IncidentKeeper(incidents, clock, listener);
    this.node = node;
    this.clock = clock;
  }

  // ---- the service -------------------------------------------------------------------------

  /** The service has taken over all there was, and is ready. */
  public void serviceStarted(String version) {
    write(EventId.SERVICE_STARTED.of(node, version));
  }

  /** All groups are this node's now, which another one had. */
  public void tookOver(String from) {
    write(EventId.NODE_TOOK_OVER.of(node, from));
  }

  /** This is the first start on a quorum that was restored from a backup. */
  public void restored(QuorumKeys.Restored restored, List<String> found) {
    write(
        EventId.QUORUM_RESTORED.of(
            restored.at(),
            restored.from(),
            restored.takenAt(),
            restored.revision(),
            found.isEmpty() ? "none" : String.join(", ", found)));
  }

  /** A process runs whose resource is not in the restored quorum. */
  public void withoutResource(int pid, ResourceId resource) {
    write(EventId.PROCESS_WITHOUT_RESOURCE.of(pid, resource));
  }

  /** The service stops in order. */
  public void serviceStopped() {
    write(EventId.SERVICE_STOPPED.of(node));
  }

  // ---- decisions ---------------------------------------------------------------------------

  @Override
  public void notice(Notice notice, ClusterState state) {
    Optional<ClusterResource> resource = notice.resource().map(id -> state.resources().get(id));
    if (resource.isEmpty()) {
      return;
    }
    ClusterResource r = resource.get();
    String name = r.config().name();
    String group = group(state, r);
    String cause = notice.cause();
    NewEvent event =
        switch (notice.kind()) {
          case STATE_CHANGED ->
              EventId.STATE_CHANGED.of(
                  name,
                  notice.details().getOrDefault("from", ""),
                  notice.details().getOrDefault("to", ""));
          case RESOURCE_FAILED -> EventId.RESOURCE_FAILED.of(name, group);
          case ONLINE_FAILED -> EventId.ONLINE_FAILED.of(name, cause);
          case OFFLINE_FAILED -> EventId.OFFLINE_FAILED.of(name, cause);
          case GROUP_NOT_ONLINE -> EventId.GROUP_NOT_ONLINE.of(group);
          case DEADLOCK -> EventId.DEADLOCK.of(name, r.config().type(), cause);
          case RESTART_SCHEDULED -> restart(r);
          case ADOPTED -> EventId.RESOURCE_ADOPTED.of(name, cause);
          case UNSUPERVISED -> EventId.UNSUPERVISED.of(name, cause);
          case FOREIGN_FOUND -> EventId.FOREIGN_FOUND.of(name, cause);
          case TAKEN_AS_IT_RAN -> EventId.TAKEN_AS_IT_RAN.of(name);
          case TAKING_OVER -> EventId.TAKING_OVER.of(name, cause);
          case STATE_UNKNOWN -> EventId.STATE_UNKNOWN.of(name, cause);
          case CHECK_BROKEN -> EventId.CHECK_BROKEN.of(name, cause);
          case CHANGED -> EventId.PROPERTIES_CHANGED.of(name, changed(notice));
          case CHANGE_FAILED -> EventId.PROPERTIES_NOT_CHANGED.of(name, changed(notice), cause);
          case DEGRADED -> EventId.RESOURCE_DEGRADED.of(name, cause);
          case TERMINATE_FAILED -> EventId.TERMINATE_FAILED.of(name, cause);
          case ENDED_WITHOUT_TYPE -> EventId.ENDED_WITHOUT_TYPE.of(name, cause);
          case SEPARATED -> EventId.RESOURCE_SEPARATED.of(name, cause);
        };
    if (notice.kind() == Notice.Kind.RESOURCE_FAILED) {
      GenericServiceEvents.of(r, notice)
          .ifPresent(of -> write(of.about(name, r.id().toString()).because(cause)));
    }
    NewEvent about = event.about(name, r.id().toString());
    write(cause.isEmpty() ? about : about.because(cause));
    if (notice.kind() == Notice.Kind.STATE_CHANGED) {
      LOG.info(
          "state  resource={} from={} to={} because={}",
          name,
          notice.details().get("from"),
          notice.details().get("to"),
          cause.isEmpty() ? "-" : cause);
    }
  }

  private static String changed(Notice notice) {
    return notice.details().getOrDefault(Notice.PROPERTIES, "");
  }

  private NewEvent restart(ClusterResource resource) {
    RestartPolicy policy = resource.config().common().restart();
    return EventId.RESTART_SCHEDULED.of(
        resource.config().name(),
        resource.failures().count(clock.instant(), policy.period()),
        policy.threshold() == RestartPolicy.WITHOUT_END ? "unlimited" : policy.threshold(),
        RESTART_PERIOD.encode(policy.period()).getFirst());
  }

  @Override
  public void changed(ClusterState before, ClusterState after) {
    incidents.changed(after);
    supervised(before, after);
    after
        .types()
        .forEach(
            (key, type) -> {
              if (!type.equals(before.types().get(key))) {
                TypeRegistration.Version version = type.version();
                write(
                    EventId.TYPE_REGISTERED.of(
                        type.name(), version.plugin(), version.pluginVersion()));
              }
              tellResolution(key, type, before, after);
            });
    before
        .types()
        .forEach(
            (key, type) -> {
              if (!after.types().containsKey(key)) {
                write(EventId.TYPE_UNREGISTERED.of(type.name()));
              }
            });
  }

  private void supervised(ClusterState before, ClusterState after) {
    for (ClusterResource resource : after.changedSince(before)) {
      ClusterResource old = before.resources().get(resource.id());
      if (old != null
          && old.unsupervisedSince().isPresent()
          && resource.unsupervisedSince().isEmpty()
          && old.epoch() > 1) {
        write(
            EventId.SUPERVISED_AGAIN
                .of(resource.config().name(), resource.openIn().map(MonitorName::value).orElse(""))
                .about(resource.config().name(), resource.id().toString()));
      }
    }
  }

  private void tellResolution(
      String key, TypeRegistration type, ClusterState before, ClusterState after) {
    ClusterState.TypeProblem was = before.typeProblems().get(key);
    ClusterState.TypeProblem is = after.typeProblems().get(key);
    if (is != null && !is.equals(was)) {
      write(EventId.TYPE_NOT_RESOLVED.of(type.name(), is.status(), is.detail()));
    } else if (is == null && was != null) {
      write(EventId.TYPE_RESOLVED_AGAIN.of(type.name()));
    }
  }

  @Override
  public void controlled(ClusterResource resource, String control, String user, String outcome) {
    write(
        EventId.RESOURCE_CONTROLLED
            .of(resource.config().name(), control, user, outcome)
            .about(resource.config().name(), resource.id().toString()));
  }

  // ---- monitors ----------------------------------------------------------------------------

  @Override
  public void monitorStarted(MonitorName name, long epoch, ProcessIdentity process) {
    incidents.started(name, epoch);
    write(EventId.MONITOR_STARTED.of(name, process.pid()));
  }

  @Override
  public void monitorDied(MonitorDeath death, ClusterState state) {
    LOG.error("The monitor {} (pid {}) died: {}", death.name(), death.pid(), death.reason());
    incidents.opened(
        death,
        state,
        written -> {
          NewEvent event =
              EventId.MONITOR_DIED
                  .of(death.name(), death.pid(), death.reason(), calls(death, state))
                  .because(death.reason());
          if (written.failure().isEmpty()) {
            write(event.ofIncident(written.seq()));
          } else {
            write(event);
            write(EventId.INCIDENT_LOST.of(death.name(), death.pid(), written.failure()));
          }
        });
  }

  private static String calls(MonitorDeath death, ClusterState state) {
    return death.calls().isEmpty()
        ? "none"
        : death.calls().stream().map(call -> words(call, state)).collect(Collectors.joining(", "));
  }

  private static String words(InFlight call, ClusterState state) {
    String entryPoint = IncidentKeeper.entryPoint(call);
    return call.resource().isEmpty()
        ? entryPoint + " of plugin " + call.plugin()
        : entryPoint + " of " + IncidentKeeper.resourceName(call.resource(), state);
  }

  @Override
  public void registrationDied(MonitorDeath death) {
    write(EventId.REGISTRATION_DIED.of(death.name(), death.pid(), death.reason()));
  }

  // ---- processes ---------------------------------------------------------------------------

  @Override
  public void processStarted(SlotKey slot, ProcessIdentity process, ClusterState state) {
    String name = name(slot.resource(), state);
    write(EventId.PROCESS_STARTED.of(name, process.pid()).about(name, slot.resource().toString()));
  }

  @Override
  public void processTakenOver(SlotKey slot, ProcessIdentity process, ClusterState state) {
    String name = name(slot.resource(), state);
    write(EventId.PROCESS_ADOPTED.of(name, process.pid()).about(name, slot.resource().toString()));
  }

  @Override
  public void processOfOtherNode(
      SlotKey slot, ProcessIdentity process, String from, ClusterState state) {
    String name = name(slot.resource(), state);
    write(
        EventId.PROCESS_OF_OTHER_NODE
            .of(name, process.pid(), from)
            .about(name, slot.resource().toString()));
  }

  @Override
  public void processEnded(SlotKey slot, int pid, Exit exit, ClusterState state) {
    String name = name(slot.resource(), state);
    write(
        EventId.PROCESS_ENDED
            .of(name, pid, exit)
            .about(name, slot.resource().toString())
            .because(exit.toString()));
  }

  @Override
  public void processKilled(
      SlotKey slot, ProcessIdentity process, StopOutcome outcome, ClusterState state) {
    String name = name(slot.resource(), state);
    write(
        EventId.PROCESS_KILLED
            .of(name, process.pid(), outcome.steps())
            .about(name, slot.resource().toString()));
  }

  private static String name(ResourceId id, ClusterState state) {
    ClusterResource resource = state.resources().get(id);
    return resource == null ? id.toString() : resource.config().name();
  }

  private static String group(ClusterState state, ClusterResource resource) {
    GroupConfig group = state.groups().get(resource.config().group());
    return group == null ? resource.config().group().toString() : group.name();
  }

  private void write(NewEvent event) {
    // It is durable soon, or the log says what was lost; nobody waits for it here.
    var _ = events.append(event);
  }

  @Override
  public void close() {
    incidents.close();
  }
}
