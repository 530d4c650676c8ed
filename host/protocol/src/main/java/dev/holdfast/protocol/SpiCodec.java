package dev.holdfast.protocol;

import dev.holdfast.protocol.wire.CommandOutcome;
import dev.holdfast.protocol.wire.ControlReply;
import dev.holdfast.protocol.wire.Done;
import dev.holdfast.protocol.wire.EnvironmentVariable;
import dev.holdfast.protocol.wire.ExitState;
import dev.holdfast.protocol.wire.ExternalState;
import dev.holdfast.protocol.wire.FoundAbsent;
import dev.holdfast.protocol.wire.FoundForeign;
import dev.holdfast.protocol.wire.FoundReport;
import dev.holdfast.protocol.wire.FoundRunning;
import dev.holdfast.protocol.wire.FoundUnknown;
import dev.holdfast.protocol.wire.HealthAlive;
import dev.holdfast.protocol.wire.HealthDegraded;
import dev.holdfast.protocol.wire.HealthFailed;
import dev.holdfast.protocol.wire.HealthState;
import dev.holdfast.protocol.wire.LaunchSpec;
import dev.holdfast.protocol.wire.NamedText;
import dev.holdfast.protocol.wire.PropertyText;
import dev.holdfast.spi.CommandResult;
import dev.holdfast.spi.Exit;
import dev.holdfast.spi.ExternalSlot;
import dev.holdfast.spi.Found;
import dev.holdfast.spi.Health;
import dev.holdfast.spi.Launch;
import dev.holdfast.spi.OfflineReason;
import dev.holdfast.spi.Reply;
import dev.holdfast.spi.ResourceException.Responsibility;
import dev.holdfast.spi.ResourceException.Retry;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The SPI's small values as messages and back. What cannot be read throws an
 * IllegalArgumentException: the other side is broken or newer than its Hello said.
 *
 * <p>Found and Health are taken apart by {@code instanceof}: they are on every monitor's way to
 * Ready, and the first pattern switch of a JVM spins thirty classes that no AOT cache keeps. A new
 * kind of either fails the casts at the end, and the test that encodes one of each.
 */
public final class SpiCodec {
  private SpiCodec() {}

  /** Writes what a find found. */
  public static FoundReport encode(Found found) {
    var report = FoundReport.newBuilder();
    if (found instanceof Found.Running running) {
      report.setRunning(FoundRunning.newBuilder().setEvidence(running.evidence()));
    } else if (found instanceof Found.Absent absent) {
      report.setAbsent(FoundAbsent.newBuilder().setEvidence(absent.evidence()));
    } else if (found instanceof Found.Foreign foreign) {
      report.setForeign(
          FoundForeign.newBuilder().setHolder(foreign.holder()).setEpoch(foreign.epoch()));
    } else {
      report.setUnknown(FoundUnknown.newBuilder().setWhy(((Found.Unknown) found).why()));
    }
    return report.build();
  }

  /** Reads what a find found. */
  public static Found decode(FoundReport report) {
    return switch (report.getFoundCase()) {
      case RUNNING -> Found.running(report.getRunning().getEvidence());
      case ABSENT -> Found.absent(report.getAbsent().getEvidence());
      case FOREIGN ->
          Found.foreign(report.getForeign().getHolder(), report.getForeign().getEpoch());
      case UNKNOWN -> Found.unknown(report.getUnknown().getWhy());
      case FOUND_NOT_SET -> throw empty("FoundReport");
    };
  }

  /** Writes a health. */
  public static HealthState encode(Health health) {
    var state = HealthState.newBuilder();
    if (health instanceof Health.Alive) {
      state.setAlive(HealthAlive.getDefaultInstance());
    } else if (health instanceof Health.Degraded degraded) {
      state.setDegraded(HealthDegraded.newBuilder().setWhy(degraded.why()));
    } else {
      state.setFailed(HealthFailed.newBuilder().setWhy(((Health.Failed) health).why()));
    }
    return state.build();
  }

