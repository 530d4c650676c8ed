package dev.holdfast.service.operation;

import static dev.holdfast.service.GivenCluster.TEST;
import static org.awaitility.Awaitility.await;

import dev.holdfast.checkpoint.CheckpointStore;
import dev.holdfast.checkpoint.Checkpoints;
import dev.holdfast.checkpoint.Sources;
import dev.holdfast.cluster.Action;
import dev.holdfast.cluster.ClusterEvent;
import dev.holdfast.cluster.ClusterState;
import dev.holdfast.cluster.Decisions;
import dev.holdfast.cluster.EntryPoint;
import dev.holdfast.cluster.Failure;
import dev.holdfast.cluster.MonitorName;
import dev.holdfast.cluster.ResourceEvent;
import dev.holdfast.cluster.ResourceId;
import dev.holdfast.cluster.ResourceState;
import dev.holdfast.protocol.DescriptionCodec;
import dev.holdfast.protocol.Link;
import dev.holdfast.protocol.LinkClosed;
import dev.holdfast.protocol.LinkListener;
import dev.holdfast.protocol.MonitorCommand;
import dev.holdfast.protocol.ProtocolVersion;
import dev.holdfast.protocol.wire.Beat;
import dev.holdfast.protocol.wire.Hello;
import dev.holdfast.protocol.wire.LoadPlugin;
import dev.holdfast.protocol.wire.Loaded;
import dev.holdfast.protocol.wire.LoadedType;
import dev.holdfast.protocol.wire.PropertyProblem;
import dev.holdfast.protocol.wire.Ready;
import dev.holdfast.protocol.wire.ToMonitor;
import dev.holdfast.protocol.wire.ToService;
import dev.holdfast.protocol.wire.ValidateProperties;
import dev.holdfast.protocol.wire.Validated;
import dev.holdfast.quorum.DirectoryQuorumLog;
import dev.holdfast.quorum.Holder;
import dev.holdfast.registry.Batch;
import dev.holdfast.registry.CommitException;
import dev.holdfast.service.archive.PluginStore;
import dev.holdfast.service.checkpoint.PatchDesk;
import dev.holdfast.service.chronicle.CheckpointChronicle;
import dev.holdfast.service.cluster.ClusterLoop;
import dev.holdfast.service.event.EventLog;
import dev.holdfast.service.event.EventLogLimits;
import dev.holdfast.service.home.Home;
import dev.holdfast.service.process.ExitStatus;
import dev.holdfast.service.process.FakeProcesses;
import dev.holdfast.service.process.ProcessIdentity;
import dev.holdfast.service.process.ProcessSpec;
import dev.holdfast.service.process.StopOutcome;
import dev.holdfast.service.record.ClusterRecords;
import dev.holdfast.service.record.StateStore;
import dev.holdfast.service.slot.SlotKey;
import dev.holdfast.service.slot.SlotListener;
import dev.holdfast.service.slot.SlotView;
import dev.holdfast.service.slot.Slots;
import dev.holdfast.service.supervision.MonitorDeath;
import dev.holdfast.service.supervision.MonitorListener;
import dev.holdfast.service.supervision.Monitors;
import dev.holdfast.service.type.PropertyValidator;
import dev.holdfast.service.type.Surveyor;
import dev.holdfast.service.type.TypeRegistrar;
import dev.holdfast.service.type.TypeResolver;
import dev.holdfast.spi.Description;
import dev.holdfast.spi.Exit;
import dev.holdfast.spi.Found;
import dev.holdfast.spi.Health;
import dev.holdfast.spi.Reply;
import dev.holdfast.spi.ResourceException.Retry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.classfile.ClassFile;
import java.lang.constant.ClassDesc;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.UnaryOperator;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * A node for commands: real decisions, real monitors' supervision over a real socket; but its
 * monitors are threads of this process, its applications a set of ids, its database nothing at all.
 */
final class FakeNode implements AutoCloseable {
  private static final Description SINGLE =
      Description.of("Single").lives(TEST.lives()).exclusive().build();
  private static final Description NEEDY =
      Description.of("Needy").lives(TEST.lives()).requires("Test").build();

