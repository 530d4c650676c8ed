package dev.holdfast.http;

import dev.holdfast.service.api.ApiException;
import dev.holdfast.service.api.Asker;
import dev.holdfast.service.api.AuditFacts;
import dev.holdfast.service.api.AvailableTypeView;
import dev.holdfast.service.api.BackupReport;
import dev.holdfast.service.api.CheckpointApi;
import dev.holdfast.service.api.ClusterApi;
import dev.holdfast.service.api.ClusterFileApi;
import dev.holdfast.service.api.Command;
import dev.holdfast.service.api.ControlView;
import dev.holdfast.service.api.EventQuery;
import dev.holdfast.service.api.EventView;
import dev.holdfast.service.api.FailureView;
import dev.holdfast.service.api.Feed;
import dev.holdfast.service.api.GroupView;
import dev.holdfast.service.api.IncidentView;
import dev.holdfast.service.api.LogPiece;
import dev.holdfast.service.api.MonitorView;
import dev.holdfast.service.api.Narration;
import dev.holdfast.service.api.NearestName;
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
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * A cluster that is only remembered: groups and resources change state when told, and say so. Its
 * clock stands still at {@link #NOW}. Public, because the command line's tests use it, too.
 */
public final class FakeCluster implements ClusterApi {
  public static final Instant NOW = Instant.parse("2026-11-21T22:40:00.120Z");

  /** Every command that was accepted, dry or not. */
  public final List<Command> commands = new CopyOnWriteArrayList<>();

  public final List<Asker> askers = new CopyOnWriteArrayList<>();
  public final List<EventView> events = new CopyOnWriteArrayList<>();
  public final AtomicInteger feedsOpen = new AtomicInteger();

  /** Calls of feeds for the next event: what they gave before has been written by then. */
  public final AtomicInteger feedsRead = new AtomicInteger();

  /** How often somebody was about to read the meters. */
  public final AtomicInteger meterReadings = new AtomicInteger();

  /** Operations wait for it before they end; at once when it has been let go. */
  public final CountDownLatch mayEnd = new CountDownLatch(1);

  /** Says back what it was asked, until a test puts a real one here. */
  public volatile RegistryApi registry = new FakeRegistry();

  /** What was asked to be validated. */
  public final List<Set<String>> validated = new CopyOnWriteArrayList<>();

  public final FakeCheckpoints checkpoints = new FakeCheckpoints(this::requireResource);
  public final FakeClusterFile clusterFile = new FakeClusterFile();

  public volatile boolean holdOperations;
  public volatile @Nullable RuntimeException bug;
  public volatile String text = "first line\nsecond line\n";

  private final Map<String, ResourceView> resources = new ConcurrentHashMap<>();
  private final Map<String, Operation> operations = new ConcurrentHashMap<>();
  private final AtomicLong ids = new AtomicLong();

  public FakeCluster() {
    put(resource("web-db", "Online", List.of(), Map.of("CommandLine", "db --port 1")));
    put(
        resource(
            "web-app",
            "Online",
            List.of("web-db"),
            Map.of("Port", 8080L, "Paths", List.of("a", "b"))));
    events.add(event(1, 1146, "Error", "Resource monitor shared-0 (pid 4121) ended by signal 9."));
    events.add(event(2, 2001, "Information", "The cluster service is ready."));
  }

  public void put(ResourceView resource) {
    resources.put(resource.name(), resource);
  }

  public static EventView event(long seq, int id, String level, String message) {
    return new EventView(
        seq,
        id,
        "ClusSvc",
        level,
        level,
        "Monitor",
        NOW,
        "alpha",
        message,
        Map.of("monitor", "shared-0"),
        null,
        null,
        List.of(),
        null,
        id == 1146 ? 1L : null);
  }

  public static ResourceView resource(
      String name, String state, List<String> dependsOn, Map<String, Object> properties) {
    boolean online = state.equals("Online");
    return new ResourceView(
        "id-of-" + name,
        name,
        "web",
        "Generic Application",
        "Registered",
        "generic-application",
        "0.1.0",
        state,
        online ? "Alive" : "Unknown",
        online ? "Online" : "Offline",
        "alpha",
        online ? "shared-0" : null,
        online ? 4121L : null,
        online ? 5000L : null,
        NOW,
        0,
        1,
        2,
        dependsOn,
        properties,
        new ResourceView.LastExit(null, 9),
        false,
        null,
        null,
        List.of(),
        List.of(new ResourceView.External("volume", "lease-volume", "data-1", "n-1", 8, "alpha")));
  }

  @Override
  public StatusView status() {
    RuntimeException wanted = bug;
    if (wanted != null) {
      throw wanted;
    }
    return new StatusView(
        new ServiceView(77, "0.1.0", true, "alpha", 42),
        groups(),
        resources(),
        monitors(),
        List.of(new FailureView(NOW, "web-app", 1069, 7, "IsAlive returned false.")));
  }

  @Override
  public Why why(String name) {
    requireResource(name);
    return new Why(
        name,
        name + " is Failed (wanted Online) since 22:31:37",
        List.of(
            new Why.Link(1, NOW, "IsAlive returned false: \"HTTP 503 from /health\"", 1069),
            new Why.Link(2, NOW, "restart 1 of 3 (restartThreshold 3 in restartPeriod 15m)", null)),
        "nothing: both dependencies are Online",
        "holdfast resource reset-failures " + name);
  }

  @Override
  public List<GroupView> groups() {
    List<String> names = resources().stream().map(ResourceView::name).toList();
    boolean all = resources.values().stream().allMatch(r -> r.state().equals("Online"));
    return List.of(
        new GroupView("id-of-web", "web", all ? "Online" : "PartialOnline", "alpha", names));
  }

  @Override
  public GroupView group(String group) {
    if (group.equalsIgnoreCase("web")) {
      return groups().getFirst();
    }
    throw new ApiException.NotFound("GroupNotFound", group, "There is no group " + group + ".");
  }

  @Override
  public List<NodeView> nodes() {
    return List.of(
        new NodeView("alpha", "Holder", 77, "/a", "/a.sock", NOW, List.of("web")),
        new NodeView("beta", "Down", null, null, null, null, List.of()));
  }

  @Override
  public NodeView node(String node) {
    return nodes().stream()
        .filter(each -> each.name().equalsIgnoreCase(node))
        .findFirst()
        .orElseThrow(
            () ->
                new ApiException.NotFound("NodeNotFound", node, "There is no node " + node + "."));
  }

  @Override
  public List<ResourceView> resources() {
    return resources.values().stream()
        .sorted(java.util.Comparator.comparing(ResourceView::name))
        .toList();
  }

  @Override
  public ResourceView resource(String resource) {
    return requireResource(resource);
  }

  private ResourceView requireResource(String name) {
    ResourceView found = resources.get(name);
    if (found == null) {
      String nearest =
          NearestName.to(name, resources.keySet())
              .map(n -> " The nearest is " + n + ".")
              .orElse("");
      throw new ApiException.NotFound(
          "ResourceNotFound", name, "There is no resource " + name + "." + nearest);
    }
    return found;
  }

  @Override
  public List<TypeView> types() {
    return List.of(
        new TypeView(
            "Generic Application",
            "Generic Application",
            "generic-application",
            "0.1.0",
            List.of("0.1.0"),
            "/q/plugins/ab.zip",
            "sha256:ab",
            "Registered",
            null,
            List.of("Verbosity"),
            List.of(
                new ControlView(
                    "Rotate",
                    "Begins a new log.",
                    List.of(
                        new ControlView.Parameter(
                            "keep", "Integer", false, "3", "0", null, List.of(), "Old ones.")),
                    false,
                    false,
                    60_000))));
  }

  @Override
  public TypeView type(String type) {
    if (type.equalsIgnoreCase("Generic Application")) {
      return types().getFirst();
    }
    throw new ApiException.NotFound("TypeNotFound", type, "There is no type " + type + ".");
  }

  @Override
  public List<AvailableTypeView> availableTypes() {
    return List.of(new AvailableTypeView("ocf:heartbeat:Dummy", "ocf:*", false));
  }

  @Override
  public List<TypeView> verifyTypes() {
    return types();
  }

  @Override
  public List<MonitorView> monitors() {
    return List.of(
        new MonitorView("shared-0", "shared", 4121L, "Ready", List.of("web-app", "web-db"), 1, 3));
  }

  @Override
  public MonitorView monitor(String monitor) {
    if (monitor.equals("shared-0")) {
      return monitors().getFirst();
    }
    throw new ApiException.NotFound(
        "MonitorNotFound", monitor, "There is no monitor " + monitor + ".");
  }

  @Override
  public AuditFacts auditFacts() {
    return new AuditFacts(
        NOW,
        "alpha",
        true,
        false,
        77,
        0,
        List.of(
            new AuditFacts.Slot(
                "web-app", "id-of-web-app", "main", "sha256:ab", "Ended", 17, null, null, null)),
        List.of(),
        resources().stream().map(FakeCluster::audited).toList(),
        List.of(),
        List.of());
  }

  private static AuditFacts.Resource audited(ResourceView resource) {
    return new AuditFacts.Resource(
        resource.id(),
        resource.name(),
        resource.type(),
        resource.typeStatus(),
        resource.state(),
        resource.wanted(),
        2,
        resource.monitor(),
        resource.unsupervisedSince(),
        false,
        NOW,
        2L,
        new AuditFacts.Checks(5000, NOW, 3L, false),
        new AuditFacts.Checks(60_000, null, null, false));
  }

  @Override
  public List<EventView> events(EventQuery query) {
    return events.stream()
        .filter(e -> query.id() == null || query.id() == e.id())
        .filter(e -> query.level() == null || query.level().equals(e.level()))
        .toList();
  }

  @Override
  public EventView event(long seq) {
    return events.stream()
        .filter(e -> e.seq() == seq)
        .findFirst()
        .orElseThrow(
            () ->
                new ApiException.NotFound(
                    "EventNotFound", Long.toString(seq), "There is no event " + seq + "."));
  }

  @Override
  public Feed<EventView> followEvents(EventQuery query, long afterSeq) {
    feedsOpen.incrementAndGet();
    return new Feed<>() {
      private int at = 0;

      @Override
      public Optional<EventView> next(Duration wait) throws InterruptedException {
        feedsRead.incrementAndGet();
        long end = System.nanoTime() + wait.toNanos();
        do {
          while (at < events.size()) {
            EventView event = events.get(at++);
            if (event.seq() > afterSeq) {
              return Optional.of(event);
            }
          }
          TimeUnit.MILLISECONDS.sleep(5);
        } while (System.nanoTime() - end < 0);
        return Optional.empty();
      }

      @Override
      public boolean ended() {
        return false;
      }

      @Override
      public void close() {
        feedsOpen.decrementAndGet();
      }
    };
  }

  @Override
  public void refreshMeters() {
    meterReadings.incrementAndGet();
  }

  @Override
  public List<IncidentView> incidents() {
    return List.of(
        new IncidentView(
            1,
            NOW,
            "shared-0",
            4121,
            3,
            new IncidentView.MonitorExit(null, 9, "killed"),
            List.of(new IncidentView.CallInFlight("web-app", "generic-application", "IsAlive", 12)),
            null,
            List.of("web-app", "web-db"),
            List.of("started shared-0"),
            Map.of("detectedMillis", 4L)));
  }

  @Override
  public IncidentView incident(long seq) {
    if (seq == 1) {
      return incidents().getFirst();
    }
    throw new ApiException.NotFound(
        "IncidentNotFound", Long.toString(seq), "There is no incident " + seq + ".");
  }

  @Override
  public LogPiece log(String resource, long from, int maxBytes) {
    requireResource(resource);
    long start = Math.max(0, from < 0 ? text.length() + from : from);
    int end = (int) Math.min(text.length(), start + maxBytes);
    return new LogPiece(start, end, text.substring((int) start, end));
  }

  @Override
  public Feed<LogPiece> followLog(String resource, long from) {
    requireResource(resource);
    BlockingQueue<LogPiece> pieces = new LinkedBlockingQueue<>();
    pieces.add(log(resource, from, 1 << 20));
    pieces.add(new LogPiece(text.length(), text.length() + 6, "third\n"));
    return feedOf(pieces);
  }

  /** Gives what there is, and ends. */
  private static <T> Feed<T> feedOf(Queue<T> things) {
    return new Feed<>() {
      @Override
      public Optional<T> next(Duration wait) {
        return Optional.ofNullable(things.poll());
      }

      @Override
      public boolean ended() {
        return things.isEmpty();
      }

      @Override
      public void close() {}
    };
  }

  @Override
  public Operation submit(Command command, Asker asker) {
    String what = check(command);
    commands.add(command);
    askers.add(asker);
    Operation operation = new Operation("op-" + ids.incrementAndGet(), what, NOW);
    operations.put(operation.id(), operation);
    Thread.ofVirtual().start(() -> carryOut(command, asker, operation));
    return operation;
  }

  private String check(Command command) {
    return switch (command) {
      case Command.OnlineResource(String r) -> "online " + requireResource(r).name();
      case Command.OfflineResource(String r) -> "offline " + requireResource(r).name();
      case Command.RestartResource(String r) -> "restart " + requireResource(r).name();
      case Command.SetResource(String r, var properties, boolean ignored) -> {
        requireResource(r);
        properties.keySet().forEach(FakeCluster::requireProperty);
        yield "set " + r;
      }
      case Command.RegisterType(var archive) -> {
        if (!Files.exists(archive)) {
          throw new ApiException.NotFound(
              "ArchiveNotFound", archive.toString(), "There is no file " + archive + ".");
        }
        throw new ApiException.Invalid(
            "BadArchive", archive.toString(), archive + " is not a plugin archive.", List.of());
      }
      case Command.DeleteGroup(String g) ->
          throw new ApiException.Conflict(
              "GroupNotEmpty", g, "Group " + g + " has 2 resources;\n delete them first.");
      case Command.CreateGroup(String g) -> "create " + g;
      default -> command.getClass().getSimpleName();
    };
  }

  private static void requireProperty(String name) {
    List<String> known = List.of("RestartAction", "RestartDelay", "RestartThreshold");
    if (known.stream().noneMatch(name::equalsIgnoreCase)) {
      String sentence =
          "There is no property "
              + name
              + NearestName.to(name, known).map(n -> "; the nearest is " + n).orElse("")
              + ".";
      throw new ApiException.Invalid(
          "BadProperty", null, sentence, List.of(new ApiException.Invalid.Problem(name, sentence)));
    }
  }

  private void carryOut(Command command, Asker asker, Operation operation) {
    String would = asker.dryRun() ? "would be " : "";
    switch (command) {
      case Command.OfflineResource(String r) -> change(asker, operation, r, "Offline", would);
      case Command.OnlineResource(String r) -> change(asker, operation, r, "Online", would);
      case Command.RestartResource(String r) -> {
        operation.narrate(new Narration(NOW, r, "Offline"));
        operation.end(
            new Outcome.Failed(
                Duration.ofMillis(1500),
                new ApiException.Failed("OnlineFailed", r, r + " did not come online.", null),
                List.of(new Outcome.ResourceState(r, "Failed", "exit code 3"))));
      }
      default -> operation.narrate(new Narration(NOW, operation.what(), would + "done"));
    }
    if (holdOperations) {
      try {
        mayEnd.await();
      } catch (InterruptedException ended) {
        Thread.currentThread().interrupt();
      }
    }
    operation.end(new Outcome.Done(Duration.ofMillis(9300), "Online 2/2", List.of()));
  }

  private void change(Asker asker, Operation op, String name, String state, String would) {
    op.narrate(new Narration(NOW, name, would + state + "  2.1s"));
    if (!asker.dryRun()) {
      ResourceView was = requireResource(name);
      put(resource(name, state, was.dependsOn(), new LinkedHashMap<>(was.properties())));
    }
  }

  @Override
  public Operation operation(String id) {
    Operation found = operations.get(id);
    if (found == null) {
      throw new ApiException.NotFound("OperationNotFound", id, "There is no operation " + id + ".");
    }
    return found;
  }

  @Override
  public List<ValidationView> validate(Set<String> only) {
    validated.add(only);
    return List.of(
        new ValidationView(
            "checkpoints",
            "web-app, checkpoint 1 (registry:Software\\Contoso)",
            "alpha",
            true,
            null,
            null,
            null),
        new ValidationView(
            "checkpoints",
            "web-app, checkpoint 2 (file:/etc/contoso)",
            "alpha",
            false,
            "HandleHeld",
            "vi (pid 7) has it open for writing",
            "end the processes that have its files open for writing"));
  }

  @Override
  public List<Rehearsal> rehearsals() {
    return List.of(
        new Rehearsal(
            "web-app, checkpoint 1 (registry:Software\\Contoso)",
            "web-app",
            1,
            "registry:Software\\Contoso",
            List.of(),
            "/quorum/blobs/1"));
  }

  @Override
  public List<ValidationView> rehearse(List<Rehearsal> wanted) {
    return wanted.stream()
        .map(
            each ->
                new ValidationView("checkpoints", each.object(), "beta", true, null, null, null))
        .toList();
  }

  /** What {@link #backUp} gives. */
  public static final byte[] BACKUP = "a backup".getBytes(StandardCharsets.UTF_8);

  /** What was said to have become of backups. */
  public final List<BackupReport> backups = new CopyOnWriteArrayList<>();

  @Override
  public QuorumView quorum() {
    return new QuorumView(
        "/quorum", "cluster", "alpha", 1, "/home", 42, 1, 2, 3, 4, 5, 6, null, null);
  }

  @Override
  public QuorumStream backUp() {
    return new QuorumStream() {
      @Override
      public long sizeBytes() {
        return BACKUP.length;
      }

      @Override
      public long revision() {
        return 42;
      }

      @Override
      public void writeTo(OutputStream out) throws IOException {
        out.write(BACKUP);
      }

      @Override
      public void close() {}
    };
  }

  @Override
  public void backupEnded(BackupReport report) {
    backups.add(report);
  }

  @Override
  public ClusterFileApi clusterFile() {
    return clusterFile;
  }

  @Override
  public CheckpointApi checkpoints() {
    return checkpoints;
  }

  @Override
  public RegistryApi registry() {
    return registry;
  }
}
