package dev.holdfast.service;

import dev.holdfast.backup.Restoration;
import dev.holdfast.checkpoint.Checkpoint;
import dev.holdfast.checkpoint.CheckpointListeners;
import dev.holdfast.checkpoint.CheckpointStore;
import dev.holdfast.checkpoint.Checkpoints;
import dev.holdfast.checkpoint.SourceException;
import dev.holdfast.checkpoint.Subject;
import dev.holdfast.checkpoint.file.FileTree;
import dev.holdfast.cluster.ClusterEvent;
import dev.holdfast.cluster.ClusterState;
import dev.holdfast.cluster.GroupConfig;
import dev.holdfast.cluster.MonitorName;
import dev.holdfast.cluster.MonitorStatus;
import dev.holdfast.cluster.TypeRegistration;
import dev.holdfast.cluster.TypeStatus;
import dev.holdfast.failpoint.FailPoints;
import dev.holdfast.failpoint.StepPoint;
import dev.holdfast.quorum.DirectoryQuorumLog;
import dev.holdfast.registry.CommitException;
import dev.holdfast.registry.hive.Storage;
import dev.holdfast.service.api.ApiException;
import dev.holdfast.service.api.Asker;
import dev.holdfast.service.api.ClusterApi;
import dev.holdfast.service.api.Command;
import dev.holdfast.service.archive.ArchiveDigest;
import dev.holdfast.service.archive.PluginStore;
import dev.holdfast.service.checkpoint.CheckpointDesk;
import dev.holdfast.service.checkpoint.CheckpointMeters;
import dev.holdfast.service.checkpoint.CheckpointNarrator;
import dev.holdfast.service.checkpoint.EditAdvisor;
import dev.holdfast.service.checkpoint.PatchDesk;
import dev.holdfast.service.checkpoint.Rehearser;
import dev.holdfast.service.chronicle.CheckpointChronicle;
import dev.holdfast.service.clock.SteadyClock;
import dev.holdfast.service.cluster.Engine;
import dev.holdfast.service.event.EventLog;
import dev.holdfast.service.node.Membership;
import dev.holdfast.service.node.NodeNameTakenException;
import dev.holdfast.service.operation.Commands;
import dev.holdfast.service.operation.Handover;
import dev.holdfast.service.posix.Signal;
import dev.holdfast.service.process.ProcessIdentity;
import dev.holdfast.service.process.Processes;
import dev.holdfast.service.record.ClusterRecords;
import dev.holdfast.service.record.RecordMeters;
import dev.holdfast.service.settings.ServiceSettings;
import dev.holdfast.service.storage.FailingSteps;
import dev.holdfast.service.storage.FailingStorage;
import dev.holdfast.service.systemd.UnitVariables;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The cluster while this node holds its database, from opening what is kept there to letting go of
 * it. What an earlier service left behind, of this node or of another, is dealt with before
 * anything is decided, also when there is nothing.
 */
final class HeldCluster implements AutoCloseable {
  /** How long taking over may last before the service says ready all the same. */
  static final Duration RECOVERY_WAIT_MAX = Duration.ofSeconds(30);

  /** How long monitors may take to leave when the service stops. */
  static final Duration MONITOR_LEAVE_MAX = Duration.ofSeconds(5);

  /** How long killing everything may take. */
  static final Duration TERMINATE_MAX = Duration.ofSeconds(10);

  private static final String MONITORS_SOCKET = "monitors.sock";
  private static final Duration POLL = Duration.ofMillis(5);
  private static final Logger LOG = LoggerFactory.getLogger(HeldCluster.class);

  private final Opened opened = new Opened();
  private final LocalNode local;
  private final Distribution distribution;
  private final ClusterRecords records;
  private final Engine engine;
  private final PatchDesk patches;
  private final Commands commands;
  private final ServiceApi api;
  private final Optional<String> takenFrom;
  private final Optional<RestoredQuorum.Settled> restored;
  private volatile boolean ready;

