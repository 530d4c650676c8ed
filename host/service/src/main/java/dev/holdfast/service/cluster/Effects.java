package dev.holdfast.service.cluster;

import dev.holdfast.checkpoint.Checkpoints;
import dev.holdfast.checkpoint.Restoration;
import dev.holdfast.cluster.Action;
import dev.holdfast.cluster.ClusterEvent;
import dev.holdfast.cluster.ClusterResource;
import dev.holdfast.cluster.ClusterState;
import dev.holdfast.cluster.EntryPoint;
import dev.holdfast.cluster.Failure;
import dev.holdfast.cluster.FailureReason;
import dev.holdfast.cluster.MonitorName;
import dev.holdfast.cluster.MonitorStatus;
import dev.holdfast.cluster.Notice;
import dev.holdfast.cluster.Phase;
import dev.holdfast.cluster.ResourceConfig;
import dev.holdfast.cluster.ResourceEvent;
import dev.holdfast.cluster.ResourceId;
import dev.holdfast.cluster.RestartAction;
import dev.holdfast.cluster.TypeRegistration;
import dev.holdfast.cluster.TypeStatus;
import dev.holdfast.protocol.DescriptionCodec;
import dev.holdfast.protocol.SpiCodec;
import dev.holdfast.protocol.wire.CallResource;
import dev.holdfast.protocol.wire.CancelCall;
import dev.holdfast.protocol.wire.CloseResource;
import dev.holdfast.protocol.wire.LoadPlugin;
import dev.holdfast.protocol.wire.Loaded;
import dev.holdfast.protocol.wire.OpenResource;
import dev.holdfast.protocol.wire.SetPolling;
import dev.holdfast.protocol.wire.ToMonitor;
import dev.holdfast.service.command.CommandRuns;
import dev.holdfast.service.home.Home;
import dev.holdfast.service.slot.ExternalSlots;
import dev.holdfast.service.slot.Slots;
import dev.holdfast.service.supervision.Monitors;
import dev.holdfast.service.type.TypeResolver;
import dev.holdfast.service.type.UnresolvedTypeException;
import dev.holdfast.spi.OfflineReason;
import dev.holdfast.spi.ResourceException.Retry;
import dev.holdfast.spi.Timings;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries out what was decided: frames to monitors, starts and ends of monitors. Called on one
 * thread, in the order of decisions; returns quickly.
 */
final class Effects {
  /**
   * From the stop signal to SIGKILL for what is ended without its plugin, which alone would know
   * how long it needs.
   */
  private static final Duration GRACE_WITHOUT_TYPE = Duration.ofSeconds(10);

  private static final Logger LOG = LoggerFactory.getLogger(Effects.class);

  private final Home home;
  private final ClusterLoop loop;
  private final Monitors monitors;
  private final Slots slots;
  private final CommandRuns commands;
  private final ExternalSlots externals;
  private final CallFrames frames;
  private final TypeResolver types;
  private final Calls calls;
  private final Polls polls;
  private final Checkpoints checkpoints;
  private final InstantSource clock;

  Effects(
      Home home,
      ClusterLoop loop,
      Monitors monitors,
      Slots slots,
      CommandRuns commands,
      ExternalSlots externals,
      CallFrames frames,
      TypeResolver types,
      Calls calls,
      Polls polls,
      Checkpoints checkpoints,
      InstantSource clock) {
    this.home = home;
    this.loop = loop;
    this.monitors = monitors;
    this.slots = slots;
    this.commands = commands;
    this.externals = externals;
    this.frames = frames;
    this.types = types;
    this.calls = calls;
    this.polls = polls;
    this.checkpoints = checkpoints;
    this.clock = clock;
  }

  void carryOut(ClusterState before, ClusterState after, List<Action> actions) {
    for (Action action : actions) {
      take(action, after);
    }
    for (ResourceId id : after.goneSince(before)) {
      calls.forget(id);
      polls.stopped(id);
      slots.forget(id);
      commands.forget(id);
      externals.forget(id);
      checkpoints.forget(id.toString());
    }
  }

