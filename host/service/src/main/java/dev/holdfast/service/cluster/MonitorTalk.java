package dev.holdfast.service.cluster;

import dev.holdfast.checkpoint.Checkpoints;
import dev.holdfast.cluster.ClusterEvent;
import dev.holdfast.cluster.ClusterResource;
import dev.holdfast.cluster.EntryPoint;
import dev.holdfast.cluster.Failure;
import dev.holdfast.cluster.MonitorName;
import dev.holdfast.cluster.Phase;
import dev.holdfast.cluster.ResourceEvent;
import dev.holdfast.cluster.ResourceId;
import dev.holdfast.protocol.SpiCodec;
import dev.holdfast.protocol.wire.Answer;
import dev.holdfast.protocol.wire.Done;
import dev.holdfast.protocol.wire.HealthReport;
import dev.holdfast.protocol.wire.LogLine;
import dev.holdfast.protocol.wire.Progress;
import dev.holdfast.protocol.wire.Remember;
import dev.holdfast.protocol.wire.ReserveExternal;
import dev.holdfast.protocol.wire.Returned;
import dev.holdfast.protocol.wire.SlotChanged;
import dev.holdfast.protocol.wire.StartProcess;
import dev.holdfast.protocol.wire.StopProcess;
import dev.holdfast.protocol.wire.ToMonitor;
import dev.holdfast.protocol.wire.ToService;
import dev.holdfast.service.command.CommandRuns;
import dev.holdfast.service.record.ClusterRecords;
import dev.holdfast.service.slot.ExternalSlots;
import dev.holdfast.service.slot.SlotKey;
import dev.holdfast.service.slot.SlotView;
import dev.holdfast.service.slot.Slots;
import dev.holdfast.service.supervision.Monitors;
import dev.holdfast.spi.Found;
import dev.holdfast.spi.Health;
import dev.holdfast.spi.Launch;
import dev.holdfast.spi.Lives;
import dev.holdfast.spi.Property;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;
import org.slf4j.event.Level;

/**
 * What monitors say: answers become events of the decisions, requests are carried out by the slots.
 * What carries the epoch of another life is dropped, or refused where somebody waits for an answer.
 */
final class MonitorTalk {
  /** The longest recovery token that is kept. */
  static final int TOKEN_LIMIT_BYTES = 4096;

  private static final Logger LOG = LoggerFactory.getLogger(MonitorTalk.class);
  private static final Pattern SLOT_NAME = Pattern.compile("[A-Za-z0-9._-]{1,64}");

  private final ClusterLoop loop;
  private final Monitors monitors;
  private final Slots slots;
  private final ExternalSlots externals;
  private final Controls controls;
  private final ClusterRecords records;
  private final Calls calls;
  private final CallMeters meters;
  private final Polls polls;
  private final Checkpoints checkpoints;
  private final InstantSource clock;
  private final Map<String, String> environment;
  private final CommandRuns commands;
  private final Answers answers;
  private final CommandTalk commandTalk;

  /**
   * @param environment what applications inherit
   */
  MonitorTalk(
      ClusterLoop loop,
      Monitors monitors,
      Slots slots,
      CommandRuns commands,
      ExternalSlots externals,
      Controls controls,
      ClusterRecords records,
      Calls calls,
      CallMeters meters,
      Polls polls,
      Checkpoints checkpoints,
      InstantSource clock,
      Map<String, String> environment) {
    this.loop = loop;
    this.monitors = monitors;
    this.slots = slots;
    this.externals = externals;
    this.controls = controls;
    this.records = records;
    this.calls = calls;
    this.meters = meters;
    this.polls = polls;
    this.checkpoints = checkpoints;
    this.clock = clock;
    this.environment = Map.copyOf(environment);
    this.commands = commands;
    this.answers = new Answers(monitors);
    this.commandTalk =
        new CommandTalk(
            commands, calls, answers, () -> meters.stale(StaleKind.REQUEST), this::current);
  }