  /**
   * Opens what is kept in the quorum. Nothing is decided yet.
   *
   * @param log is closed with this
   * @param stop stops the service; true keeps applications running
   * @param handover gives the quorum to another node
   * @param status may ask for a line on what this node does, each time that it changes
   */
  HeldCluster(
      LocalNode local,
      DirectoryQuorumLog log,
      ServiceSettings settings,
      Distribution distribution,
      Membership membership,
      Consumer<Boolean> stop,
      Handover handover,
      Consumer<Supplier<String>> status)
      throws IOException {
    this.local = local;
    this.distribution = distribution;
    SteadyClock clock = local.clock();
    EventLog events = local.events();
    try {
      opened.keep(log);
      log.tellCommits(new RecordMeters(local.meters()));
      local.registryChronicle().opened(local.clusterHive().mounted().path(), log.report());
      records = new ClusterRecords(log, local.name());
      requireSameHome(log.directory());
      tidyRestores(log.directory());
      restored =
          RestoredQuorum.settle(
              records,
              local.processes(),
              local.runtime().resolve(MONITORS_SOCKET),
              clock.instant());
      takenFrom = takeGroups();
      PluginStore plugins =
          PluginStore.open(log.directory().resolve("plugins"), local.home().unpacked());
      CheckpointStore store = CheckpointStore.open(log, log.blobs(blobsThroughFailPoints()));
      finishRestores(store);
      var checkpointMeters = new CheckpointMeters(local.meters(), clock);
      Checkpoints checkpoints =
          opened.keep(
              new Checkpoints(
                  store,
                  local::source,
                  new CheckpointListeners(
                      List.of(
                          new CheckpointChronicle(events, this::resourceName),
                          new CheckpointNarrator(this::say),
                          checkpointMeters)),
                  local.name(),
                  clock,
                  local.home().captures()));
      engine =
          opened.keep(
              new Engine(
                  new Engine.Parts(
                      local.home(),
                      local.name(),
                      records,
                      local.processes(),
                      plugins,
                      distribution.monitorCommand(settings.monitorHeapMegabytes()),
                      local.runtime().resolve(MONITORS_SOCKET),
                      settings.monitorReplacementDelay(),
                      clock,
                      UUID::randomUUID,
                      applicationEnvironment(),
                      local.chronicle(),
                      checkpoints,
                      local.meters(),
                      HeldCluster::halt)));
      var desk = new CheckpointDesk(checkpoints, local.registry(), engine.loop()::state);
      local
          .registry()
          .adviseOnChanges(
              new EditAdvisor(checkpoints, local.registry(), engine.loop()::state)::adviceOnChange);
      patches =
          new PatchDesk(
              checkpoints,
              engine.slots(),
              this::look,
              applicationEnvironment(),
              local.home().root().toString(),
              Executors.newVirtualThreadPerTaskExecutor());
      engine.onToolEnd(patches::toolEnded);
      commands =
          new Commands(
              engine.loop(),
              engine.monitors(),
              engine.registrar(),
              engine.validator(),
              engine.surveyor(),
              patches,
              clock,
              UUID::randomUUID,
              Executors.newVirtualThreadPerTaskExecutor(),
              stop,
              handover,
              engine.controls()::send);
      engine.onChange(
          (before, after) -> {
            commands.changed(before, after);
            status.accept(() -> StatusLine.of(after));
          });
      api =
          new ServiceApi(
              engine,
              commands,
              records,
              events,
              local.eventDesk(),
              new NodeDesk(membership, records::nodes, this::groupNames),
              local.registry(),
              desk,
              new QuorumDesk(
                  log,
                  store.blobs(),
                  records,
                  events,
                  local.meters(),
                  new QuorumDesk.Self(local.name(), local.self().pid(), local.home().root()),
                  clock),
              commands.clusterFile(desk, records::revision),
              new Rehearser(local::source, local.name()),
              checkpoints::isUnrestored,
              checkpoints::patchOf,
              checkpoints::unsaved,
              local.name(),
              clock,
              local.self().pid(),
              () -> ready,
              state -> {
                engine.refreshMeters(state);
                local.incidentMeters().refresh(state);
                checkpointMeters.refresh(state, checkpoints);
              });
      local.clusterHive().open(log);
    } catch (IOException | RuntimeException e) {
      close();
      throw e;
    }
  }

  /**
   * Another home of the same name would adopt what runs, and save hives on which nothing of it ever
   * ran. A quorum directory within the home goes with it wherever that is moved.
   */
  private void requireSameHome(Path quorum) throws IOException {
    Optional<Path> last = records.lastHome().map(Path::of);
    Path home = local.home().root();
    if (last.filter(each -> !each.equals(home) && Files.isDirectory(each)).isPresent()
        && !quorum.startsWith(home)) {
      throw new NodeNameTakenException(
          "Node %s had the quorum directory %s last, with the home %s; this is another one, %s. Give it another name with --node."
              .formatted(local.name(), quorum, last.get(), home));
    }
  }

  /** What a restore left beside the directory that died. */
  private void tidyRestores(Path quorum) {
    try {
      Restoration.tidy(quorum, local.clock().instant()).ifPresent(LOG::warn);
    } catch (IOException e) {
      LOG.warn("What a restore left beside {} stays: {}", quorum, e.getMessage());
    }
  }

  private Optional<String> takeGroups() throws IOException {
    try {
      return records.takeGroups(local.clock().instant(), local.home().toString());
    } catch (CommitException e) {
      throw new IOException("The cluster database was not written: " + e.getMessage(), e);
    }
  }

