package dev.holdfast.service;

import dev.holdfast.service.api.ApiException;
import dev.holdfast.service.api.Asker;
import dev.holdfast.service.api.AuditFacts;
import dev.holdfast.service.api.AvailableTypeView;
import dev.holdfast.service.api.BackupReport;
import dev.holdfast.service.api.CheckpointApi;
import dev.holdfast.service.api.ClusterApi;
import dev.holdfast.service.api.ClusterFileApi;
import dev.holdfast.service.api.Command;
import dev.holdfast.service.api.EventQuery;
import dev.holdfast.service.api.EventView;
import dev.holdfast.service.api.Feed;
import dev.holdfast.service.api.GroupView;
import dev.holdfast.service.api.IncidentView;
import dev.holdfast.service.api.LogPiece;
import dev.holdfast.service.api.MonitorView;
import dev.holdfast.service.api.NodeView;
import dev.holdfast.service.api.Operation;
import dev.holdfast.service.api.Outcome;
import dev.holdfast.service.api.QuorumStream;
import dev.holdfast.service.api.QuorumView;
import dev.holdfast.service.api.RegistryApi;
import dev.holdfast.service.api.Rehearsal;
import dev.holdfast.service.api.ResourceView;
import dev.holdfast.service.api.ServiceView;
import dev.holdfast.service.api.StatusView;
import dev.holdfast.service.api.TypeView;
import dev.holdfast.service.api.ValidationView;
import dev.holdfast.service.api.Why;
import dev.holdfast.service.checkpoint.Rehearser;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A service that waits for the quorum directory, as the HTTP layer sees it: it answers what is this
 * node's own, and refuses the rest, naming the holder. Thread-safe.
 */
final class WaitingApi implements ClusterApi {
  private final Supplier<ServiceView> service;
  private final Supplier<ApiException> refusal;
  private final EventDesk events;
  private final NodeDesk nodes;
  private final RegistryApi registry;
  private final Rehearser rehearser;
  private final InstantSource clock;
  private final Runnable stop;
  private volatile @Nullable Operation stopping;

  /**
   * @param refusal says who holds the quorum directory
   * @param stop stops the service; returns at once
   */
  WaitingApi(
      Supplier<ServiceView> service,
      Supplier<ApiException> refusal,
      EventDesk events,
      NodeDesk nodes,
      RegistryApi registry,
      Rehearser rehearser,
      InstantSource clock,
      Runnable stop) {
    this.service = service;
    this.refusal = refusal;
    this.events = events;
    this.nodes = nodes;
    this.registry = registry;
    this.rehearser = rehearser;
    this.clock = clock;
    this.stop = stop;
  }

  @Override
  public StatusView status() {
    return new StatusView(service.get(), List.of(), List.of(), List.of(), events.failures());
  }

  @Override
  public Why why(String resourceOrGroup) {
    throw refusal.get();
  }

  @Override
  public List<GroupView> groups() {
    throw refusal.get();
  }

  @Override
  public GroupView group(String group) {
    throw refusal.get();
  }

  @Override
  public List<ResourceView> resources() {
    throw refusal.get();
  }

  @Override
  public ResourceView resource(String resource) {
    throw refusal.get();
  }

  @Override
  public List<TypeView> types() {
    throw refusal.get();
  }

  @Override
  public TypeView type(String type) {
    throw refusal.get();
  }

  @Override
  public List<AvailableTypeView> availableTypes() {
    throw refusal.get();
  }

  @Override
  public List<TypeView> verifyTypes() {
    throw refusal.get();
  }

  @Override
  public List<ValidationView> validate(Set<String> only) {
    throw refusal.get();
  }

  @Override
  public List<Rehearsal> rehearsals() {
    throw refusal.get();
  }

  @Override
  public List<ValidationView> rehearse(List<Rehearsal> wanted) {
    return rehearser.rehearse(wanted);
  }

  @Override
  public List<MonitorView> monitors() {
    throw refusal.get();
  }

  @Override
  public MonitorView monitor(String monitor) {
    throw refusal.get();
  }

  @Override
  public List<NodeView> nodes() {
    return nodes.nodes();
  }

  @Override
  public NodeView node(String node) {
    return nodes.node(node);
  }

  @Override
  public AuditFacts auditFacts() {
    throw refusal.get();
  }

  @Override
  public List<EventView> events(EventQuery query) {
    return events.events(query);
  }

  @Override
  public EventView event(long seq) {
    return events.event(seq);
  }

  @Override
  public Feed<EventView> followEvents(EventQuery query, long afterSeq) {
    return events.follow(query, afterSeq);
  }

  @Override
  public List<IncidentView> incidents() {
    return events.incidents();
  }

  @Override
  public IncidentView incident(long seq) {
    return events.incident(seq);
  }

  @Override
  public LogPiece log(String resource, long from, int maxBytes) {
    throw refusal.get();
  }

  @Override
  public Feed<LogPiece> followLog(String resource, long from) {
    throw refusal.get();
  }

  @Override
  public RegistryApi registry() {
    return registry;
  }

  @Override
  public QuorumView quorum() {
    throw refusal.get();
  }

  @Override
  public QuorumStream backUp() {
    throw refusal.get();
  }

  @Override
  public void backupEnded(BackupReport report) {
    throw refusal.get();
  }

  @Override
  public CheckpointApi checkpoints() {
    throw refusal.get();
  }

  @Override
  public ClusterFileApi clusterFile() {
    throw refusal.get();
  }

  @Override
  public Operation submit(Command command, Asker asker) {
    if (command instanceof Command.StopService) {
      return stopService(asker);
    }
    throw refusal.get();
  }

  @Override
  public void refreshMeters() {
    // What is measured of resources and monitors comes with them.
  }

  @Override
  public Operation operation(String id) {
    Operation last = stopping;
    if (last == null || !last.id().equals(id)) {
      throw new ApiException.NotFound("OperationNotFound", id, "There is no operation " + id + ".");
    }
    return last;
  }

  private Operation stopService(Asker asker) {
    var operation =
        new Operation(
            "op-waiting",
            (asker.dryRun() ? "dry run: " : "") + "stop the service",
            clock.instant());
    stopping = operation;
    operation.end(
        new Outcome.Done(
            Duration.ZERO,
            asker.dryRun() ? "nothing was changed" : "it held nothing, and waits no more",
            List.of()));
    if (!asker.dryRun()) {
      stop.run();
    }
    return operation;
  }
}