  void frame(MonitorName monitor, ToService frame) {
    switch (frame.getFrameCase()) {
      case RETURNED -> returned(frame.getReturned());
      case PROGRESS -> progress(frame.getProgress());
      case HEALTH_REPORT -> health(frame.getHealthReport());
      case LOG_LINE -> log(monitor, frame.getLogLine());
      case START_PROCESS -> startProcess(monitor, frame.getStartProcess());
      case STOP_PROCESS -> stopProcess(monitor, frame.getStopProcess());
      case REMEMBER -> remember(monitor, frame.getRemember());
      case RUN_COMMAND -> commandTalk.run(monitor, frame.getRunCommand());
      case CANCEL_COMMAND -> commandTalk.cancel(monitor, frame.getCancelCommand());
      case END_LEFT -> commandTalk.endLeft(monitor, frame.getEndLeft());
      case RESERVE_EXTERNAL -> reserveExternal(monitor, frame.getReserveExternal());
      // The monitor asks IsAlive itself after a signal; its report says what counts.
      case SIGNALLED -> LOG.debug("{}: {}", monitor, frame.getSignalled());
      case VALIDATED, SURVEYED, LOADED, INSPECTED, HELLO, READY, BEAT, FRAME_NOT_SET ->
          LOG.debug("{} said {}, which nobody waits for", monitor, frame.getFrameCase());
    }
  }

  /** A slot of a resource changed: whoever holds the resource is told. */
  void slotChanged(ResourceId id, SlotView slot) {
    Optional.ofNullable(loop.state().resources().get(id))
        .flatMap(ClusterResource::openIn)
        .ifPresent(
            monitor ->
                monitors.send(
                    monitor,
                    ToMonitor.newBuilder()
                        .setSlotChanged(
                            SlotChanged.newBuilder()
                                .setResource(id.toString())
                                .setSlot(SlotFrames.of(slot)))
                        .build()));
  }

  // ---- answers -----------------------------------------------------------------------------

  private void returned(Returned answer) {
    if (answer.getEntryPoint() == dev.holdfast.protocol.wire.EntryPoint.CONTROL) {
      if (!controls.answered(answer)) {
        meters.stale(StaleKind.ANSWER);
      }
      return;
    }
    ResourceId id = ResourceId.of(answer.getResource());
    calls
        .end(id, answer.getCall())
        .map(call -> event(answered(call.entryPoint(), answer), answer))
        .ifPresent(event -> afterCheckpoints(id, event));
  }

  /**
   * What was found is decided about when the checkpoint layer has heard it: what is gone is saved
   * before it can be started again, and so is what a living one has changed meanwhile.
   */
  private void afterCheckpoints(ResourceId id, ResourceEvent answer) {
    ResourceEvent event =
        answer instanceof ResourceEvent.FoundIt ? orSuperseded(id, orForeign(id, answer)) : answer;
    if (event instanceof ResourceEvent.FoundIt(Found.Absent _)
        || event instanceof ResourceEvent.FoundSuperseded) {
      CompletableFuture<Void> alone = commands.gone(id);
      if (alone.isDone() && !alone.isCompletedExceptionally()) {
        absent(id, event);
      } else {
        var _ =
            alone.whenComplete(
                (_, standing) -> {
                  if (standing == null) {
                    absent(id, event);
                  } else {
                    loop.post(new ClusterEvent.OfResource(id, stands(standing)));
                  }
                });
      }
      return;
    }
    if (event instanceof ResourceEvent.FoundIt(Found.Running _)) {
      checkpoints.running(id.toString());
    }
    loop.post(new ClusterEvent.OfResource(id, event));
  }

  /** What commands left and cannot be ended may hold whatever a start would need. */
  private static ResourceEvent stands(Throwable standing) {
    Throwable cause =
        standing instanceof CompletionException e && e.getCause() != null ? e.getCause() : standing;
    return new ResourceEvent.FoundIt(
        new Found.Foreign(
            "something that a command of it left, and that cannot be ended: " + cause.getMessage(),
            0));
  }