  /** Reads a health. */
  public static Health decode(HealthState state) {
    return switch (state.getHealthCase()) {
      case ALIVE -> Health.alive();
      case DEGRADED -> Health.degraded(state.getDegraded().getWhy());
      case FAILED -> Health.failed(state.getFailed().getWhy());
      case HEALTH_NOT_SET -> throw empty("HealthState");
    };
  }

  /** Writes how a process ended. */
  public static ExitState encode(Exit exit) {
    var state = ExitState.newBuilder();
    switch (exit) {
      case Exit.Code code -> state.setCode(code.code());
      case Exit.Signal signal -> state.setSignal(signal.signal());
      case Exit.Unknown _ -> state.setUnknown(Done.getDefaultInstance());
    }
    return state.build();
  }

  /** Reads how a process ended; empty when nothing was seen. */
  public static Optional<Exit> decode(ExitState state) {
    return switch (state.getExitCase()) {
      case CODE -> Optional.of(new Exit.Code(state.getCode()));
      case SIGNAL -> Optional.of(new Exit.Signal(state.getSignal()));
      case UNKNOWN -> Optional.of(new Exit.Unknown());
      case EXIT_NOT_SET -> Optional.empty();
    };
  }

  /** Writes what is written down about something elsewhere. */
  public static ExternalState encode(ExternalSlot slot) {
    return ExternalState.newBuilder()
        .setName(slot.name())
        .setKind(slot.kind())
        .setKey(slot.key())
        .setNonce(slot.nonce())
        .setEpoch(slot.epoch())
        .setNode(slot.node())
        .build();
  }

  /** Reads what is written down about something elsewhere. */
  public static ExternalSlot decode(ExternalState state) {
    return new ExternalSlot(
        state.getName(),
        state.getKind(),
        state.getKey(),
        state.getNonce(),
        state.getEpoch(),
        state.getNode());
  }

  /** Writes what a control answered. */
  public static ControlReply encode(Reply reply) {
    var message = ControlReply.newBuilder().setMessage(reply.message());
    reply.values().forEach((name, text) -> message.addValuesBuilder().setName(name).setText(text));
    return message.build();
  }

  /** Reads what a control answered. */
  public static Reply decode(ControlReply message) {
    Reply reply = Reply.done(message.getMessage());
    for (NamedText value : message.getValuesList()) {
      reply = reply.with(value.getName(), value.getText());
    }
    return reply;
  }

  /** Writes what is to be run. */
  public static LaunchSpec encode(Launch launch) {
    var spec =
        LaunchSpec.newBuilder().addAllCommand(launch.command()).setStopSignal(launch.stopSignal());
    launch
        .environment()
        .forEach(
            (name, value) ->
                spec.addEnvironment(
                    EnvironmentVariable.newBuilder().setName(name).setValue(value)));
    var directory = launch.directory();
    if (directory != null) {
      spec.setDirectory(directory.toString());
    }
    var user = launch.user();
    if (user != null) {
      spec.setUser(user);
    }
    return spec.build();
  }

  /** Reads what is to be run. */
  public static Launch decode(LaunchSpec spec) {
    var environment = new LinkedHashMap<String, String>();
    for (EnvironmentVariable variable : spec.getEnvironmentList()) {
      environment.put(variable.getName(), variable.getValue());
    }
    return new Launch(
        spec.getCommandList(),
        spec.hasDirectory() ? Path.of(spec.getDirectory()) : null,
        environment,
        spec.hasUser() ? spec.getUser() : null,
        spec.getStopSignal());
  }

  /** Writes what became of a command. */
  public static CommandOutcome encode(CommandResult result) {
    return CommandOutcome.newBuilder()
        .setExit(encode(result.exit()))
        .setTimedOut(result.timedOut())
        .setOutput(result.output())
        .setErrors(result.errors())
        .setCut(result.cut())
        .build();
  }

  /** Reads what became of a command. */
  public static CommandResult decode(CommandOutcome outcome) {
    return new CommandResult(
        decode(outcome.getExit()).orElseThrow(() -> empty("CommandOutcome")),
        outcome.getTimedOut(),
        outcome.getOutput(),
        outcome.getErrors(),
        outcome.getCut());
  }

