package dev.holdfast.service;

import dev.holdfast.checkpoint.Source;
import dev.holdfast.checkpoint.Subject;
import dev.holdfast.checkpoint.file.FileTree;
import dev.holdfast.failpoint.StepPoint;
import dev.holdfast.service.api.ApiException;
import dev.holdfast.service.api.ApiServer;
import dev.holdfast.service.api.ApiSettings;
import dev.holdfast.service.api.ClusterApi;
import dev.holdfast.service.api.RuntimeDirectory;
import dev.holdfast.service.chronicle.EventChronicle;
import dev.holdfast.service.chronicle.IncidentMeters;
import dev.holdfast.service.chronicle.RegistryChronicle;
import dev.holdfast.service.clock.SteadyClock;
import dev.holdfast.service.event.EventLog;
import dev.holdfast.service.event.EventLogLimits;
import dev.holdfast.service.event.Incidents;
import dev.holdfast.service.home.Home;
import dev.holdfast.service.home.HomeLock;
import dev.holdfast.service.home.ServiceFile;
import dev.holdfast.service.metric.JvmMeters;
import dev.holdfast.service.metric.Metric;
import dev.holdfast.service.process.LinuxProcesses;
import dev.holdfast.service.process.ProcessIdentity;
import dev.holdfast.service.process.ProcessLimits;
import dev.holdfast.service.process.Processes;
import dev.holdfast.service.process.SlotToken;
import dev.holdfast.service.registry.CallerProcesses;
import dev.holdfast.service.registry.HomeOwner;
import dev.holdfast.service.registry.LoadedHives;
import dev.holdfast.service.registry.LocalHives;
import dev.holdfast.service.registry.MountedHive;
import dev.holdfast.service.registry.Registry;
import dev.holdfast.service.storage.FailingSteps;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a node has of its own, whoever holds the cluster database: the home and its lock, processes,
 * hives with their registry, events, and the doors that others come through.
 */