  private void absent(ResourceId id, ResourceEvent event) {
    var _ =
        checkpoints
            .gone(id.toString())
            .whenComplete(
                (_, failure) -> {
                  if (failure != null) {
                    LOG.error("The checkpoints of {} were not saved", id, failure);
                  }
                  loop.post(new ClusterEvent.OfResource(id, event));
                });
  }

  /** Whatever a plugin makes of it, what another node started and nobody can end is not ours. */
  private ResourceEvent orForeign(ResourceId id, ResourceEvent found) {
    return slots
        .standingOfOtherNode(id)
        .<ResourceEvent>map(holder -> new ResourceEvent.FoundIt(new Found.Foreign(holder, 0)))
        .orElse(found);
  }

  /** What is held elsewhere by a life of the resource that is over can be taken over. */
  private ResourceEvent orSuperseded(ResourceId id, ResourceEvent found) {
    if (found instanceof ResourceEvent.FoundIt(Found.Foreign(String holder, long epoch))) {
      return Optional.ofNullable(loop.state().resources().get(id))
          .flatMap(resource -> externals.superseded(id, holder, epoch, resource.epoch()))
          .<ResourceEvent>map(_ -> new ResourceEvent.FoundSuperseded(holder, epoch))
          .orElse(found);
    }
    return found;
  }

  /** Open and terminate have their find with them, and unless they fail, that is what answers. */
  private static EntryPoint answered(EntryPoint called, Returned answer) {
    return (called == EntryPoint.OPEN || called == EntryPoint.TERMINATE)
            && answer.getEntryPoint() == dev.holdfast.protocol.wire.EntryPoint.FIND
        ? EntryPoint.FIND
        : called;
  }

  private static ResourceEvent event(EntryPoint entryPoint, Returned answer) {
    return switch (answer.getResultCase()) {
      case FAILURE -> new ResourceEvent.CallFailed(entryPoint, failure(answer.getFailure()));
      case FOUND -> new ResourceEvent.FoundIt(SpiCodec.decode(answer.getFound()));
      case HEALTH -> new ResourceEvent.Checked(SpiCodec.decode(answer.getHealth()));
      case DONE, REPLY, RESULT_NOT_SET -> new ResourceEvent.Returned(entryPoint);
    };
  }

  private static Failure failure(dev.holdfast.protocol.wire.Failure failure) {
    return new Failure(
        failure.getCode(), SpiCodec.decode(failure.getRetry()), failure.getMessage());
  }

  private void progress(Progress progress) {
    if (controls.progressed(progress)) {
      return;
    }
    ResourceId id = ResourceId.of(progress.getResource());
    if (calls.current(id).filter(call -> call.call() == progress.getCall()).isPresent()) {
      String what =
          progress.getPercent() > 0
              ? progress.getWhat() + " (" + progress.getPercent() + " %)"
              : progress.getWhat();
      loop.post(new ClusterEvent.OfResource(id, new ResourceEvent.Progressed(what)));
    } else {
      meters.stale(StaleKind.PROGRESS);
    }
  }

  private void health(HealthReport report) {
    ResourceId id = ResourceId.of(report.getResource());
    Optional<ClusterResource> resource = current(id, report.getEpoch());
    if (resource.isEmpty()) {
      meters.stale(StaleKind.HEALTH);
      return;
    }
    meters.checked(resource.get().config().type(), report);
    boolean looksAlive =
        report.getEntryPoint() == dev.holdfast.protocol.wire.EntryPoint.LOOKS_ALIVE;
    polls.checked(
        id,
        report.getEpoch(),
        looksAlive,
        new Polls.Check(
            clock.instant(), Duration.ofNanos(report.getDurationNanos()), report.hasBroken()));
    if (report.hasBroken()) {
      loop.post(
          new ClusterEvent.OfResource(
              id, new ResourceEvent.CheckBroken(report.getBroken().getMessage())));
      return;
    }
    Health health = SpiCodec.decode(report.getHealth());
    if (looksAlive && health instanceof Health.Failed) {
      // Only IsAlive fails a resource; the monitor asks it at once, and its report follows.
      return;
    }
    boolean terminating =
        report.getTerminateCall() != 0
            && calls.begun(id, report.getTerminateCall(), report.getEpoch(), EntryPoint.TERMINATE);
    var checked = new ClusterEvent.OfResource(id, new ResourceEvent.Checked(health, terminating));
    if (health instanceof Health.Alive && resource.get().isSeenAlive()) {
      loop.postNoNews(checked);
    } else {
      loop.post(checked);
    }
  }

