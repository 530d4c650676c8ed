package dev.holdfast.service;

import dev.holdfast.checkpoint.Checkpoint;
import dev.holdfast.checkpoint.CheckpointListeners;
import dev.holdfast.checkpoint.CheckpointStore;
import dev.holdfast.checkpoint.Checkpoints;
import dev.holdfast.checkpoint.Source;
import dev.holdfast.checkpoint.SourceException;
import dev.holdfast.checkpoint.Subject;
import dev.holdfast.checkpoint.file.FileTree;
import dev.holdfast.cluster.ClusterEvent;
import dev.holdfast.cluster.ClusterState;
import dev.holdfast.cluster.MonitorName;
import dev.holdfast.cluster.MonitorStatus;
import dev.holdfast.cluster.TypeRegistration;
import dev.holdfast.cluster.TypeStatus;
import dev.holdfast.failpoint.FailPoints;
import dev.holdfast.failpoint.StepPoint;
import dev.holdfast.quorum.DirectoryQuorumLog;
import dev.holdfast.quorum.Holder;
import dev.holdfast.registry.hive.Storage;
import dev.holdfast.service.api.ApiException;
import dev.holdfast.service.api.ApiServer;
import dev.holdfast.service.api.ApiSettings;
import dev.holdfast.service.api.Asker;
import dev.holdfast.service.api.ClusterApi;
import dev.holdfast.service.api.Command;
import dev.holdfast.service.api.RuntimeDirectory;
import dev.holdfast.service.archive.ArchiveDigest;
import dev.holdfast.service.archive.PluginStore;
import dev.holdfast.service.checkpoint.CheckpointDesk;
import dev.holdfast.service.checkpoint.CheckpointMeters;
import dev.holdfast.service.checkpoint.CheckpointNarrator;
import dev.holdfast.service.checkpoint.PatchDesk;
import dev.holdfast.service.chronicle.CheckpointChronicle;
import dev.holdfast.service.chronicle.EventChronicle;
import dev.holdfast.service.chronicle.IncidentMeters;
import dev.holdfast.service.chronicle.RegistryChronicle;
import dev.holdfast.service.clock.SteadyClock;
import dev.holdfast.service.cluster.Engine;
import dev.holdfast.service.event.EventLog;
import dev.holdfast.service.event.EventLogLimits;
import dev.holdfast.service.event.Incidents;
import dev.holdfast.service.home.Home;
import dev.holdfast.service.home.HomeLock;
import dev.holdfast.service.home.ServiceFile;
import dev.holdfast.service.metric.JvmMeters;
import dev.holdfast.service.metric.Metric;
import dev.holdfast.service.operation.Commands;
import dev.holdfast.service.posix.Signal;
import dev.holdfast.service.process.LinuxProcesses;
import dev.holdfast.service.process.ProcessIdentity;
import dev.holdfast.service.process.ProcessLimits;
import dev.holdfast.service.process.ProcessSpec;
import dev.holdfast.service.process.Processes;
import dev.holdfast.service.process.SlotToken;
import dev.holdfast.service.record.ClusterRecords;
import dev.holdfast.service.record.RecordMeters;
import dev.holdfast.service.registry.CallerProcesses;
import dev.holdfast.service.registry.HomeOwner;
import dev.holdfast.service.registry.LoadedHives;
import dev.holdfast.service.registry.LocalHives;
import dev.holdfast.service.registry.MountedHive;
import dev.holdfast.service.registry.Registry;
import dev.holdfast.service.settings.ServiceSettings;
import dev.holdfast.service.storage.FailingStorage;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.net.URI;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A cluster service, from taking its home's lock to letting go of it.
 *
 * <p>Its start and its recovery are one path: what an earlier service left behind (monitors, which
 * are ended; applications, which are taken over) is dealt with before anything is decided, also
 * when there is nothing.
 */
final class ClusterService implements AutoCloseable {
  /** How long taking over may last before the service says ready all the same. */
  static final Duration RECOVERY_WAIT_MAX = Duration.ofSeconds(30);

  /** How long monitors may take to leave when the service stops. */
  static final Duration MONITOR_LEAVE_MAX = Duration.ofSeconds(5);

  /** How long killing everything may take. */
  static final Duration TERMINATE_MAX = Duration.ofSeconds(10);

  private static final Duration POLL = Duration.ofMillis(5);
  private static final Logger LOG = LoggerFactory.getLogger(ClusterService.class);