final class LocalNode implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(LocalNode.class);

  private final Opened opened = new Opened();
  private final Home home;
  private final String name;
  private final SteadyClock clock = new SteadyClock();
  private final Processes processes;
  private final ProcessIdentity self;
  private final ApiServer server;
  private final EventLog events;
  private final Incidents incidents;
  private final IncidentMeters incidentMeters;
  private final EventChronicle chronicle;
  private final Path runtime;
  private final ClusterHive clusterHive;
  private final RegistryChronicle registryChronicle;
  private final Registry registry;
  private @Nullable SwitchedApi door;

  /**
   * Takes the home's lock and opens what is kept there.
   *
   * @param refusal why the cluster database is closed to all while this node waits for it
   * @throws HomeLock.HeldException another service runs on this home
   * @throws IOException something of the home cannot be used
   */
  LocalNode(Home home, String name, Supplier<ApiException> refusal) throws IOException {
    this.home = home;
    this.name = name;
    try {
      opened.keep(HomeLock.take(home));
      // Removed right before the lock is let go of: who waits for that may start the next service.
      opened.last(() -> ServiceFile.remove(home));
      empty(home.captures());
      processes = opened.keep(LinuxProcesses.open(ProcessLimits.DEFAULT, LocalNode::stray));
      self =
          processes
              .identify((int) ProcessHandle.current().pid())
              .orElseThrow(() -> new IllegalStateException("this very process is not to be found"));
      writeServiceFile(Optional.empty(), Optional.empty());
      server = findServer();
      LocalHives local =
          opened.keep(LocalHives.open(home.hives(), clock, HeldCluster.throughFailPoints()));
      events = opened.keep(EventLog.open(home.events(), name, clock, EventLogLimits.DEFAULT));
      incidents = Incidents.open(home.incidents());
      incidentMeters = new IncidentMeters(server.meters());
      chronicle = opened.keep(new EventChronicle(events, incidents, name, clock, incidentMeters));
      runtime = RuntimeDirectory.of(home.root(), "root".equals(System.getProperty("user.name")));
      RuntimeDirectory.make(runtime);
      opened.last(() -> removeIfEmpty(runtime));
      clusterHive = new ClusterHive(refusal);
      List<MountedHive> hives = new ArrayList<>(local.mounted());
      hives.addFirst(clusterHive.mounted());
      registryChronicle = new RegistryChronicle(events);
      local.reports().forEach(registryChronicle::opened);
      registry = opened.keep(openRegistry(hives));
    } catch (IOException | RuntimeException e) {
      close();
      throw e;
    }
  }

  /** A directory of what is thrown away again; what a death left there goes now. */
  private static void empty(Path directory) throws IOException {
    Files.createDirectories(directory);
    try (Stream<Path> left = Files.list(directory)) {
      for (Path file : left.toList()) {
        Files.delete(file);
      }
    }
  }

  /** What a checkpoint is of on this node. */
  Source source(Subject subject) {
    return switch (subject.kind()) {
      case REGISTRY -> registry.source(subject.path());
      case FILE ->
          new FileTree(
              Path.of(subject.path()),
              subject.excludes(),
              home.captures(),
              FailingSteps.ofThisProcess());
    };
  }

  private static void stray(ProcessIdentity process, SlotToken token) {
    LOG.info(
        "Process {} went into the background by itself; it carries the token {}",
        process,
        token.value());
  }

  /** What somebody else put into it is not ours to remove. */
  private static void removeIfEmpty(Path directory) throws IOException {
    try {
      Files.deleteIfExists(directory);
    } catch (DirectoryNotEmptyException e) {
      LOG.debug("{} is not empty and stays", directory);
    }
  }

  private static ApiServer findServer() {
    return ServiceLoader.load(ApiServer.class)
        .findFirst()
        .orElseThrow(
            () -> new IllegalStateException("the distribution has no HTTP API on its class path"));
  }

  private Registry openRegistry(List<MountedHive> hives) throws IOException {
    LoadedHives loaded =
        opened.keep(
            LoadedHives.open(
                home.hives().resolve("loaded"), clock, HeldCluster.throughFailPoints()));
    var owner =
        new HomeOwner(
            Integer.toUnsignedLong((Integer) Files.getAttribute(home.root(), "unix:uid")),
            Integer.toUnsignedLong((Integer) Files.getAttribute(home.root(), "unix:gid")));
    loaded.reports().forEach(registryChronicle::opened);
    return new Registry(hives, loaded, owner, this::running, registryChronicle, clock);
  }

  private Optional<CallerProcesses.Running> running(int pid) {
    return processes
        .identify(pid)
        .map(
            process ->
                new CallerProcesses.Running(process.startTicks(), processes.programOf(process)));
  }

  private void writeServiceFile(Optional<Path> socket, Optional<URI> http) throws IOException {
    ServiceFile.write(home, self.pid(), self.startTicks(), Distribution.VERSION, socket, http);
  }

  /**
   * Lets others in. Another API may take the place of the first later; the doors stay as they are.
   */
  void serve(ClusterApi api, @Nullable InetSocketAddress http) throws IOException {
    SwitchedApi opening = door;
    if (opening != null) {
      opening.become(api);
      return;
    }
    var first = new SwitchedApi(api);
    StepPoint.SERVICE_OPEN_API.before();
    server.start(
        first,
        new ApiSettings(
            home.root(), runtime.resolve(RuntimeDirectory.API_SOCKET), http, Distribution.VERSION));
    StepPoint.SERVICE_OPEN_API.after();
    ApiServer.Addresses addresses = server.addresses();
    writeServiceFile(Optional.of(addresses.socket()), addresses.http());
    door = first;
  }

  /** Takes no more requests, and ends those that run; before what they ask is closed. */
  void stopServing() {
    server.close();
  }

  /** What is measured of the service as a whole; of its JVM, in the background. */
  void measure(BooleanSupplier ready) {
    MeterRegistry meters = server.meters();
    Metric.BUILD_INFO.gauge(
        meters, () -> 1, Distribution.VERSION, Runtime.version().toString(), name);
    Metric.HOST_READY.gauge(meters, () -> ready.getAsBoolean() ? 1 : 0);
    var jvm = opened.keep(new JvmMeters());
    Thread.ofVirtual().name("jvm-meters").start(() -> jvm.bindTo(meters));
  }

  Home home() {
    return home;
  }

  String name() {
    return name;
  }

  SteadyClock clock() {
    return clock;
  }

  Processes processes() {
    return processes;
  }

  ProcessIdentity self() {
    return self;
  }

  MeterRegistry meters() {
    return server.meters();
  }

  EventLog events() {
    return events;
  }

  EventDesk eventDesk() {
    return new EventDesk(events, incidents, clock);
  }

  IncidentMeters incidentMeters() {
    return incidentMeters;
  }

  EventChronicle chronicle() {
    return chronicle;
  }

  Path runtime() {
    return runtime;
  }

  ClusterHive clusterHive() {
    return clusterHive;
  }

  Registry registry() {
    return registry;
  }

  RegistryChronicle registryChronicle() {
    return registryChronicle;
  }

  ApiServer.Addresses addresses() {
    return server.addresses();
  }

  @Override
  public void close() {
    opened.close();
  }
}