  /** The resource, if this is its epoch. */
  private Optional<ClusterResource> current(ResourceId id, long epoch) {
    return Optional.ofNullable(loop.state().resources().get(id))
        .filter(resource -> resource.epoch() == epoch);
  }

  // ---- requests ----------------------------------------------------------------------------

  private void startProcess(MonitorName monitor, StartProcess request) {
    ResourceId id = ResourceId.of(request.getResource());
    Optional<ClusterResource> resource = current(id, request.getEpoch());
    if (resource.filter(r -> r.phase() instanceof Phase.GoingOnline).isEmpty()) {
      refuseStale(
          monitor,
          request.getRequest(),
          "A process is started by an online that is under way; this one is over.");
      return;
    }
    if (!SLOT_NAME.matcher(request.getSlot()).matches()) {
      answers.refuse(
          monitor,
          request.getRequest(),
          "BadSlotName",
          "A slot's name is 1 to 64 letters, digits, dots, dashes or underscores.");
      return;
    }
    Launch launch;
    try {
      launch = SpiCodec.decode(request.getLaunch());
    } catch (IllegalArgumentException e) {
      answers.refuse(
          monitor, request.getRequest(), "LaunchRefused", String.valueOf(e.getMessage()));
      return;
    }
    var _ =
        slots
            .start(new SlotKey(id, request.getSlot()), launch, environment)
            .whenComplete((slot, failure) -> answer(monitor, request.getRequest(), slot, failure));
  }

  private void stopProcess(MonitorName monitor, StopProcess request) {
    ResourceId id = ResourceId.of(request.getResource());
    if (current(id, request.getEpoch()).isEmpty()) {
      refuseStale(monitor, request.getRequest(), "The resource is in other hands by now.");
      return;
    }
    var key = new SlotKey(id, request.getSlot());
    var _ =
        (request.getKill()
                ? slots.kill(key)
                : slots.stop(key, Duration.ofMillis(request.getGraceMillis())))
            .whenComplete((slot, failure) -> answer(monitor, request.getRequest(), slot, failure));
  }

  private void remember(MonitorName monitor, Remember request) {
    ResourceId id = ResourceId.of(request.getResource());
    byte[] token = request.getToken().toByteArray();
    Optional<ClusterResource> resource = current(id, request.getEpoch());
    if (resource.isEmpty()) {
      refuseStale(monitor, request.getRequest(), "The resource is in other hands by now.");
    } else if (token.length > TOKEN_LIMIT_BYTES) {
      answers.refuse(
          monitor,
          request.getRequest(),
          "TokenTooLong",
          "A token has at most " + TOKEN_LIMIT_BYTES + " bytes, not " + token.length + ".");
    } else if (holdsSecret(resource.get(), token)) {
      answers.refuse(
          monitor,
          request.getRequest(),
          "SecretInToken",
          "The token holds a declared secret; secrets are not written down.");
    } else {
      var _ =
          records
              .remember(id, token)
              .whenComplete(
                  (_, failure) -> {
                    if (failure == null) {
                      answers.send(
                          monitor,
                          Answer.newBuilder()
                              .setRequest(request.getRequest())
                              .setOk(Done.getDefaultInstance()));
                    } else {
                      answers.refuse(
                          monitor,
                          request.getRequest(),
                          "NotDurable",
                          "The token could not be written down: " + failure.getMessage());
                    }
                  });
    }
  }

