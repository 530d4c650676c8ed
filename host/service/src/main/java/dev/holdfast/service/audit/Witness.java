package dev.holdfast.service.audit;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.holdfast.cluster.ClusterResource;
import dev.holdfast.cluster.ClusterState;
import dev.holdfast.cluster.MonitorName;
import dev.holdfast.cluster.MonitorStatus;
import dev.holdfast.cluster.ResourceId;
import dev.holdfast.cluster.ResourceState;
import dev.holdfast.cluster.TypeRegistration;
import dev.holdfast.protocol.wire.HeldType;
import dev.holdfast.protocol.wire.Inspected;
import dev.holdfast.service.api.AuditFacts;
import dev.holdfast.service.cluster.Engine;
import dev.holdfast.service.cluster.Polls;
import dev.holdfast.service.command.CommandRuns;
import dev.holdfast.service.process.ProcessIdentity;
import dev.holdfast.service.process.SlotToken;
import dev.holdfast.service.record.ClusterRecords;
import dev.holdfast.service.slot.ExternalRecord;
import dev.holdfast.service.slot.SlotKey;
import dev.holdfast.service.slot.SlotRecord;
import dev.holdfast.service.type.TypeRegistrar;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Gathers the {@link AuditFacts}. The slots are read from the cluster database, because that is
 * what the next service would go by, and each monitor is asked anew. Thread-safe; waits as long as
 * the slowest monitor may take to answer, and for nothing else.
 */
public final class Witness {
  private static final String LOOK_SLOT = "@look";

  private final Engine engine;
  private final ClusterRecords records;
  private final String node;
  private final InstantSource clock;

  public Witness(Engine engine, ClusterRecords records, String node, InstantSource clock) {
    this.engine = engine;
    this.records = records;
    this.node = node;
    this.clock = clock;
  }

  /**
   * What is known now.
   *
   * @param newestEvent seq of the last event that is durable
   */
  public AuditFacts facts(long pid, boolean ready, long newestEvent) {
    Map<MonitorName, CompletableFuture<Inspected>> asked = new LinkedHashMap<>();
    for (MonitorName name : engine.monitors().alive()) {
      asked.put(name, engine.monitors().inspect(name));
    }
    Map<MonitorName, Optional<Inspected>> answers = new LinkedHashMap<>();
    asked.forEach((name, answer) -> answers.put(name, answered(answer)));
    // After the monitors were waited for, so that all the rest is of one moment.
    Instant now = clock.instant();
    ClusterState state = engine.loop().state();
    return new AuditFacts(
        now,
        node,
        ready,
        state.mode() == ClusterState.Mode.STOPPING,
        pid,
        newestEvent,
        slots(state),
        externals(state),
        state.resources().values().stream().map(resource -> resource(state, resource)).toList(),
        state.types().values().stream().map(type -> type(state, type)).toList(),
        monitors(state, answers));
  }

  /** That a monitor does not answer is an answer, too: it may be dying, or stopped. */
  private static Optional<Inspected> answered(CompletableFuture<Inspected> answer) {
    return answer.handle((told, _) -> Optional.ofNullable(told)).join();
  }

  // ---- slots -------------------------------------------------------------------------------

  private List<AuditFacts.Slot> slots(ClusterState state) {
    return Stream.concat(
            records.readAll().entrySet().stream()
                .map(entry -> slot(state, entry.getKey(), entry.getValue())),
            engine.commands().looks().stream().map(look -> slot(state, look)))
        .toList();
  }

  /** A command that only looks is written down nowhere; the service knows of it while it runs. */
  private static AuditFacts.Slot slot(ClusterState state, CommandRuns.Look look) {
    ProcessIdentity process = look.process();
    return new AuditFacts.Slot(
        name(state, look.resource()),
        look.resource().toString(),
        LOOK_SLOT,
        digest(look.token()),
        "Running",
        process.startTicks(),
        (long) process.pid(),
        process.startTicks(),
        process.bootId());
  }

  /** What is Online, or on its way, may be what a command has left. */
  private static boolean mayHaveLeft(ClusterState state, SlotKey key) {
    ClusterResource resource = state.resources().get(key.resource());
    return key.isCommands()
        && resource != null
        && resource.state() != ResourceState.OFFLINE
        && resource.state() != ResourceState.FAILED;
  }

  private static AuditFacts.Slot slot(ClusterState state, SlotKey key, SlotRecord slot) {
    Optional<ProcessIdentity> process = slot.process();
    return new AuditFacts.Slot(
        name(state, key.resource()),
        key.resource().toString(),
        key.slot(),
        digest(slot.token()),
        slot.exit().isPresent()
            ? mayHaveLeft(state, key) ? "Left" : "Ended"
            : process.isPresent() ? "Running" : "Intended",
        slot.intended().ticks(),
        process.map(identity -> (long) identity.pid()).orElse(null),
        process.map(ProcessIdentity::startTicks).orElse(null),
        process.map(ProcessIdentity::bootId).orElse(null));
  }

  private List<AuditFacts.External> externals(ClusterState state) {
    return records.readExternals().entrySet().stream()
        .map(entry -> external(state, entry.getKey(), entry.getValue()))
        .toList();
  }