  final ClusterLoop loop;
  final Commands commands;
  final Monitors monitors;

  /** What somebody else started. */
  final Set<ResourceId> foreign = ConcurrentHashMap.newKeySet();

  /** Whose application runs. */
  final Set<ResourceId> running = ConcurrentHashMap.newKeySet();

  /** Whose online fails. */
  final Set<ResourceId> broken = ConcurrentHashMap.newKeySet();

  /** Whose online does not return. */
  final Set<ResourceId> hanging = ConcurrentHashMap.newKeySet();

  /** What each life of a monitor was told to begin the numbers of its requests with. */
  final List<Long> firstRequests = new CopyOnWriteArrayList<>();

  /** Whose offline does not return. */
  final Set<ResourceId> stubborn = ConcurrentHashMap.newKeySet();

  /** What carries out what blocks; at once, unless a test says otherwise. */
  volatile Executor executor = Runnable::run;

  /** How many applications were started. */
  final AtomicInteger onlines = new AtomicInteger();

  /** How often a type was asked about properties. */
  final AtomicInteger validated = new AtomicInteger();

  /** What happens while a type looks at properties. */
  volatile Runnable whileValidating = () -> {};

  /** What checkpoints are of. */
  volatile Sources sources =
      _ -> {
        throw new AssertionError("nothing here has checkpoints");
      };

  /** The stops of the service that were asked for: whether applications are kept. */
  final List<Boolean> stops = new CopyOnWriteArrayList<>();

  /** The controls that were sent. */
  final List<String> asked = new CopyOnWriteArrayList<>();

  /** What comes of them. */
  volatile CompletableFuture<Reply> controlAnswer =
      CompletableFuture.completedFuture(Reply.done("did it").with("size", "1MiB"));

  /** Whether monitors that are started say that they are ready. */
  volatile boolean monitorsGetReady = true;

  /** Whether monitors that are to be started are. */
  volatile boolean monitorsStart = true;

  private final Path folder;
  private final Map<ProcessIdentity, FakeMonitor> lives = new ConcurrentHashMap<>();
  private final FakeProcesses processes = new FakeProcesses(this::begin);
  private final DirectoryQuorumLog log;
  final Checkpoints checkpoints;
  private final TypeRegistrar registrar;
  private final PropertyValidator validator;
  private final ScheduledExecutorService beats = Executors.newSingleThreadScheduledExecutor();

  FakeNode(Path folder) throws IOException {
    this.folder = folder;
    Home home = Home.open(folder.resolve("home"));
    PluginStore plugins = PluginStore.open(folder.resolve("plugins"), home.unpacked());
    loop =
        new ClusterLoop(
            new Decisions(Duration.ZERO),
            new Nowhere(),
            ClusterState.empty(),
            InstantSource.system(),
            failure -> {
              throw new AssertionError("the service would halt", failure);
            });
    monitors =
        new Monitors(
            home,
            "alpha",
            folder.resolve("s"),
            new MonitorCommand(Path.of("java"), List.of(Path.of("monitor.jar")), null, 64),
            processes,
            InstantSource.system(),
            new Told());
    registrar = new TypeRegistrar(plugins, monitors);
    var types = new TypeResolver(plugins, Runnable::run);
    validator = new PropertyValidator(types, monitors, new AtomicLong()::incrementAndGet);
    log =
        DirectoryQuorumLog.tryOpen(
            folder.resolve("quorum"),
            Holder.thisProcess("alpha", Instant.EPOCH),
            InstantSource.system());
    checkpoints =
        new Checkpoints(
            CheckpointStore.open(log, log.blobs(UnaryOperator.identity())),
            subject -> sources.of(subject),
            new CheckpointChronicle(
                EventLog.open(
                    home.events(), "alpha", InstantSource.system(), EventLogLimits.DEFAULT),
                UnaryOperator.identity()),
            "alpha",
            InstantSource.system(),
            home.run());
    commands =
        new Commands(
            loop,
            monitors,
            registrar,
            validator,
            new Surveyor(types, registrar, monitors, new AtomicLong()::incrementAndGet),
            new PatchDesk(
                checkpoints,
                new Slots(
                    home,
                    processes,
                    new ClusterRecords(log, "alpha"),
                    new SilentSlots(),
                    UUID::randomUUID,
                    Runnable::run),
                look ->
                    loop.request(
                        state -> {
                          look.accept(state);
                          return List.of();
                        }),
                Map.of(),
                home.root().toString(),
                Runnable::run),
            InstantSource.system(),
            UUID::randomUUID,
            task -> executor.execute(task),
            this::stop,
            Handover.NONE,
            (resource, control, parameters, user, progress) -> {
              asked.add(control.name() + " " + parameters + " by " + user);
              progress.accept("half way");
              return controlAnswer;
            });
    var _ =
        beats.scheduleAtFixedRate(
            () -> lives.values().forEach(FakeMonitor::beat), 0, 250, TimeUnit.MILLISECONDS);
    loop.start(new Steps());
    loop.post(new ClusterEvent.Tick());
  }