  /** A restore that a death cut short is finished, or undone, before anybody looks at the files. */
  private static void finishRestores(CheckpointStore store) {
    for (Checkpoint checkpoint : store.all()) {
      if (checkpoint.subject().kind() != Subject.Kind.FILE) {
        continue;
      }
      Path tree = Path.of(checkpoint.subject().path());
      try {
        FileTree.recover(tree, FailingSteps.ofThisProcess())
            .forEach(said -> LOG.warn("{}: {}", tree, said));
      } catch (SourceException e) {
        LOG.error("A restore of {} that was cut short is not finished: {}", tree, e.getMessage());
      }
    }
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

  private void say(String resource, String what) {
    commands.say(resource, what);
  }

  private String resourceName(String id) {
    return engine.loop().state().findResource(id).map(each -> each.config().name()).orElse(id);
  }

  private List<String> groupNames() {
    return engine.loop().state().groups().values().stream().map(GroupConfig::name).toList();
  }

  static UnaryOperator<Storage> throughFailPoints() {
    return FailPoints.asked() ? FailingStorage::ofHives : UnaryOperator.identity();
  }

  private static UnaryOperator<Storage> blobsThroughFailPoints() {
    return FailPoints.asked() ? FailingStorage::ofBlobs : UnaryOperator.identity();
  }

  /** What applications inherit: what the service was given, without what is about itself. */
  private static Map<String, String> applicationEnvironment() {
    Map<String, String> environment = UnitVariables.without(System.getenv());
    environment.keySet().removeIf(name -> name.startsWith("HOLDFAST_"));
    return environment;
  }

  // ---- start -------------------------------------------------------------------------------

  /** Takes over, registers what is shipped, and returns when everything has been looked for. */
  void start() throws InterruptedException {
    restored.ifPresent(this::tellRestored);
    takenFrom.ifPresent(local.chronicle()::tookOver);
    endLeftMonitors();
    engine.start();
    patches.resume();
    registerShipped();
    boolean all = await(RECOVERY_WAIT_MAX, this::isRecovered);
    if (!all) {
      LOG.warn(
          "Not everything was found again within {} s; it goes on.", RECOVERY_WAIT_MAX.toSeconds());
    }
    StepPoint.SERVICE_READY.before();
    ready = true;
    StepPoint.SERVICE_READY.after();
    local.chronicle().serviceStarted(Distribution.VERSION);
  }

  private void tellRestored(RestoredQuorum.Settled settled) {
    LOG.warn(
        "The quorum was restored from {}; found running: {}",
        settled.restored().from(),
        settled.found());
    local.chronicle().restored(settled.restored(), settled.found());
    settled.orphans().forEach((id, pid) -> local.chronicle().withoutResource(pid, id));
  }

  /**
   * Monitors of a service that died, on this node or another, see their link close and leave; those
   * that did not are ended, and seen to be gone: what lived in them must not live twice.
   */
  private void endLeftMonitors() {
    Processes processes = local.processes();
    List<ClusterRecords.StartedMonitor> left = records.monitorProcesses();
    for (ClusterRecords.StartedMonitor monitor : left) {
      StepPoint.SERVICE_TAKE_MONITORS.before();
      if (processes.isAlive(monitor.process())) {
        LOG.info(
            "The monitor {} (pid {}) of an earlier service of node {} is ended",
            monitor.name(),
            monitor.process().pid(),
            monitor.node());
        processes.signal(monitor.process(), Signal.KILL);
      }
      StepPoint.SERVICE_TAKE_MONITORS.after();
    }
    List<ProcessIdentity> unrecorded =
        restored.map(RestoredQuorum.Settled::monitors).orElse(List.of());
    if (!await(
        MONITOR_LEAVE_MAX,
        () ->
            left.stream().noneMatch(each -> processes.isAlive(each.process()))
                && unrecorded.stream().noneMatch(processes::isAlive))) {
      LOG.error("A monitor of an earlier service cannot be ended; what lives in it may live twice");
    }
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

  ClusterApi api() {
    return api;
  }

  /** What this node does, in a line. */
  String status() {
    return StatusLine.of(engine.loop().state());
  }

  /**
   * Completes when each of the threads that the service consists of has come round: what is decided
   * was made durable, carried out and told, and heartbeats were counted.
   */
  CompletableFuture<?> progress() {
    return CompletableFuture.allOf(
        engine.loop().request(_ -> List.of()), engine.monitors().nextTick());
  }

  boolean isReady() {
    return ready;
  }

  // ---- stop --------------------------------------------------------------------------------

  /**
   * Stops in order, and returns when that is done.
   *
   * @param keep leave applications running
   */
  void stop(boolean keep) {
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
    local.chronicle().serviceStopped();
  }

  /** The last events of resources come before the service's own. */
  private void tellTheRest() {
    var _ = engine.loop().request(_ -> List.of()).exceptionally(_ -> null).join();
  }

  private boolean isStopping() {
    return engine.loop().state().mode() == ClusterState.Mode.STOPPING;
  }

  /** Kills everything, without order. */
  void terminate() {
    LOG.warn("Stopping at once: everything is killed");
    CompletableFuture<Void> killed = engine.slots().killAll();
    try {
      killed.get(TERMINATE_MAX.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException | ExecutionException e) {
      LOG.error("Not everything could be killed", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Nothing that was decided may be acted upon any more. */
  private static void halt(Throwable cause) {
    LOG.error(
        "The cluster service halts; applications go on, the next serve takes them over", cause);
    Runtime.getRuntime().halt(ClusterServiceMain.EXIT_INTERNAL);
  }

  @Override
  public void close() {
    leaveMonitors();
    opened.close();
  }

  @SuppressWarnings(
      "NullAway") // Also called when the constructor failed before there was an engine.
  void leaveMonitors() {
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