  private void reserveExternal(MonitorName monitor, ReserveExternal request) {
    ResourceId id = ResourceId.of(request.getResource());
    Optional<ClusterResource> resource = current(id, request.getEpoch());
    if (resource.filter(r -> r.phase() instanceof Phase.GoingOnline).isEmpty()) {
      refuseStale(
          monitor,
          request.getRequest(),
          "What is elsewhere is written down by an online that is under way; this one is over.");
    } else if (resource.get().lives() != Lives.ELSEWHERE) {
      answers.refuse(
          monitor,
          request.getRequest(),
          "NotElsewhere",
          "External slots are for types that live ELSEWHERE; %s lives %s."
              .formatted(resource.get().config().type(), resource.get().lives()));
    } else if (holdsSecret(resource.get(), request.getKey().getBytes(StandardCharsets.UTF_8))) {
      answers.refuse(
          monitor,
          request.getRequest(),
          "SecretInKey",
          "The key holds a declared secret; secrets are not written down.");
    } else {
      var key = new SlotKey(id, request.getSlot());
      var _ =
          externals
              .reserve(key, request.getKind(), request.getKey(), request.getEpoch())
              .whenComplete(
                  (external, failure) -> {
                    if (failure == null) {
                      answers.send(
                          monitor,
                          Answer.newBuilder()
                              .setRequest(request.getRequest())
                              .setExternal(SpiCodec.encode(external.slot(key.slot()))));
                    } else {
                      answers.failed(monitor, request.getRequest(), failure);
                    }
                  });
    }
  }

  private boolean holdsSecret(ClusterResource resource, byte[] token) {
    String text = new String(token, StandardCharsets.ISO_8859_1);
    return loop
        .state()
        .findType(resource.config().type())
        .map(type -> type.version().description().properties())
        .orElse(List.of())
        .stream()
        .filter(property -> property.kind() == Property.Kind.SECRET)
        .map(Property::name)
        .flatMap(name -> given(resource, name))
        .map(
            secret ->
                new String(secret.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1))
        .anyMatch(secret -> !secret.isEmpty() && text.contains(secret));
  }

  /** What is in effect, and what is set and will be. */
  private static Stream<String> given(ClusterResource resource, String property) {
    return Stream.of(resource.properties(), resource.config().properties())
        .flatMap(properties -> properties.getOrDefault(property, List.of()).stream());
  }

  private void answer(MonitorName monitor, long request, SlotView slot, Throwable failure) {
    if (failure == null) {
      answers.send(monitor, Answer.newBuilder().setRequest(request).setSlot(SlotFrames.of(slot)));
    } else {
      answers.failed(monitor, request, failure);
    }
  }

  private void refuseStale(MonitorName monitor, long request, String message) {
    meters.stale(StaleKind.REQUEST);
    answers.refuse(monitor, request, "Stale", message);
  }

  // ---- log lines ---------------------------------------------------------------------------

  private void log(MonitorName monitor, LogLine line) {
    Logger logger = LoggerFactory.getLogger("monitor." + line.getLogger());
    String resource =
        line.getResource().isEmpty()
            ? ""
            : Optional.ofNullable(loop.state().resources().get(ResourceId.of(line.getResource())))
                .map(known -> known.config().name())
                .orElse(line.getResource());
    Level level =
        switch (line.getLevel()) {
          case ERROR -> Level.ERROR;
          case WARNING -> Level.WARN;
          case INFO -> Level.INFO;
          case DEBUG -> Level.DEBUG;
          case TRACE, LOG_LEVEL_NONE, UNRECOGNIZED -> Level.TRACE;
        };
    try (var _ = MDC.putCloseable("monitor", monitor.value());
        var _ = MDC.putCloseable("resource", resource);
        var _ = MDC.putCloseable("plugin", line.getPlugin())) {
      if (line.getDropped() > 0) {
        logger.warn("{} lines were left out before this one", line.getDropped());
      }
      logger
          .atLevel(level)
          .log(
              line.getThrown().isEmpty()
                  ? line.getMessage()
                  : line.getMessage() + "\n" + line.getThrown());
    }
  }
}
