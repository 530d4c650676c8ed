package dev.holdfast.service;

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
import dev.holdfast.service.api.QuorumStream;
import dev.holdfast.service.api.QuorumView;
import dev.holdfast.service.api.RegistryApi;
import dev.holdfast.service.api.Rehearsal;
import dev.holdfast.service.api.ResourceView;
import dev.holdfast.service.api.StatusView;
import dev.holdfast.service.api.TypeView;
import dev.holdfast.service.api.ValidationView;
import dev.holdfast.service.api.Why;
import java.util.List;
import java.util.Set;

/**
 * What the service's doors stand for: another API when a service that waited has the cluster
 * database. Who is connected stays so, and each request is answered by the one that is there when
 * it comes.
 */
final class SwitchedApi implements ClusterApi {
  private volatile ClusterApi now;

  SwitchedApi(ClusterApi first) {
    now = first;
  }

  void become(ClusterApi next) {
    now = next;
  }

  @Override
  public StatusView status() {
    return now.status();
  }

  @Override
  public Why why(String resourceOrGroup) {
    return now.why(resourceOrGroup);
  }

  @Override
  public List<GroupView> groups() {
    return now.groups();
  }

  @Override
  public GroupView group(String group) {
    return now.group(group);
  }

  @Override
  public List<ResourceView> resources() {
    return now.resources();
  }

  @Override
  public ResourceView resource(String resource) {
    return now.resource(resource);
  }

  @Override
  public List<TypeView> types() {
    return now.types();
  }

  @Override
  public TypeView type(String type) {
    return now.type(type);
  }

  @Override
  public List<AvailableTypeView> availableTypes() {
    return now.availableTypes();
  }

  @Override
  public List<TypeView> verifyTypes() {
    return now.verifyTypes();
  }

  @Override
  public List<ValidationView> validate(Set<String> only) {
    return now.validate(only);
  }

  @Override
  public List<Rehearsal> rehearsals() {
    return now.rehearsals();
  }

  @Override
  public List<ValidationView> rehearse(List<Rehearsal> wanted) {
    return now.rehearse(wanted);
  }

  @Override
  public List<MonitorView> monitors() {
    return now.monitors();
  }

  @Override
  public MonitorView monitor(String monitor) {
    return now.monitor(monitor);
  }

  @Override
  public List<NodeView> nodes() {
    return now.nodes();
  }

  @Override
  public NodeView node(String node) {
    return now.node(node);
  }

  @Override
  public AuditFacts auditFacts() {
    return now.auditFacts();
  }

  @Override
  public List<EventView> events(EventQuery query) {
    return now.events(query);
  }

  @Override
  public EventView event(long seq) {
    return now.event(seq);
  }

  @Override
  public Feed<EventView> followEvents(EventQuery query, long afterSeq) {
    return now.followEvents(query, afterSeq);
  }

  @Override
  public List<IncidentView> incidents() {
    return now.incidents();
  }

  @Override
  public IncidentView incident(long seq) {
    return now.incident(seq);
  }

  @Override
  public LogPiece log(String resource, long from, int maxBytes) {
    return now.log(resource, from, maxBytes);
  }

  @Override
  public Feed<LogPiece> followLog(String resource, long from) {
    return now.followLog(resource, from);
  }

  @Override
  public RegistryApi registry() {
    return now.registry();
  }

  @Override
  public QuorumView quorum() {
    return now.quorum();
  }

  @Override
  public QuorumStream backUp() {
    return now.backUp();
  }

  @Override
  public void backupEnded(BackupReport report) {
    now.backupEnded(report);
  }

  @Override
  public CheckpointApi checkpoints() {
    return now.checkpoints();
  }

  @Override
  public ClusterFileApi clusterFile() {
    return now.clusterFile();
  }

  @Override
  public Operation submit(Command command, Asker asker) {
    return now.submit(command, asker);
  }

  @Override
  public void refreshMeters() {
    now.refreshMeters();
  }

  @Override
  public Operation operation(String id) {
    return now.operation(id);
  }
}
