package dev.holdfast.service.cluster;

import dev.holdfast.checkpoint.Checkpoints;
import dev.holdfast.cluster.Action;
import dev.holdfast.cluster.ClusterEvent;
import dev.holdfast.cluster.ClusterResource;
import dev.holdfast.cluster.ClusterState;
import dev.holdfast.cluster.Decisions;
import dev.holdfast.cluster.MonitorName;
import dev.holdfast.cluster.Notice;
import dev.holdfast.cluster.ResourceId;
import dev.holdfast.cluster.TypeRegistration;
import dev.holdfast.protocol.MonitorCommand;
import dev.holdfast.protocol.wire.Beat;
import dev.holdfast.protocol.wire.ToService;
import dev.holdfast.service.archive.PluginStore;
import dev.holdfast.service.command.CommandRuns;
import dev.holdfast.service.home.Home;
import dev.holdfast.service.process.ProcessIdentity;
import dev.holdfast.service.process.Processes;
import dev.holdfast.service.process.StopOutcome;
import dev.holdfast.service.record.ClusterRecords;
import dev.holdfast.service.slot.ExternalSlots;
import dev.holdfast.service.slot.SlotKey;
import dev.holdfast.service.slot.SlotListener;
import dev.holdfast.service.slot.SlotView;
import dev.holdfast.service.slot.Slots;
import dev.holdfast.service.supervision.MonitorDeath;
import dev.holdfast.service.supervision.MonitorListener;
import dev.holdfast.service.supervision.MonitorMeters;
import dev.holdfast.service.supervision.Monitors;
import dev.holdfast.service.type.PropertyValidator;
import dev.holdfast.service.type.Surveyor;
import dev.holdfast.service.type.TypeRegistrar;
import dev.holdfast.service.type.TypeResolver;
import dev.holdfast.spi.Exit;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The parts that decide and carry out, put together: what happens to monitors and processes goes to
 * the deciding thread, what it decides goes to monitors and processes.
 *
 * <p>Construct, {@link #start}, {@link #close}.
 */
public final class Engine implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Engine.class);

  /** What the engine is made from. */
  public record Parts(
      Home home,
      String node,
      ClusterRecords records,
      Processes processes,
      PluginStore plugins,
      MonitorCommand monitorCommand,
      Path monitorSocket,
      Duration replacementDelay,
      InstantSource clock,
      Supplier<UUID> ids,
      Map<String, String> environment,
      Chronicle chronicle,
      Checkpoints checkpoints,
      MeterRegistry meters,
      Consumer<Throwable> halt) {}

  private final ClusterLoop loop;
  private final Slots slots;
  private final CommandRuns commands;
  private final ExternalSlots externals;
  private final Controls controls;
  private final Monitors monitors;
  private final TypeResolver types;
  private final Polls polls = new Polls();
  private final Effects effects;
  private final MonitorTalk talk;
  private final TypeRegistrar registrar;
  private final PropertyValidator validator;
  private final Surveyor surveyor;
  private final ClusterRecords records;
  private final Chronicle chronicle;
  private final ResourceMeters resourceMeters;
  private final CallMeters callMeters;
  private final MonitorMeters monitorMeters;
  private volatile BiConsumer<ClusterState, ClusterState> changes = (_, _) -> {};
  private volatile BiConsumer<SlotKey, Exit> tools = (_, _) -> {};
  private final TypeChecks typeChecks;

  /** Opens the monitors' socket; starts nothing yet. */
  public Engine(Parts parts) throws IOException {
    records = parts.records();
    chronicle = parts.chronicle();
    var blocking = Executors.newVirtualThreadPerTaskExecutor();
    loop =
        new ClusterLoop(
            new Decisions(parts.replacementDelay()),
            records,
            records.read(parts.clock().instant()),
            parts.clock(),
            parts.halt());
    resourceMeters = new ResourceMeters(parts.meters(), parts.clock(), loop.state());
    callMeters = new CallMeters(parts.meters());
    monitorMeters = new MonitorMeters(parts.meters());
    var calls = new Calls(() -> callMeters.stale(StaleKind.ANSWER));
    slots =
        new Slots(
            parts.home(), parts.processes(), records, new SlotEvents(), parts.ids(), blocking);
    commands =
        new CommandRuns(
            parts.home(),
            parts.processes(),
            slots,
            homeMark(parts.monitorSocket()),
            parts.ids(),
            parts.environment(),
            blocking);
    externals = new ExternalSlots(records, parts.node(), parts.ids());
    monitors =
        new Monitors(
            parts.home(),
            parts.node(),
            parts.monitorSocket(),
            parts.monitorCommand(),
            parts.processes(),
            parts.clock(),
            new MonitorEvents());
    types = new TypeResolver(parts.plugins(), blocking);
    registrar = new TypeRegistrar(parts.plugins(), monitors);
    typeChecks = new TypeChecks(loop, types, registrar, monitors, blocking);
    validator = new PropertyValidator(types, monitors, calls::next);
    surveyor = new Surveyor(types, registrar, monitors, calls::next);
    var frames = new CallFrames(slots, externals, records);
    controls = new Controls(monitors, frames, calls::next, chronicle);
    talk =
        new MonitorTalk(
            loop,
            monitors,
            slots,
            commands,
            externals,
            controls,
            records,
            calls,
            callMeters,
            polls,
            parts.checkpoints(),
            parts.clock(),
            parts.environment());
    effects =
        new Effects(
            parts.home(),
            loop,
            monitors,
            slots,
            commands,
            externals,
            frames,
            types,
            calls,
            polls,
            parts.checkpoints(),
            parts.clock());
  }

  /** The folder of the sockets is named by the home. */
  private static String homeMark(Path monitorSocket) {
    Path folder = monitorSocket.toAbsolutePath().getParent();
    String name = folder == null ? "" : String.valueOf(folder.getFileName());
    return name.replaceAll("[^A-Za-z0-9-]", "-");
  }

  /**
   * Takes over what an earlier service left, and starts to decide. Returns when every process that
   * is written down has been looked at; monitors are then being started.
   */
  public void start() {
    Map<ResourceId, Set<ResourceId>> dependents = dependents();
    CompletableFuture.allOf(
            slots.takeOver(provider -> dependents.getOrDefault(provider, Set.of())),
            commands.takeOver(loop.state().resources().keySet()))
        .join();
    List<ClusterEvent> looked = new ArrayList<>();
    for (TypeRegistration type : loop.state().types().values()) {
      types
          .verify(type)
          .ifPresent(
              problem ->
                  looked.add(new ClusterEvent.TypeResolved(type.name(), Optional.of(problem))));
    }
    loop.post(looked);
    loop.start(new Steps());
    typeChecks.start();
  }

  /** Who depends on whom, directly: the dependents of each provider. */
  private Map<ResourceId, Set<ResourceId>> dependents() {
    var dependents = new HashMap<ResourceId, Set<ResourceId>>();
    for (ClusterResource resource : loop.state().resources().values()) {
      for (ResourceId provider : resource.config().dependsOn()) {
        dependents.computeIfAbsent(provider, _ -> new HashSet<>()).add(resource.id());
      }
    }
    return dependents;
  }

  /**
   * Reads every archive again; completes with what is then known of the types. Blocks meanwhile.
   */
  public CompletableFuture<ClusterState> verifyTypes() {
    List<ClusterEvent> looked = new ArrayList<>();
    for (TypeRegistration type : loop.state().types().values()) {
      looked.add(new ClusterEvent.TypeResolved(type.name(), types.verify(type)));
    }
    return loop.request(_ -> looked);
  }

  private void notice(Notice notice, ClusterState state) {
    resourceMeters.noticed(notice);
    callMeters.noticed(notice);
    chronicle.notice(notice, state);
  }

  private void changed(ClusterState before, ClusterState after) {
    resourceMeters.changed(before, after);
    monitorMeters.changed(before, after);
    chronicle.changed(before, after);
    changes.accept(before, after);
  }

  public ClusterLoop loop() {
    return loop;
  }

  public Slots slots() {
    return slots;
  }

  public CommandRuns commands() {
    return commands;
  }

  /** What resources have elsewhere. */
  public ExternalSlots externals() {
    return externals;
  }

  /** What resources are asked to do beside their lives. */
  public Controls controls() {
    return controls;
  }

  public Monitors monitors() {
    return monitors;
  }

  /** When resources were checked last. */
  public Polls polls() {
    return polls;
  }

  public TypeResolver types() {
    return types;
  }

  public TypeRegistrar registrar() {
    return registrar;
  }

  public Surveyor surveyor() {
    return surveyor;
  }

  public PropertyValidator validator() {
    return validator;
  }

  /** Brings the series of resources and monitors in line with what there is. */
  public void refreshMeters(ClusterState state) {
    resourceMeters.refresh(state);
    callMeters.refresh(state);
    monitorMeters.refresh(state);
  }

  /** Who else hears of each new state that is durable. Before {@link #start}. */
  public void onChange(BiConsumer<ClusterState, ClusterState> listener) {
    changes = listener;
  }

  /** Who hears of the end of tools. Before {@link #start}. */
  public void onToolEnd(BiConsumer<SlotKey, Exit> listener) {
    tools = listener;
  }

  @Override
  public void close() {
    typeChecks.close();
    loop.close();
    try {
      monitors.close();
    } catch (IOException e) {
      LOG.warn("The monitors' socket was not closed cleanly: {}", e.getMessage());
    }
    commands.close();
    slots.close();
  }

  /** What becomes of a step: it is carried out, and then told. */
  private final class Steps implements ClusterLoop.StepListener {
    @Override
    public void carryOut(ClusterState before, ClusterState after, List<Action> actions) {
      effects.carryOut(before, after, actions);
    }

    @Override
    public void tell(ClusterState before, ClusterState after, List<Action> actions) {
      for (Action action : actions) {
        if (action instanceof Action.Tell(Notice notice)) {
          notice(notice, after);
        }
      }
      changed(before, after);
    }
  }

  /** What happens to monitors. */
  private final class MonitorEvents implements MonitorListener {
    @Override
    public void started(MonitorName name, long epoch, ProcessIdentity process) {
      var _ =
          records
              .monitorStarted(name, process)
              .whenComplete(
                  (_, failure) -> {
                    if (failure != null) {
                      LOG.warn("The process of {} was not written down", name, failure);
                    }
                  });
      if (!TypeRegistrar.isRegistrars(name)) {
        chronicle.monitorStarted(name, epoch, process);
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
    public void beat(MonitorName name, long epoch, Beat beat) {
      if (!TypeRegistrar.isRegistrars(name)) {
        monitorMeters.beat(name, epoch, beat);
      }
    }

    @Override
    public void frame(MonitorName name, long epoch, ToService frame) {
      if (frame.hasValidated()) {
        validator.answered(frame.getValidated());
      } else if (frame.hasSurveyed()) {
        surveyor.answered(frame.getSurveyed());
      } else {
        talk.frame(name, frame);
      }
    }

    @Override
    public void died(MonitorDeath death) {
      // Before anybody decides about it: what it had asked for is being ended by then.
      commands.monitorDied(death.name());
      types.forget(death.name());
      controls.died(death.name(), death.reason());
      validator.died(death.name(), death.reason());
      surveyor.died(death.name(), death.reason());
      if (TypeRegistrar.isRegistrars(death.name())) {
        registrar.died(death.name(), death.reason());
        if (!death.asked()) {
          chronicle.registrationDied(death);
        }
        return;
      }
      ClusterState state = loop.state();
      monitorMeters.died(death);
      loop.post(new ClusterEvent.MonitorDied(death.name(), death.ownDoing(), death.culprit(state)));
      if (!death.asked()) {
        chronicle.monitorDied(death, state);
      }
    }
  }

  /** What happens to processes. */
  private final class SlotEvents implements SlotListener {
    @Override
    public void started(SlotKey key, ProcessIdentity process) {
      if (key.isCommands()) {
        return; // Its call is told.
      }
      chronicle.processStarted(key, process, loop.state());
    }

    @Override
    public void adopted(SlotKey key, ProcessIdentity process) {
      chronicle.processTakenOver(key, process, loop.state());
    }

    @Override
    public void foundOfOtherNode(SlotKey key, ProcessIdentity process, String node) {
      chronicle.processOfOtherNode(key, process, node, loop.state());
    }

    @Override
    public void ended(SlotKey key, SlotView slot, Exit exit) {
      if (key.isCommands()) {
        commands.ended(key, exit);
        return;
      }
      if (key.isTools()) {
        tools.accept(key, exit);
      } else {
        // The monitor asks IsAlive when it hears of it; what it says must meet this exit.
        loop.post(new ClusterEvent.ProcessEnded(key.resource(), exit));
        talk.slotChanged(key.resource(), slot);
      }
      chronicle.processEnded(key, slot.pid().orElse(0), exit, loop.state());
    }

    @Override
    public void killed(SlotKey key, ProcessIdentity process, StopOutcome outcome) {
      chronicle.processKilled(key, process, outcome, loop.state());
    }
  }
}