  private void take(Action action, ClusterState state) {
    switch (action) {
      case Action.Open open ->
          resource(state, open.resource()).ifPresent(resource -> open(state, resource, open));
      case Action.Call call -> resource(state, call.resource()).ifPresent(r -> call(r, call));
      case Action.Change change ->
          resource(state, change.resource()).ifPresent(r -> change(r, change));
      case Action.CancelCall(ResourceId id) -> resource(state, id).ifPresent(this::cancelCall);
      case Action.StartPolling(ResourceId id, long epoch) ->
          resource(state, id).ifPresent(resource -> poll(resource, epoch, true));
      case Action.StopPolling(ResourceId id, long epoch) ->
          resource(state, id).ifPresent(resource -> poll(resource, epoch, false));
      case Action.Close(ResourceId id, MonitorName monitor, long epoch) ->
          monitors.send(
              monitor,
              ToMonitor.newBuilder()
                  .setCloseResource(
                      CloseResource.newBuilder()
                          .setCall(calls.next())
                          .setResource(id.toString())
                          .setEpoch(epoch))
                  .build());
      case Action.EndProcesses(ResourceId id) -> endProcesses(id);
      case Action.ReleaseExternals(ResourceId id) -> externals.release(id);
      case Action.StartMonitor(MonitorName monitor) -> startMonitor(state, monitor);
      case Action.StopMonitor(MonitorName monitor) -> monitors.stop(monitor);
      case Action.KillMonitor(MonitorName monitor, String because) ->
          monitors.kill(monitor, because);
      // What is told is told after all has been carried out, on another thread; but that a resource
      // failed is to be known before it goes online again.
      case Action.Tell(Notice notice) -> {
        if (notice.kind() == Notice.Kind.RESOURCE_FAILED && isItsOwn(notice)) {
          notice.resource().ifPresent(this::lookForWhatIsToBlame);
        }
      }
    }
  }

  /**
   * What is rolled back makes a new try worth while, whatever was said of that when it failed: an
   * agent that finds its configuration broken says that it can start nowhere on this node.
   */
  private void lookForWhatIsToBlame(ResourceId id) {
    var _ =
        checkpoints
            .failed(id.toString())
            .thenAccept(
                rolledBack -> {
                  if (rolledBack && isRestarted(id)) {
                    loop.post(new ClusterEvent.OfResource(id, new ResourceEvent.TryNow()));
                  }
                });
  }

  private boolean isRestarted(ResourceId id) {
    return resource(loop.state(), id)
        .filter(each -> each.config().common().restart().action() != RestartAction.DONT_RESTART)
        .isPresent();
  }

  /** An operator who asks for a failure knows why it fails. */
  private static boolean isItsOwn(Notice notice) {
    return !FailureReason.OPERATOR.toString().equals(notice.details().get(Notice.REASON));
  }

  private static Optional<ClusterResource> resource(ClusterState state, ResourceId id) {
    return Optional.ofNullable(state.resources().get(id));
  }

  private void startMonitor(ClusterState state, MonitorName name) {
    MonitorStatus status = state.monitors().get(name);
    if (status == null) {
      throw new IllegalStateException("decided to start " + name + ", which is not there");
    }
    monitors.start(name, status.epoch());
    // While its JVM starts there is time to check archives, and it can load while it warms up.
    state.resources().values().stream()
        .map(ClusterResource::config)
        .filter(config -> config.monitor().equals(name))
        .map(ResourceConfig::type)
        .distinct() // Of a thousand resources, most often one.
        .flatMap(type -> state.findType(type).stream())
        .distinct()
        .filter(type -> state.typeStatus(type.name()) == TypeStatus.REGISTERED)
        .forEach(
            type -> {
              var _ = load(name, status.epoch(), type);
            }); // What becomes of it, the opens will hear.
  }

  private CompletableFuture<Loaded> load(MonitorName monitor, long life, TypeRegistration type) {
    TypeRegistration.Version version = type.version();
    return types
        .resolve(monitor, type)
        .thenCompose(
            folder ->
                monitors.load(
                    monitor,
                    life,
                    LoadPlugin.newBuilder()
                        .setCall(calls.next())
                        .setPlugin(version.plugin())
                        .setVersion(version.pluginVersion())
                        .setDigest(version.digest())
                        .setFolder(folder.toString())
                        .build()));
  }

  private void endProcesses(ResourceId id) {
    var _ =
        slots
            .stopAll(id, GRACE_WITHOUT_TYPE)
            .handle(
                (_, failure) ->
                    Optional.ofNullable(failure)
                        .map(e -> e instanceof CompletionException c ? c.getCause() : e)
                        .map(e -> String.valueOf(e.getMessage())))
            .thenAccept(
                standing ->
                    loop.post(
                        new ClusterEvent.OfResource(
                            id, new ResourceEvent.ProcessesEnded(standing))));
  }

  // ---- open ----------------------------------------------------------------------------------

