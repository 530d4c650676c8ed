package dev.holdfast.service.cluster;

import dev.holdfast.cluster.ClusterResource;
import dev.holdfast.cluster.MonitorName;
import dev.holdfast.cluster.ResourceId;
import dev.holdfast.protocol.SpiCodec;
import dev.holdfast.protocol.wire.Answer;
import dev.holdfast.protocol.wire.CancelCommand;
import dev.holdfast.protocol.wire.Done;
import dev.holdfast.protocol.wire.EndLeft;
import dev.holdfast.protocol.wire.RunCommand;
import dev.holdfast.service.command.CommandRuns;
import dev.holdfast.spi.Command;
import dev.holdfast.spi.CommandResult;
import java.time.Duration;
import java.util.Optional;
import java.util.function.BiFunction;

/** What monitors ask for about commands. Thread-safe. */
final class CommandTalk {
  private final CommandRuns commands;
  private final Calls calls;
  private final Answers answers;
  private final Runnable stale;
  private final BiFunction<ResourceId, Long, Optional<ClusterResource>> current;

  /**
   * @param stale told of each request that came too late
   * @param current the resource, if this is its epoch
   */
  CommandTalk(
      CommandRuns commands,
      Calls calls,
      Answers answers,
      Runnable stale,
      BiFunction<ResourceId, Long, Optional<ClusterResource>> current) {
    this.commands = commands;
    this.calls = calls;
    this.answers = answers;
    this.stale = stale;
    this.current = current;
  }

  void run(MonitorName monitor, RunCommand request) {
    boolean survey = request.getResource().isEmpty() && !request.getChanges();
    var asked = asked(monitor, request.getRequest(), request.getResource());
    ResourceId id = asked.resource();
    if (!survey && current.apply(id, request.getEpoch()).isEmpty()) {
      refuseStale(monitor, request.getRequest(), "The resource is in other hands by now.");
      return;
    }
    if (request.getChanges() && !isWaitedFor(id, request.getCall())) {
      refuseStale(
          monitor,
          request.getRequest(),
          "What may change something is run by a call that is under way; this one is over.");
      return;
    }
    Command command;
    try {
      Duration limit = Duration.ofMillis(request.getLimitMillis());
      command =
          new Command(
              SpiCodec.decode(request.getLaunch()),
              request.getChanges() ? Command.Effect.CHANGES : Command.Effect.LOOKS,
              limit);
    } catch (IllegalArgumentException e) {
      answers.refuse(
          monitor, request.getRequest(), "LaunchRefused", String.valueOf(e.getMessage()));
      return;
    }
    var _ =
        commands
            .run(asked, command)
            .whenComplete((result, failure) -> ran(monitor, request, result, failure));
  }

  /** The call that the resource waits for may change something; a late one may not. */
  private boolean isWaitedFor(ResourceId id, long call) {
    return calls.current(id).filter(pending -> pending.call() == call).isPresent();
  }

  private void ran(
      MonitorName monitor, RunCommand request, CommandResult result, Throwable failure) {
    if (failure == null) {
      answers.send(
          monitor,
          Answer.newBuilder().setRequest(request.getRequest()).setCommand(SpiCodec.encode(result)));
    } else {
      answers.failed(monitor, request.getRequest(), failure);
    }
  }

  void cancel(MonitorName monitor, CancelCommand request) {
    commands.cancel(asked(monitor, request.getRequest(), request.getResource()));
  }

  /**
   * @param resource empty in a survey
   */
  private static CommandRuns.Asked asked(MonitorName monitor, long request, String resource) {
    return new CommandRuns.Asked(
        monitor,
        request,
        resource.isEmpty() ? Optional.empty() : Optional.of(ResourceId.of(resource)));
  }

  void endLeft(MonitorName monitor, EndLeft request) {
    ResourceId id = ResourceId.of(request.getResource());
    if (current.apply(id, request.getEpoch()).isEmpty()) {
      refuseStale(monitor, request.getRequest(), "The resource is in other hands by now.");
      return;
    }
    var _ =
        commands
            .killLeft(id)
            .whenComplete(
                (_, failure) -> {
                  if (failure == null) {
                    answers.send(
                        monitor,
                        Answer.newBuilder()
                            .setRequest(request.getRequest())
                            .setOk(Done.getDefaultInstance()));
                  } else {
                    answers.failed(monitor, request.getRequest(), failure);
                  }
                });
  }

  private void refuseStale(MonitorName monitor, long request, String message) {
    stale.run();
    answers.refuse(monitor, request, "Stale", message);
  }
}