  private static AuditFacts.External external(
      ClusterState state, SlotKey key, ExternalRecord external) {
    return new AuditFacts.External(
        name(state, key.resource()),
        key.resource().toString(),
        key.slot(),
        external.kind(),
        external.key(),
        external.epoch(),
        external.node(),
        Optional.ofNullable(state.resources().get(key.resource()))
            .flatMap(resource -> state.findType(resource.config().type()))
            .map(type -> type.version().description().lives().name())
            .orElse(null));
  }

  private static String name(ClusterState state, ResourceId id) {
    ClusterResource resource = state.resources().get(id);
    return resource == null ? id.toString() : resource.config().name();
  }

  static String digest(SlotToken token) {
    try {
      byte[] sum = MessageDigest.getInstance("SHA-256").digest(token.value().getBytes(UTF_8));
      return "sha256:" + HexFormat.of().formatHex(sum);
    } catch (NoSuchAlgorithmException everyJdkHasIt) {
      throw new IllegalStateException(everyJdkHasIt);
    }
  }

  // ---- resources ---------------------------------------------------------------------------

  private AuditFacts.Resource resource(ClusterState state, ClusterResource resource) {
    Optional<Polls.Poll> poll = engine.polls().of(resource.id());
    return new AuditFacts.Resource(
        resource.id().toString(),
        resource.config().name(),
        resource.config().type(),
        state.typeStatus(resource.config().type()).toString(),
        resource.state().toString(),
        resource.config().wantedOnline() ? "Online" : "Offline",
        resource.epoch(),
        resource.openIn().map(MonitorName::value).orElse(null),
        resource.unsupervisedSince().orElse(null),
        resource.config().common().maintenanceMode(),
        poll.map(Polls.Poll::since).orElse(null),
        poll.map(Polls.Poll::epoch).orElse(null),
        checks(resource.looksAliveInterval(), poll.flatMap(Polls.Poll::looksAlive)),
        checks(resource.isAliveInterval(), poll.flatMap(Polls.Poll::isAlive)));
  }

  private static AuditFacts.Checks checks(Duration interval, Optional<Polls.Check> last) {
    return new AuditFacts.Checks(
        interval.toMillis(),
        last.map(Polls.Check::at).orElse(null),
        last.map(check -> check.took().toMillis()).orElse(null),
        last.map(Polls.Check::broken).orElse(false));
  }

  // ---- types -------------------------------------------------------------------------------

  private AuditFacts.Type type(ClusterState state, TypeRegistration type) {
    TypeRegistration.Version version = type.version();
    var problem = state.typeProblems().get(type.name().toLowerCase(Locale.ROOT));
    return new AuditFacts.Type(
        type.name(),
        version.plugin(),
        version.pluginVersion(),
        version.className(),
        version.digest(),
        engine.types().archive(version).toString(),
        state.typeStatus(type.name()).toString(),
        problem == null ? null : problem.detail());
  }

  // ---- monitors ----------------------------------------------------------------------------

  private List<AuditFacts.Monitor> monitors(
      ClusterState state, Map<MonitorName, Optional<Inspected>> answers) {
    var all = new ArrayList<AuditFacts.Monitor>();
    for (MonitorStatus monitor : state.monitors().values()) {
      all.add(
          monitor(
              monitor.name(),
              monitor.name().equals(MonitorName.SHARED) ? "shared" : "separate",
              monitor.label(),
              monitor.epoch(),
              answers.getOrDefault(monitor.name(), Optional.empty()).orElse(null)));
    }
    for (var answer : answers.entrySet()) {
      if (TypeRegistrar.isRegistrars(answer.getKey())) {
        all.add(monitor(answer.getKey(), "register", "Ready", 0, answer.getValue().orElse(null)));
      }
    }
    return all;
  }

  private AuditFacts.Monitor monitor(
      MonitorName name, String kind, String label, long epoch, @Nullable Inspected told) {
    Optional<ProcessIdentity> process = engine.monitors().process(name);
    return new AuditFacts.Monitor(
        name.value(),
        kind,
        label,
        process.map(identity -> (long) identity.pid()).orElse(null),
        process.map(ProcessIdentity::startTicks).orElse(null),
        epoch,
        told != null,
        told == null ? List.of() : plugins(told),
        told == null ? List.of() : resources(told));
  }

  private static List<AuditFacts.HeldPlugin> plugins(Inspected told) {
    return told.getPluginsList().stream()
        .map(
            plugin ->
                new AuditFacts.HeldPlugin(
                    plugin.getPlugin(),
                    plugin.getVersion(),
                    plugin.getDigest(),
                    plugin.getTypesList().stream().map(HeldType::getClassName).toList()))
        .toList();
  }

  private static List<AuditFacts.HeldResource> resources(Inspected told) {
    return told.getResourcesList().stream()
        .map(
            resource ->
                new AuditFacts.HeldResource(
                    resource.getResource(),
                    resource.getEpoch(),
                    resource.getDigest(),
                    resource.hasPolledEpoch() ? resource.getPolledEpoch() : null))
        .toList();
  }
}