  private void open(ClusterState state, ClusterResource resource, Action.Open action) {
    MonitorStatus monitor = state.monitors().get(action.monitor());
    if (monitor == null
        || resource.epoch() != action.epoch()
        || !(resource.phase() instanceof Phase.Opening)) {
      return; // Its monitor died in the same step.
    }
    Optional<TypeRegistration> registered = state.findType(resource.config().type());
    if (registered.isEmpty()) {
      openFailed(resource.id(), "NotRegistered", "its type is not registered");
      return;
    }
    TypeRegistration type = registered.get();
    TypeRegistration.Version version = type.version();
    var _ =
        load(action.monitor(), monitor.epoch(), type)
            // What a monitor that died had asked for may still be under way; find must see its
            // outcome.
            .thenCombine(findable(resource.id()), (loaded, _) -> loaded)
            .whenComplete(
                (loaded, failure) -> {
                  if (failure != null) {
                    notOpened(resource, type, failure);
                  } else if (loaded.hasFailure()) {
                    unresolved(
                        resource, type, TypeStatus.LOAD_FAILED, loaded.getFailure().getMessage());
                  } else if (loaded.getTypesList().stream()
                      .noneMatch(t -> t.getClassName().equals(version.className()))) {
                    String refused =
                        loaded.getRefusedList().isEmpty()
                            ? "the plugin does not offer " + version.className()
                            : loaded.getRefused(0).getMessage();
                    unresolved(resource, type, TypeStatus.LOAD_FAILED, refused);
                  } else {
                    sendOpen(state, resource, version, action, monitor.epoch());
                  }
                });
  }

  private void sendOpen(
      ClusterState state,
      ClusterResource resource,
      TypeRegistration.Version version,
      Action.Open action,
      long life) {
    if (!monitors.isAlive(action.monitor(), life)) {
      return; // Its death says the rest.
    }
    var group = state.groups().get(resource.config().group());
    Calls.Pending call = calls.begin(resource.id(), action.epoch(), EntryPoint.OPEN);
    var open =
        OpenResource.newBuilder()
            .setCall(call.call())
            .setResource(resource.id().toString())
            .setEpoch(action.epoch())
            .setName(resource.config().name())
            .setGroup(group == null ? "" : group.name())
            .setType(resource.config().type())
            .setDigest(version.digest())
            .setTypeClass(version.className())
            .setDirectory(home.resource(resource.id().toString()).toString())
            .setFind(frame(resource, call, EntryPoint.FIND, action.deadline(), Optional.empty()));
    if (version.source().isPresent()) {
      open.setDescription(DescriptionCodec.encode(version.description()));
    }
    monitors.send(action.monitor(), life, ToMonitor.newBuilder().setOpenResource(open).build());
  }

  private void notOpened(ClusterResource resource, TypeRegistration type, Throwable failure) {
    Throwable cause =
        failure instanceof CompletionException e && e.getCause() != null ? e.getCause() : failure;
    if (cause instanceof UnresolvedTypeException unresolved) {
      unresolved(resource, type, unresolved.status(), String.valueOf(unresolved.getMessage()));
    } else {
      // The monitor died meanwhile, and its death says the rest.
      LOG.debug("{} was not opened", resource.config().name(), cause);
    }
  }

  private void unresolved(
      ClusterResource resource, TypeRegistration type, TypeStatus status, String detail) {
    loop.post(
        List.of(
            new ClusterEvent.TypeResolved(
                type.name(), Optional.of(new ClusterState.TypeProblem(status, detail))),
            new ClusterEvent.OfResource(
                resource.id(),
                new ResourceEvent.CallFailed(
                    EntryPoint.OPEN, new Failure(status.toString(), Retry.HERE, detail)))));
  }

  private void openFailed(ResourceId id, String code, String detail) {
    loop.post(
        new ClusterEvent.OfResource(
            id,
            new ResourceEvent.CallFailed(EntryPoint.OPEN, new Failure(code, Retry.HERE, detail))));
  }

  // ---- calls ---------------------------------------------------------------------------------

  private void call(ClusterResource resource, Action.Call action) {
    Calls.Pending call = calls.begin(resource.id(), action.epoch(), action.entryPoint());
    switch (action.entryPoint()) {
      // What a monitor that died had asked for may still be under way; find must see its outcome.
      case FIND -> {
        var _ = findable(resource.id()).thenRun(() -> send(resource, action, call));
      }
      case ONLINE -> restoreThenSend(resource, action, call);
      case TERMINATE -> {
        // It may enter beside another call, whose commands are then in its way.
        commands.cancelAll(resource.id());
        send(resource, action, call);
      }
      case OPEN, ADOPT, OFFLINE, LOOKS_ALIVE, IS_ALIVE, CHANGED, CLOSE ->
          send(resource, action, call);
    }
  }

  /** What it is to have comes with it; the calls that are given it come when it has returned. */
  private void change(ClusterResource resource, Action.Change action) {
    Calls.Pending call = calls.begin(resource.id(), action.epoch(), EntryPoint.CHANGED);
    CallResource frame =
        frame(resource, call, EntryPoint.CHANGED, action.deadline(), Optional.empty()).toBuilder()
            .clearProperties()
            .addAllProperties(SpiCodec.encode(action.properties()))
            .addAllChanged(action.what())
            .build();
    sendTo(resource, ToMonitor.newBuilder().setCallResource(frame).build());
  }