  @Override
  public void close() throws IOException {
    loop.close();
    monitors.close();
    beats.shutdownNow();
    forgetMonitors();
    checkpoints.close();
    log.close();
  }

  /** Has a resource's key in the quorum, where its patch is kept. */
  void keep(ResourceId resource) throws CommitException {
    log.commit(Batch.builder().createKey("Resources\\" + resource).build());
  }

  /** Nobody hears of slots here. */
  private static final class SilentSlots implements SlotListener {
    @Override
    public void started(SlotKey key, ProcessIdentity process) {}

    @Override
    public void adopted(SlotKey key, ProcessIdentity process) {}

    @Override
    public void ended(SlotKey key, SlotView slot, Exit exit) {}

    @Override
    public void killed(SlotKey key, ProcessIdentity process, StopOutcome outcome) {}
  }

  /** All monitors are gone at once. */
  void forgetMonitors() {
    lives.keySet().forEach(process -> processes.end(process, new ExitStatus.Signalled(9, false)));
    lives.values().forEach(FakeMonitor::end);
  }

  synchronized void letMonitorsGetReady() {
    monitorsGetReady = true;
    lives.values().forEach(FakeMonitor::ready);
  }

  /** The archives that are kept. */
  List<Path> stored() throws IOException {
    try (var files = Files.list(folder.resolve("plugins"))) {
      return files.toList();
    }
  }

  /** An archive that nobody has anything against. */
  Path archive() throws IOException {
    byte[] jar =
        zip(
            Map.of(
                "META-INF/services/dev.holdfast.spi.ResourceType",
                "test.Type\n".getBytes(StandardCharsets.UTF_8),
                "test/Type.class",
                ClassFile.of().build(ClassDesc.of("test.Type"), _ -> {})));
    String descriptor =
        """
        plugin.id=test-plugin
        plugin.version=1.0.0
        plugin.requires=>=0.1.0
        """;
    byte[] archive =
        zip(
            Map.of(
                "plugin.properties",
                descriptor.getBytes(StandardCharsets.UTF_8),
                "lib/test.jar",
                jar));
    Path file = folder.resolve("test-plugin.zip");
    return Files.exists(file) ? file : Files.write(file, archive);
  }

  private static byte[] zip(Map<String, byte[]> entries) throws IOException {
    var bytes = new ByteArrayOutputStream();
    try (var zip = new ZipOutputStream(bytes)) {
      for (var entry : entries.entrySet()) {
        zip.putNextEntry(new ZipEntry(entry.getKey()));
        zip.write(entry.getValue());
        zip.closeEntry();
      }
    }
    return bytes.toByteArray();
  }

  // ---- what is decided -----------------------------------------------------------------------

  private void stop(boolean keep) {
    stops.add(keep);
    if (!keep) {
      loop.post(new ClusterEvent.Stop());
    }
  }

  private final class Steps implements ClusterLoop.StepListener {
    @Override
    public void carryOut(ClusterState before, ClusterState after, List<Action> actions) {
      for (Action action : actions) {
        take(action, after);
      }
    }

    @Override
    public void tell(ClusterState before, ClusterState after, List<Action> actions) {
      commands.changed(before, after);
    }
  }

