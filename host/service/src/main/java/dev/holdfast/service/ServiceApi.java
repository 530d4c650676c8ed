package dev.holdfast.service;

import dev.holdfast.checkpoint.Patch;
import dev.holdfast.checkpoint.Unsaved;
import dev.holdfast.cluster.ClusterResource;
import dev.holdfast.cluster.ClusterState;
import dev.holdfast.cluster.TypeStatus;
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
import dev.holdfast.service.api.QuorumStream;
import dev.holdfast.service.api.QuorumView;
import dev.holdfast.service.api.RegistryApi;
import dev.holdfast.service.api.Rehearsal;
import dev.holdfast.service.api.ResourceView;
import dev.holdfast.service.api.ServiceView;
import dev.holdfast.service.api.ShellWord;
import dev.holdfast.service.api.StatusView;
import dev.holdfast.service.api.TypeView;
import dev.holdfast.service.api.ValidationView;
import dev.holdfast.service.api.Why;
import dev.holdfast.service.audit.Witness;
import dev.holdfast.service.checkpoint.CheckpointDesk;
import dev.holdfast.service.checkpoint.Rehearser;
import dev.holdfast.service.chronicle.WhyTeller;
import dev.holdfast.service.cluster.Engine;
import dev.holdfast.service.event.EventLog;
import dev.holdfast.service.operation.Commands;
import dev.holdfast.service.process.BoundedOutput;
import dev.holdfast.service.record.ClusterRecords;
import dev.holdfast.service.view.Lookup;
import dev.holdfast.service.view.Views;
import java.io.IOException;
import java.time.InstantSource;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;

/** The service as the HTTP layer sees it. Thread-safe; questions are answered from memory. */
final class ServiceApi implements ClusterApi {
  private static final String CHECKPOINTS = "checkpoints";
  private static final String PLUGINS = "plugins";
  private static final List<String> CHECKS = List.of(CHECKPOINTS, PLUGINS);

  private final Engine engine;
  private final Commands commands;
  private final ClusterRecords records;
  private final EventDesk events;
  private final NodeDesk nodes;
  private final Views views;
  private final WhyTeller why;
  private final RegistryApi registry;
  private final CheckpointDesk checkpoints;
  private final QuorumDesk quorum;
  private final ClusterFileApi clusterFile;
  private final Rehearser rehearser;
  private final Witness witness;
  private final String node;
  private final long pid;
  private final BooleanSupplier ready;
  private final Consumer<ClusterState> refreshMeters;

  ServiceApi(
      Engine engine,
      Commands commands,
      ClusterRecords records,
      EventLog log,
      EventDesk events,
      NodeDesk nodes,
      RegistryApi registry,
      CheckpointDesk checkpoints,
      QuorumDesk quorum,
      ClusterFileApi clusterFile,
      Rehearser rehearser,
      Predicate<String> unrestored,
      Function<String, Optional<Patch>> patches,
      Function<String, List<Unsaved>> unsaved,
      String node,
      InstantSource clock,
      long pid,
      BooleanSupplier ready,
      Consumer<ClusterState> refreshMeters) {
    this.engine = engine;
    this.commands = commands;
    this.records = records;
    this.events = events;
    this.nodes = nodes;
    this.registry = registry;
    this.checkpoints = checkpoints;
    this.quorum = quorum;
    this.clusterFile = clusterFile;
    this.rehearser = rehearser;
    this.views =
        new Views(
            clock,
            node,
            engine.slots(),
            engine.externals(),
            engine.types(),
            unrestored,
            patches,
            unsaved);
    this.why =
        new WhyTeller(
            log,
            clock,
            ZoneId.systemDefault(),
            unrestored,
            patches,
            engine.externals()::of,
            unsaved);
    this.witness = new Witness(engine, records, node, clock);
    this.node = node;
    this.pid = pid;
    this.ready = ready;
    this.refreshMeters = refreshMeters;
  }

  private ClusterState state() {
    return engine.loop().state();
  }

  @Override
  public StatusView status() {
    ClusterState state = state();
    return new StatusView(
        new ServiceView(pid, Distribution.VERSION, ready.getAsBoolean(), node, records.revision()),
        views.groups(state),
        views.resources(state),
        views.monitors(state),
        events.failures());
  }

  @Override
  public Why why(String resourceOrGroup) {
    ClusterState state = state();
    Optional<ClusterResource> resource = state.findResource(resourceOrGroup);
    if (resource.isPresent()) {
      return why.resource(state, resource.get());
    }
    return state
        .findGroup(resourceOrGroup)
        .map(group -> why.group(state, group))
        .orElseGet(() -> why.resource(state, Lookup.resource(state, resourceOrGroup)));
  }

  @Override
  public List<GroupView> groups() {
    return views.groups(state());
  }

  @Override
  public GroupView group(String group) {
    ClusterState state = state();
    return views.group(state, Lookup.group(state, group));
  }

  @Override
  public List<ResourceView> resources() {
    return views.resources(state());
  }