  private final Deque<AutoCloseable> opened = new ArrayDeque<>();
  private final Home home;
  private final String node;
  private final Distribution distribution;
  private final SteadyClock clock = new SteadyClock();
  private final CountDownLatch stopped = new CountDownLatch(1);
  private final AtomicInteger stopRequests = new AtomicInteger();
  private final Processes processes;
  private final ClusterRecords records;
  private final Engine engine;
  private final EventChronicle chronicle;
  private final Commands commands;
  private final ServiceApi api;
  private final ApiServer apiServer;
  private final ProcessIdentity self;
  private final Runnable resumePatches;
  private volatile boolean ready;
  private volatile Optional<ProcessIdentity> cacheMaker = Optional.empty();

  /**
   * Takes the home's lock, opens what is kept there, and serves the API. Nothing is decided yet.
   *
   * @throws HomeLock.HeldException another service runs on this home
   * @throws IOException something of the home cannot be used
   */
  ClusterService(ServeOptions options, Home home, ServiceSettings settings) throws IOException {
    this.home = home;
    this.node = options.nodeName();
    this.distribution = Distribution.current();
    try {
      keep(HomeLock.take(home));
      // Removed right before the lock is let go of: who waits for that may start the next service.
      opened.push(() -> ServiceFile.remove(home));
      processes = keep(LinuxProcesses.open(ProcessLimits.DEFAULT, this::stray));
      self =
          processes
              .identify((int) ProcessHandle.current().pid())
              .orElseThrow(() -> new IllegalStateException("this very process is not to be found"));
      writeServiceFile(Optional.empty(), Optional.empty());
      Path quorum = options.quorum == null ? home.quorum() : options.quorum.toAbsolutePath();
      apiServer = findServer();
      MeterRegistry meters = apiServer.meters();
      DirectoryQuorumLog log = keep(openQuorum(quorum));
      log.tellCommits(new RecordMeters(meters));
      records = new ClusterRecords(log, node);
      LocalHives local = keep(LocalHives.open(home.hives(), clock, throughFailPoints()));
      List<MountedHive> hives = new ArrayList<>(local.mounted());
      hives.addFirst(
          new MountedHive(
              "Cluster",
              log::snapshot,
              (batch, _) -> log.submit(batch),
              log::watch,
              ClusterRecords.OWN_KEYS));
      EventLog events = keep(EventLog.open(home.events(), node, clock, EventLogLimits.DEFAULT));
      Incidents incidents = Incidents.open(home.incidents());
      var incidentMeters = new IncidentMeters(meters);
      chronicle = keep(new EventChronicle(events, incidents, node, clock, incidentMeters));
      Path runtime =
          RuntimeDirectory.of(home.root(), "root".equals(System.getProperty("user.name")));
      RuntimeDirectory.make(runtime);
      opened.push(() -> removeIfEmpty(runtime));
      PluginStore plugins = PluginStore.open(quorum.resolve("plugins"), home.unpacked());
      Registry registry = keep(registry(hives, keep(loadedHives()), events));
      CheckpointStore store = CheckpointStore.open(log, log.blobs(throughFailPoints()));
      finishRestores(store);
      var checkpointMeters = new CheckpointMeters(meters, clock);
      Checkpoints checkpoints =
          keep(
              new Checkpoints(
                  store,
                  subject -> source(registry, subject),
                  new CheckpointListeners(
                      List.of(
                          new CheckpointChronicle(events, this::resourceName),
                          new CheckpointNarrator(this::say),
                          checkpointMeters)),
                  node,
                  clock,
                  emptied(home.captures())));
      engine =
          keep(
              new Engine(
                  new Engine.Parts(
                      home,
                      node,
                      records,
                      processes,
                      plugins,
                      distribution.monitorCommand(settings.monitorHeapMegabytes()),
                      runtime.resolve("monitors.sock"),
                      settings.monitorReplacementDelay(),
                      clock,
                      UUID::randomUUID,
                      applicationEnvironment(),
                      chronicle,
                      checkpoints,
                      meters,
                      this::halt)));
      var desk = new CheckpointDesk(checkpoints, registry, engine.loop()::state);
      registry.adviseOnChanges(desk::adviceOnChange);
      var patches =
          new PatchDesk(
              checkpoints,
              engine.slots(),
              this::look,
              applicationEnvironment(),
              home.root().toString(),
              Executors.newVirtualThreadPerTaskExecutor());
      engine.onToolEnd(patches::toolEnded);
      resumePatches = patches::resume;
      commands =
          new Commands(
              engine.loop(),
              engine.monitors(),
              engine.registrar(),
              engine.validator(),
              patches,
              clock,
              UUID::randomUUID,
              Executors.newVirtualThreadPerTaskExecutor(),
              this::requestStop);
      engine.onChange(commands::changed);
      api =
          new ServiceApi(
              engine,
              commands,
              records,
              events,
              incidents,
              registry,
              desk,
              checkpoints::isUnrestored,
              checkpoints::patchOf,
              node,
              clock,
              self.pid(),
              () -> ready,
              state -> {
                engine.refreshMeters(state);
                incidentMeters.refresh(state);
                checkpointMeters.refresh(state, checkpoints);
              });
      measureItself(meters);
      serveApi(options, runtime);
      keep(apiServer);
    } catch (IOException | RuntimeException e) {
      close();
      throw e;
    }
  }