  private void take(Action action, ClusterState state) {
    switch (action) {
      case Action.StartMonitor(MonitorName name) -> {
        if (monitorsStart) {
          monitors.start(name, Objects.requireNonNull(state.monitors().get(name)).epoch());
        }
      }
      case Action.StopMonitor(MonitorName name) -> monitors.stop(name);
      case Action.KillMonitor(MonitorName name, String because) -> monitors.kill(name, because);
      case Action.Open open -> call(open.resource(), EntryPoint.FIND);
      case Action.Call call -> call(call.resource(), call.entryPoint());
      case Action.Change change -> call(change.resource(), EntryPoint.CHANGED);
      case Action.CancelCall(ResourceId id) ->
          happened(id, new ResourceEvent.CallFailed(EntryPoint.ONLINE, failure("cancelled")));
      case Action.EndProcesses(ResourceId id) -> {
        running.remove(id);
        happened(id, new ResourceEvent.ProcessesEnded(Optional.empty()));
      }
      case Action.StartPolling _,
          Action.StopPolling _,
          Action.Close _,
          Action.ReleaseExternals _,
          Action.Tell _ -> {}
    }
  }

  private void call(ResourceId id, EntryPoint entryPoint) {
    switch (entryPoint) {
      case FIND ->
          happened(
              id,
              new ResourceEvent.FoundIt(
                  foreign.contains(id)
                      ? Found.foreign("somebody", 0)
                      : running.contains(id)
                          ? Found.running("it runs")
                          : Found.absent("no trace")));
      case ONLINE -> online(id);
      case OFFLINE -> {
        if (!stubborn.contains(id)) {
          ended(id);
        }
      }
      case TERMINATE -> {
        running.remove(id);
        call(id, EntryPoint.FIND);
      }
      case LOOKS_ALIVE, IS_ALIVE -> happened(id, new ResourceEvent.Checked(Health.alive()));
      case CHANGED ->
          happened(
              id,
              broken.contains(id)
                  ? new ResourceEvent.CallFailed(entryPoint, failure("the disk is full"))
                  : new ResourceEvent.Returned(entryPoint));
      case ADOPT -> {
        foreign.remove(id);
        running.add(id);
        happened(id, new ResourceEvent.Returned(entryPoint));
      }
      case OPEN, CLOSE -> {}
    }
  }

  /** The offline of a resource returns. */
  void ended(ResourceId id) {
    running.remove(id);
    happened(id, new ResourceEvent.Returned(EntryPoint.OFFLINE));
  }

  /** Returns once a resource is in a state. */
  void awaitState(ResourceId id, ResourceState state) {
    await()
        .atMost(Duration.ofSeconds(60))
        .until(
            () ->
                Optional.ofNullable(loop.state().resources().get(id))
                    .filter(resource -> resource.state() == state)
                    .isPresent());
  }

  /** The online of a resource that hung returns. */
  void letGo(ResourceId id) {
    hanging.remove(id);
    online(id);
  }

  private void online(ResourceId id) {
    if (broken.contains(id)) {
      happened(id, new ResourceEvent.CallFailed(EntryPoint.ONLINE, failure("port 80 is taken")));
    } else if (!hanging.contains(id)) {
      running.add(id);
      onlines.incrementAndGet();
      happened(id, new ResourceEvent.Returned(EntryPoint.ONLINE));
    }
  }

  private static Failure failure(String message) {
    return new Failure("Broken", Retry.HERE, message);
  }

  private void happened(ResourceId id, ResourceEvent event) {
    loop.post(new ClusterEvent.OfResource(id, event));
  }

  // ---- monitors ------------------------------------------------------------------------------