  @Override
  public ResourceView resource(String resource) {
    ClusterState state = state();
    return views.resource(state, Lookup.resource(state, resource));
  }

  @Override
  public List<TypeView> types() {
    return views.types(state());
  }

  @Override
  public TypeView type(String type) {
    ClusterState state = state();
    return views.type(state, Lookup.type(state, type));
  }

  @Override
  public List<TypeView> verifyTypes() {
    ClusterState state = engine.verifyTypes().join();
    return views.types(state);
  }

  @Override
  public List<AvailableTypeView> availableTypes() {
    ClusterState state = state();
    return state.types().values().stream()
        .filter(type -> type.version().description().isFamily())
        .flatMap(
            family ->
                engine.surveyor().available(family).stream()
                    .map(
                        name ->
                            new AvailableTypeView(
                                name, family.name(), state.findType(name).isPresent())))
        .toList();
  }

  @Override
  public List<MonitorView> monitors() {
    return views.monitors(state());
  }

  @Override
  public MonitorView monitor(String monitor) {
    ClusterState state = state();
    return views.monitor(state, Lookup.monitor(state, monitor));
  }

  @Override
  public AuditFacts auditFacts() {
    return witness.facts(pid, ready.getAsBoolean(), events.newestSeq());
  }

  @Override
  public List<NodeView> nodes() {
    return nodes.nodes();
  }

  @Override
  public NodeView node(String node) {
    return nodes.node(node);
  }

  // ---- events and incidents ----------------------------------------------------------------

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
  public void refreshMeters() {
    refreshMeters.accept(state());
  }

  // ---- logs --------------------------------------------------------------------------------

  @Override
  public LogPiece log(String resource, long from, int maxBytes) {
    return piece(output(resource), from, maxBytes);
  }

  @Override
  public Feed<LogPiece> followLog(String resource, long from) {
    BoundedOutput output = output(resource);
    return new LogFeed(offset -> piece(output, offset, PIECE_BYTES), from);
  }

  private static final int PIECE_BYTES = 64 << 10;

  private BoundedOutput output(String resource) {
    return engine.slots().keepOutput(Lookup.resource(state(), resource).id());
  }

  private static LogPiece piece(BoundedOutput output, long from, int maxBytes) {
    try {
      BoundedOutput.Piece piece =
          from < 0 ? output.tail((int) Math.min(-from, maxBytes)) : output.read(from, maxBytes);
      return new LogPiece(piece.from(), piece.next(), piece.text());
    } catch (IOException e) {
      throw unreadable("The output cannot be read", e);
    }
  }

  private static ApiException unreadable(String what, IOException e) {
    return new ApiException.Failed("Unreadable", null, what + ": " + e.getMessage() + ".", e);
  }

  @Override
  public List<ValidationView> validate(Set<String> only) {
    for (String check : only) {
      if (!CHECKS.contains(check)) {
        throw new ApiException.Usage(
            "BadCheck",
            "\"%s\" is nothing that is validated; it is one of %s."
                .formatted(check, String.join(", ", CHECKS)));
      }
    }
    List<ValidationView> found = new ArrayList<>();
    if (only.isEmpty() || only.contains(CHECKPOINTS)) {
      found.addAll(checkpoints.rehearse(node));
    }
    if (only.isEmpty() || only.contains(PLUGINS)) {
      verifyTypes().stream().map(this::validation).forEach(found::add);
    }
    return found;
  }

  @Override
  public List<Rehearsal> rehearsals() {
    return checkpoints.rehearsals();
  }

  @Override
  public List<ValidationView> rehearse(List<Rehearsal> wanted) {
    return rehearser.rehearse(wanted);
  }

  private ValidationView validation(TypeView type) {
    boolean ok = type.status().equals(TypeStatus.REGISTERED.toString());
    return new ValidationView(
        PLUGINS,
        "type %s (%s)".formatted(type.name(), type.archive()),
        node,
        ok,
        ok ? null : type.status(),
        ok ? null : type.detail(),
        ok ? null : "holdfast type show " + ShellWord.of(type.name()));
  }

  @Override
  public QuorumView quorum() {
    return quorum.view();
  }

  @Override
  public QuorumStream backUp() {
    return quorum.backUp();
  }

  @Override
  public void backupEnded(BackupReport report) {
    quorum.ended(report);
  }

  @Override
  public CheckpointApi checkpoints() {
    return checkpoints;
  }

  @Override
  public ClusterFileApi clusterFile() {
    return clusterFile;
  }

  @Override
  public RegistryApi registry() {
    return registry;
  }

  // ---- commands ----------------------------------------------------------------------------

  @Override
  public Operation submit(Command command, Asker asker) {
    return commands.submit(command, asker);
  }

  @Override
  public Operation operation(String id) {
    return commands
        .operation(id)
        .orElseThrow(
            () ->
                new ApiException.NotFound(
                    "OperationNotFound", id, "There is no operation " + id + "."));
  }
}