  /** What somebody else put into it is not ours to remove. */
  private static void removeIfEmpty(Path directory) throws IOException {
    try {
      Files.deleteIfExists(directory);
    } catch (DirectoryNotEmptyException e) {
      LOG.debug("{} is not empty and stays", directory);
    }
  }

  private <T extends AutoCloseable> T keep(T part) {
    opened.push(part);
    return part;
  }

  private LoadedHives loadedHives() throws IOException {
    return LoadedHives.open(home.hives().resolve("loaded"), clock, throughFailPoints());
  }

  private Registry registry(List<MountedHive> hives, LoadedHives loaded, EventLog events)
      throws IOException {
    var owner =
        new HomeOwner(
            Integer.toUnsignedLong((Integer) Files.getAttribute(home.root(), "unix:uid")),
            Integer.toUnsignedLong((Integer) Files.getAttribute(home.root(), "unix:gid")));
    return new Registry(hives, loaded, owner, this::running, new RegistryChronicle(events), clock);
  }

  private Source source(Registry registry, Subject subject) {
    return switch (subject.kind()) {
      case REGISTRY -> registry.source(subject.path());
      case FILE -> new FileTree(Path.of(subject.path()), subject.excludes(), home.captures());
    };
  }

  /** A directory of what is thrown away again; what a death left there goes now. */
  private static Path emptied(Path directory) throws IOException {
    Files.createDirectories(directory);
    try (Stream<Path> left = Files.list(directory)) {
      for (Path file : left.toList()) {
        Files.delete(file);
      }
    }
    return directory;
  }

  /** A restore that a death cut short is finished, or undone, before anybody looks at the files. */
  private static void finishRestores(CheckpointStore store) {
    for (Checkpoint checkpoint : store.all()) {
      if (checkpoint.subject().kind() != Subject.Kind.FILE) {
        continue;
      }
      Path tree = Path.of(checkpoint.subject().path());
      try {
        FileTree.recover(tree).forEach(said -> LOG.warn("{}: {}", tree, said));
      } catch (SourceException e) {
        LOG.error("A restore of {} that was cut short is not finished: {}", tree, e.getMessage());
      }
    }
  }

  private void say(String resource, String what) {
    commands.say(resource, what);
  }

  private String resourceName(String id) {
    return engine.loop().state().findResource(id).map(each -> each.config().name()).orElse(id);
  }

  /** Looks at the state on the deciding thread, so that nothing comes in between. */
  private CompletableFuture<?> look(Consumer<ClusterState> look) {
    return engine
        .loop()
        .request(
            state -> {
              look.accept(state);
              return List.of();
            });
  }

  private Optional<CallerProcesses.Running> running(int pid) {
    return processes
        .identify(pid)
        .map(
            process ->
                new CallerProcesses.Running(process.startTicks(), processes.programOf(process)));
  }

  private DirectoryQuorumLog openQuorum(Path quorum) throws IOException {
    try {
      return DirectoryQuorumLog.open(
          quorum,
          new Holder(self.pid(), node, clock.instant()),
          clock,
          holder ->
              LOG.warn(
                  "The quorum directory {} is held by {}; waiting until it is free",
                  quorum,
                  holder.map(Holder::toString).orElse("another process")),
          throughFailPoints());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("Waiting for the quorum directory " + quorum + " was interrupted.", e);
    }
  }

  private static UnaryOperator<Storage> throughFailPoints() {
    return FailPoints.asked() ? FailingStorage::new : UnaryOperator.identity();
  }

  private static ApiServer findServer() {
    return ServiceLoader.load(ApiServer.class)
        .findFirst()
        .orElseThrow(
            () -> new IllegalStateException("the distribution has no HTTP API on its class path"));
  }