  /** Writes properties' texts. */
  public static List<PropertyText> encode(Map<String, List<String>> properties) {
    var messages = new ArrayList<PropertyText>(properties.size());
    properties.forEach(
        (name, text) ->
            messages.add(PropertyText.newBuilder().setName(name).addAllText(text).build()));
    return messages;
  }

  /** Reads properties' texts; they are not checked here. */
  public static Map<String, List<String>> decode(List<PropertyText> properties) {
    var texts = new LinkedHashMap<String, List<String>>();
    for (PropertyText property : properties) {
      texts.put(property.getName(), List.copyOf(property.getTextList()));
    }
    return texts;
  }

  /** Writes why a resource goes offline. */
  public static dev.holdfast.protocol.wire.OfflineReason encode(OfflineReason reason) {
    return switch (reason) {
      case OPERATOR -> dev.holdfast.protocol.wire.OfflineReason.OPERATOR;
      case FAILED -> dev.holdfast.protocol.wire.OfflineReason.FAILED;
      case DEPENDENCY -> dev.holdfast.protocol.wire.OfflineReason.DEPENDENCY;
      case MOVE -> dev.holdfast.protocol.wire.OfflineReason.MOVE;
      case UPGRADE -> dev.holdfast.protocol.wire.OfflineReason.UPGRADE;
      case SHUTDOWN -> dev.holdfast.protocol.wire.OfflineReason.SHUTDOWN;
    };
  }

  /** Reads why a resource goes offline. */
  public static OfflineReason decode(dev.holdfast.protocol.wire.OfflineReason reason) {
    return switch (reason) {
      case OPERATOR -> OfflineReason.OPERATOR;
      case FAILED -> OfflineReason.FAILED;
      case DEPENDENCY -> OfflineReason.DEPENDENCY;
      case MOVE -> OfflineReason.MOVE;
      case UPGRADE -> OfflineReason.UPGRADE;
      case SHUTDOWN -> OfflineReason.SHUTDOWN;
      case OFFLINE_REASON_NONE, UNRECOGNIZED -> throw empty("OfflineReason");
    };
  }

  /** Writes who must act. */
  public static dev.holdfast.protocol.wire.Responsibility encode(Responsibility responsibility) {
    return switch (responsibility) {
      case USER -> dev.holdfast.protocol.wire.Responsibility.USER;
      case RESOURCE -> dev.holdfast.protocol.wire.Responsibility.RESOURCE;
      case ENVIRONMENT -> dev.holdfast.protocol.wire.Responsibility.ENVIRONMENT;
      case INTERNAL -> dev.holdfast.protocol.wire.Responsibility.INTERNAL;
    };
  }

  /** Reads who must act; what is unknown is nobody's fault but ours. */
  public static Responsibility decode(dev.holdfast.protocol.wire.Responsibility responsibility) {
    return switch (responsibility) {
      case USER -> Responsibility.USER;
      case RESOURCE -> Responsibility.RESOURCE;
      case ENVIRONMENT -> Responsibility.ENVIRONMENT;
      case INTERNAL, RESPONSIBILITY_NONE, UNRECOGNIZED -> Responsibility.INTERNAL;
    };
  }

  /** Writes where trying again makes sense. */
  public static dev.holdfast.protocol.wire.Retry encode(Retry retry) {
    return switch (retry) {
      case HERE -> dev.holdfast.protocol.wire.Retry.HERE;
      case OTHER_NODE -> dev.holdfast.protocol.wire.Retry.OTHER_NODE;
      case NOWHERE -> dev.holdfast.protocol.wire.Retry.NOWHERE;
    };
  }

  /** Reads where trying again makes sense; unless told otherwise, here. */
  public static Retry decode(dev.holdfast.protocol.wire.Retry retry) {
    return switch (retry) {
      case OTHER_NODE -> Retry.OTHER_NODE;
      case NOWHERE -> Retry.NOWHERE;
      case HERE, RETRY_NONE, UNRECOGNIZED -> Retry.HERE;
    };
  }

  private static IllegalArgumentException empty(String message) {
    return new IllegalArgumentException("A message of type " + message + " says nothing.");
  }
}