  private CompletableFuture<Void> findable(ResourceId id) {
    return CompletableFuture.allOf(slots.findable(id), commands.settled(id));
  }

  /** No online reaches a plugin before the resource's checkpoints have been dealt with. */
  private void restoreThenSend(ClusterResource resource, Action.Call action, Calls.Pending call) {
    var _ =
        checkpoints
            .beforeOnline(resource.id().toString())
            .whenComplete(
                (restoration, failure) -> {
                  if (calls.current(resource.id()).filter(call::equals).isEmpty()) {
                    return; // Its monitor died, or nobody wants it any more.
                  }
                  if (failure != null) {
                    LOG.error("{} was not restored", resource.config().name(), failure);
                    refuseOnline(
                        call,
                        new Failure("Internal", Retry.HERE, "its checkpoints failed: " + failure));
                  } else if (restoration.refusal().isPresent()) {
                    Restoration.Refusal refusal = restoration.refusal().get();
                    refuseOnline(
                        call,
                        new Failure(
                            "CheckpointNotRestored",
                            refusal.again() ? Retry.HERE : Retry.NOWHERE,
                            refusal.why()));
                  } else {
                    send(resource, action, call);
                  }
                });
  }

  private void refuseOnline(Calls.Pending call, Failure failure) {
    calls
        .end(call.resource(), call.call())
        .ifPresent(
            ended ->
                loop.post(
                    new ClusterEvent.OfResource(
                        ended.resource(),
                        new ResourceEvent.CallFailed(EntryPoint.ONLINE, failure))));
  }

  private void send(ClusterResource resource, Action.Call action, Calls.Pending call) {
    CallResource frame =
        frame(resource, call, action.entryPoint(), action.deadline(), action.reason());
    sendTo(resource, ToMonitor.newBuilder().setCallResource(frame).build());
  }

  private CallResource frame(
      ClusterResource resource,
      Calls.Pending call,
      EntryPoint entryPoint,
      Instant deadline,
      Optional<OfflineReason> reason) {
    Duration left = Duration.between(clock.instant(), deadline);
    var frame = frames.call(resource, call.call(), call.epoch(), entryPoint(entryPoint), left);
    reason.ifPresent(why -> frame.setOfflineReason(SpiCodec.encode(why)));
    frame.setThenFind(entryPoint == EntryPoint.TERMINATE);
    return frame.build();
  }

  private static dev.holdfast.protocol.wire.EntryPoint entryPoint(EntryPoint entryPoint) {
    return dev.holdfast.protocol.wire.EntryPoint.valueOf(entryPoint.name());
  }

  private void cancelCall(ClusterResource resource) {
    calls
        .current(resource.id())
        .ifPresent(
            call ->
                sendTo(
                    resource,
                    ToMonitor.newBuilder()
                        .setCancelCall(CancelCall.newBuilder().setCall(call.call()))
                        .build()));
  }

  private void poll(ClusterResource resource, long epoch, boolean on) {
    var frame = SetPolling.newBuilder().setResource(resource.id().toString()).setEpoch(epoch);
    if (on && !resource.config().common().maintenanceMode()) {
      frame
          .setLooksAliveMillis(resource.looksAliveInterval().toMillis())
          .setIsAliveMillis(resource.isAliveInterval().toMillis())
          .addAllProperties(SpiCodec.encode(resource.properties()))
          .setMayHaveLeft(slots.mayHaveLeft(resource.id()))
          .setCheckLimitMillis(checkLimit(resource).toMillis())
          .addAllSlots(frames.slots(resource.id()))
          .addAllExternals(frames.externals(resource.id()))
          .setTerminateCall(calls.next())
          .setTerminateDeadlineMillis(resource.config().common().deadlockTimeout().toMillis());
      frames.token(resource.id()).ifPresent(frame::setToken);
      polls.began(resource.id(), epoch, clock.instant());
    } else {
      polls.stopped(resource.id());
    }
    sendTo(resource, ToMonitor.newBuilder().setSetPolling(frame).build());
  }

  private Duration checkLimit(ClusterResource resource) {
    return loop.state()
        .findType(resource.config().type())
        .map(type -> type.version().description().timings())
        .orElse(Timings.DEFAULT)
        .check();
  }

  private void sendTo(ClusterResource resource, ToMonitor frame) {
    MonitorName monitor = resource.openIn().orElse(resource.config().monitor());
    if (!monitors.send(monitor, frame)) {
      // It died, and its death is on the way to the decisions.
      LOG.debug("No monitor {} to send {} to", monitor, frame.getFrameCase());
    }
  }
}