  /** What is measured of the service as a whole; of its JVM, in the background. */
  private void measureItself(MeterRegistry meters) {
    Metric.BUILD_INFO.gauge(
        meters, () -> 1, Distribution.VERSION, Runtime.version().toString(), node);
    Metric.HOST_READY.gauge(meters, () -> ready ? 1 : 0);
    var jvm = keep(new JvmMeters());
    Thread.ofVirtual().name("jvm-meters").start(() -> jvm.bindTo(meters));
  }

  private void serveApi(ServeOptions options, Path runtime) throws IOException {
    StepPoint.SERVICE_OPEN_API.before();
    apiServer.start(
        api,
        new ApiSettings(
            home.root(),
            runtime.resolve(RuntimeDirectory.API_SOCKET),
            options.httpAddress(),
            Distribution.VERSION));
    StepPoint.SERVICE_OPEN_API.after();
    ApiServer.Addresses addresses = apiServer.addresses();
    writeServiceFile(Optional.of(addresses.socket()), addresses.http());
  }

  private void writeServiceFile(Optional<Path> socket, Optional<URI> http) throws IOException {
    ServiceFile.write(home, self.pid(), self.startTicks(), Distribution.VERSION, socket, http);
  }

  /** What applications inherit: what the service was given, without what is about itself. */
  private static Map<String, String> applicationEnvironment() {
    var environment = new HashMap<>(System.getenv());
    environment.keySet().removeIf(name -> name.startsWith("HOLDFAST_"));
    return environment;
  }

  /** A training must come to its end, and what it hits is nobody's hit. */
  private static Map<String, String> withoutFailPoints(Map<String, String> inherited) {
    var environment = new HashMap<>(inherited);
    environment.keySet().removeAll(List.of(FailPoints.VARIABLE, FailPoints.HITS_VARIABLE));
    return environment;
  }

  // ---- start -------------------------------------------------------------------------------

  /** Takes over, registers what is shipped, and returns when everything has been looked for. */
  void start() throws InterruptedException {
    endLeftMonitors();
    engine.start();
    resumePatches.run();
    registerShipped();
    boolean all = await(RECOVERY_WAIT_MAX, this::isRecovered);
    if (!all) {
      LOG.warn(
          "Not everything was found again within {} s; it goes on.", RECOVERY_WAIT_MAX.toSeconds());
    }
    StepPoint.SERVICE_READY.before();
    ready = true;
    StepPoint.SERVICE_READY.after();
    chronicle.serviceStarted(Distribution.VERSION);
  }

  /**
   * Monitors of a service that died see their link close and leave; those that did not are ended.
   */
  private void endLeftMonitors() {
    records
        .monitorProcesses()
        .forEach(
            (name, process) -> {
              StepPoint.SERVICE_TAKE_MONITORS.before();
              if (processes.isAlive(process)) {
                LOG.info(
                    "The monitor {} (pid {}) of an earlier service is ended", name, process.pid());
                processes.signal(process, Signal.KILL);
              }
              StepPoint.SERVICE_TAKE_MONITORS.after();
            });
  }

  private boolean isRecovered() {
    ClusterState state = engine.loop().state();
    MonitorStatus shared = state.monitors().get(MonitorName.SHARED);
    boolean monitorReady = shared != null && shared.phase() instanceof MonitorStatus.Phase.Ready;
    return monitorReady
        && state.resources().values().stream()
            .allMatch(
                resource ->
                    resource.unsupervisedSince().isEmpty()
                        || state.typeStatus(resource.config().type()) != TypeStatus.REGISTERED);
  }

  /** Registers the plugins of the distribution that are not registered as they are. */
  private void registerShipped() {
    try {
      for (Path zip : distribution.plugins()) {
        String digest = ArchiveDigest.of(zip).toString();
        boolean registered =
            engine.loop().state().types().values().stream()
                .flatMap(type -> type.versions().stream())
                .map(TypeRegistration.Version::digest)
                .anyMatch(digest::equals);
        if (!registered) {
          submit(new Command.RegisterType(zip));
        }
      }
    } catch (IOException | ApiException e) {
      LOG.error("A plugin of the distribution could not be registered: {}", e.getMessage());
    }
  }

  /** Gives a command on the service's own behalf, and waits for its end. */
  private void submit(Command command) {
    api.submit(command, new Asker("holdfast", false));
  }

  /** Makes AOT caches in the background, by a process of their own. */
  void makeAotCaches() {
    ProcessSpec spec =
        ProcessSpec.of(
            List.of(
                distribution.root().resolve("bin").resolve("holdfast").toString(),
                "--make-aot-caches"),
            home.run(),
            withoutFailPoints(System.getenv()),
            home.run().resolve("aot-caches.log"));
    var _ =
        processes
            .spawn(spec)
            .whenComplete(
                (process, failure) -> {
                  if (process == null) {
                    LOG.debug("AOT caches are not made: {}", failure.getMessage());
                  } else {
                    cacheMaker = Optional.of(process);
                    processes.watch(
                        process,
                        (identity, status) -> {
                          LOG.debug("Making AOT caches: {}", status);
                          processes.acknowledge(identity);
                        });
                  }
                });
  }