  private synchronized void begin(ProcessSpec spec, ProcessIdentity process) {
    List<String> command = spec.command();
    Path socket = Path.of(command.get(command.indexOf("--socket") + 1));
    try {
      var monitor =
          new FakeMonitor(
              process, Link.connect(socket, command.get(command.indexOf("--name") + 1)));
      monitor.hello(Objects.requireNonNull(spec.input()).strip());
      lives.put(process, monitor);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The other end of the link. */
  private final class FakeMonitor implements LinkListener<ToMonitor> {
    private final ProcessIdentity process;
    private final Link<ToService, ToMonitor> link;

    FakeMonitor(ProcessIdentity process, Link<ToService, ToMonitor> link) {
      this.process = process;
      this.link = link;
    }

    void hello(String nonce) {
      link.start(this);
      send(
          ToService.newBuilder()
              .setHello(
                  Hello.newBuilder()
                      .setProtocolMin(ProtocolVersion.MIN)
                      .setProtocolMax(ProtocolVersion.MAX)
                      .setPid(process.pid())
                      .setNonce(nonce)
                      .setName(link.name())
                      .setVersion("0.1.0")));
    }

    void ready() {
      send(ToService.newBuilder().setReady(Ready.getDefaultInstance()));
    }

    void beat() {
      if (processes.isAlive(process)) {
        send(ToService.newBuilder().setBeat(Beat.getDefaultInstance()));
      } else {
        end();
      }
    }

    void end() {
      lives.remove(process);
      link.close();
    }

    private void send(ToService.Builder frame) {
      var _ = link.send(frame.build());
    }

    @Override
    public void onFrame(ToMonitor frame) {
      switch (frame.getFrameCase()) {
        case WELCOME -> {
          firstRequests.add(frame.getWelcome().getFirstRequest());
          synchronized (FakeNode.this) {
            if (monitorsGetReady) {
              ready();
            }
          }
        }
        case LOAD_PLUGIN -> load(frame.getLoadPlugin());
        case VALIDATE_PROPERTIES -> validate(frame.getValidateProperties());
        case SHUTDOWN -> {
          lives.remove(process);
          var _ = processes.end(process, new ExitStatus.Code(0));
        }
        default -> {}
      }
    }

    private void load(LoadPlugin plugin) {
      var loaded = Loaded.newBuilder().setCall(plugin.getCall()).setDigest(plugin.getDigest());
      for (Description type : List.of(TEST, SINGLE, NEEDY)) {
        loaded.addTypes(
            LoadedType.newBuilder()
                .setClassName("test.Type")
                .setDescription(DescriptionCodec.encode(type)));
      }
      send(ToService.newBuilder().setLoaded(loaded));
    }

    private void validate(ValidateProperties question) {
      validated.incrementAndGet();
      whileValidating.run();
      var answer = Validated.newBuilder().setCall(question.getCall());
      if (question.getPropertiesList().toString().contains("forbidden")) {
        answer.addProblems(
            PropertyProblem.newBuilder()
                .setProperty("Host")
                .setMessage("Host is not allowed here."));
      }
      send(ToService.newBuilder().setValidated(answer));
    }

    @Override
    public void onClosed(LinkClosed why) {}
  }

  private final class Told implements MonitorListener {
    @Override
    public void started(MonitorName name, long epoch, ProcessIdentity process) {
      if (!TypeRegistrar.isRegistrars(name)) {
        loop.post(new ClusterEvent.MonitorStarted(name, process.pid()));
      }
    }

    @Override
    public void ready(MonitorName name, long epoch) {
      if (TypeRegistrar.isRegistrars(name)) {
        registrar.ready(name);
      } else {
        loop.post(new ClusterEvent.MonitorReady(name, epoch));
      }
    }

    @Override
    public void frame(MonitorName name, long epoch, ToService frame) {
      if (frame.hasValidated()) {
        validator.answered(frame.getValidated());
      }
    }

    @Override
    public void died(MonitorDeath death) {
      validator.died(death.name(), death.reason());
      if (TypeRegistrar.isRegistrars(death.name())) {
        registrar.died(death.name(), death.reason());
      } else {
        loop.post(
            new ClusterEvent.MonitorDied(
                death.name(), death.ownDoing(), death.culprit(loop.state())));
      }
    }
  }

  /** Everything is durable at once, and nothing is kept. */
  private static final class Nowhere implements StateStore {
    @Override
    public CompletableFuture<?> write(ClusterState before, ClusterState after) {
      return CompletableFuture.completedFuture(null);
    }

    @Override
    public ClusterState read(Instant now) {
      return ClusterState.empty();
    }

    @Override
    public long revision() {
      return 0;
    }
  }
}