  ClusterApi api() {
    return api;
  }

  Engine engine() {
    return engine;
  }

  Home home() {
    return home;
  }

  Distribution distribution() {
    return distribution;
  }

  ApiServer.Addresses addresses() {
    return apiServer.addresses();
  }

  String node() {
    return node;
  }

  // ---- stop --------------------------------------------------------------------------------

  /**
   * Asks the service to stop: the first time in order, the second time at once. Returns at once.
   *
   * @param keep leave applications running; holds for the first time only
   */
  void requestStop(boolean keep) {
    int count = stopRequests.incrementAndGet();
    if (count == 1) {
      Thread.ofPlatform().name("stop").start(() -> stop(keep));
    } else if (count == 2) {
      Thread.ofPlatform().name("terminate").start(this::terminate);
    }
  }

  private void stop(boolean keep) {
    try {
      if (!keep) {
        LOG.info("Stopping: everything goes offline, in order");
        engine.loop().post(new ClusterEvent.Stop());
        while (!engine.loop().state().isQuiet() || !isStopping()) {
          LockSupport.parkNanos(POLL.toNanos());
        }
      } else {
        LOG.info("Stopping: applications go on");
      }
      tellTheRest();
      chronicle.serviceStopped();
    } finally {
      stopped.countDown();
    }
  }

  /** The last events of resources come before the service's own. */
  private void tellTheRest() {
    var _ = engine.loop().request(_ -> List.of()).exceptionally(_ -> null).join();
  }

  private boolean isStopping() {
    return engine.loop().state().mode() == ClusterState.Mode.STOPPING;
  }

  private void terminate() {
    LOG.warn("Stopping at once: everything is killed");
    CompletableFuture<Void> killed = engine.slots().killAll();
    try {
      killed.get(TERMINATE_MAX.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException | ExecutionException e) {
      LOG.error("Not everything could be killed", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      stopped.countDown();
    }
  }

  /** Waits until the service was stopped. */
  void awaitStopped() throws InterruptedException {
    stopped.await();
  }

  /** Whether somebody did not want to wait. */
  boolean wasTerminated() {
    return stopRequests.get() > 1;
  }

  /** Nothing that was decided may be acted upon any more. */
  private void halt(Throwable cause) {
    LOG.error(
        "The cluster service halts; applications go on, the next serve takes them over", cause);
    Runtime.getRuntime().halt(ClusterServiceMain.EXIT_INTERNAL);
  }

  private void stray(ProcessIdentity process, SlotToken token) {
    LOG.info(
        "Process {} went into the background by itself; it carries the token {}",
        process,
        token.value());
  }

  @Override
  public void close() {
    endCacheMaker();
    leaveMonitors();
    while (!opened.isEmpty()) {
      try {
        opened.pop().close();
      } catch (Exception e) {
        LOG.warn("Something was not closed cleanly: {}", e.getMessage());
      }
    }
  }

  /** A service that stops leaves no process behind; half a cache is removed by the next maker. */
  private void endCacheMaker() {
    Optional<ProcessIdentity> maker = cacheMaker;
    if (maker.isEmpty() || !processes.isAlive(maker.get())) {
      return;
    }
    try {
      processes.kill(maker.get(), null).get(TERMINATE_MAX.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException | TimeoutException e) {
      LOG.warn("The maker of AOT caches (pid {}) was not ended", maker.get().pid(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @SuppressWarnings(
      "NullAway") // Also called when the constructor failed before there was an engine.
  private void leaveMonitors() {
    if (engine == null) {
      return;
    }
    // Nothing is decided any more: a monitor that leaves now is not to be replaced.
    engine.loop().close();
    engine.monitors().alive().forEach(engine.monitors()::stop);
    if (!await(MONITOR_LEAVE_MAX, () -> engine.monitors().alive().isEmpty())) {
      engine
          .monitors()
          .alive()
          .forEach(name -> engine.monitors().kill(name, "it did not leave when asked"));
    }
  }

  private static boolean await(Duration limit, BooleanSupplier condition) {
    long end = System.nanoTime() + limit.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() - end > 0) {
        return false;
      }
      LockSupport.parkNanos(POLL.toNanos());
    }
    return true;
  }
}
