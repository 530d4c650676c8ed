package dev.holdfast.service.cluster;

import dev.holdfast.cluster.ClusterResource;
import dev.holdfast.cluster.MonitorName;
import dev.holdfast.protocol.Failures;
import dev.holdfast.protocol.SpiCodec;
import dev.holdfast.protocol.wire.EntryPoint;
import dev.holdfast.protocol.wire.Progress;
import dev.holdfast.protocol.wire.Returned;
import dev.holdfast.protocol.wire.ToMonitor;
import dev.holdfast.service.supervision.Monitors;
import dev.holdfast.spi.Control;
import dev.holdfast.spi.Reply;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * Controls that are under way. They are calls like all others for a plugin, one at a time in a
 * resource; but nothing is decided from them, so the decisions do not know them: a control that
 * waits behind an online, or is cut short by the next life of its resource, changes no state.
 *
 * <p>None is repeated: when a monitor dies, whoever asked is told that it may have been done.
 * Thread-safe.
 */
public final class Controls {
  /** So many may wait in one resource. */
  static final int WAITING_MAX = 16;

  private final Monitors monitors;
  private final CallFrames frames;
  private final LongSupplier callNumbers;
  private final Chronicle chronicle;
  private final Map<Long, Asked> underWay = new ConcurrentHashMap<>();

  private record Asked(
      MonitorName monitor,
      String resource,
      String label,
      Consumer<String> progress,
      CompletableFuture<Reply> reply) {}

  Controls(Monitors monitors, CallFrames frames, LongSupplier callNumbers, Chronicle chronicle) {
    this.monitors = monitors;
    this.frames = frames;
    this.callNumbers = callNumbers;
    this.chronicle = chronicle;
  }

  /**
   * Asks a resource.
   *
   * @param parameters checked
   * @param user who asks
   * @param progress what the plugin says meanwhile
   * @return fails with a {@link ControlException}
   */
  public CompletableFuture<Reply> send(
      ClusterResource resource,
      Control control,
      Map<String, List<String>> parameters,
      String user,
      Consumer<String> progress) {
    CompletableFuture<Reply> reply = send(resource, control, parameters, progress);
    if (!control.isReadOnly()) {
      var _ =
          reply.whenComplete(
              (done, failure) ->
                  chronicle.controlled(
                      resource,
                      control.name(),
                      user,
                      failure == null ? "done" : String.valueOf(failure.getMessage())));
    }
    return reply;
  }

  private CompletableFuture<Reply> send(
      ClusterResource resource,
      Control control,
      Map<String, List<String>> parameters,
      Consumer<String> progress) {
    String id = resource.id().toString();
    String label = "%s of %s".formatted(control.name(), resource.config().name());
    Optional<MonitorName> monitor = resource.openIn();
    long waiting = underWay.values().stream().filter(each -> each.resource().equals(id)).count();
    if (waiting >= WAITING_MAX) {
      return failed(
          ControlException.notDone(
              "Busy",
              "%s was not asked for: %d controls of it are under way or wait already."
                  .formatted(label, waiting)));
    }
    if (monitor.isEmpty()) {
      return failed(notSent(label));
    }
    long call = callNumbers.getAsLong();
    var asked = new Asked(monitor.get(), id, label, progress, new CompletableFuture<>());
    var frame =
        frames
            .call(resource, call, resource.epoch(), EntryPoint.CONTROL, control.limit())
            .setControl(control.name())
            .addAllParameters(SpiCodec.encode(parameters));
    underWay.put(call, asked);
    if (!monitors.send(monitor.get(), ToMonitor.newBuilder().setCallResource(frame).build())) {
      underWay.remove(call);
      return failed(notSent(label));
    }
    return asked.reply();
  }

  private static ControlException notSent(String label) {
    return ControlException.notDone(
        "NotSupervised", label + " was not asked for: no monitor holds the resource now.");
  }

  private static CompletableFuture<Reply> failed(ControlException why) {
    return CompletableFuture.failedFuture(why);
  }

  /** A monitor answers; false when nobody waits for it. */
  boolean answered(Returned answer) {
    Asked asked = underWay.remove(answer.getCall());
    if (asked == null) {
      return false;
    }
    if (answer.hasReply()) {
      asked.reply().complete(SpiCodec.decode(answer.getReply()));
    } else {
      asked.reply().completeExceptionally(failure(asked, answer.getFailure()));
    }
    return true;
  }

  private static ControlException failure(Asked asked, dev.holdfast.protocol.wire.Failure failure) {
    boolean refused = failure.getCode().equals(Failures.INVALID_PARAMETERS);
    return refused
        ? ControlException.refused(failure.getCode(), failure.getMessage())
        : ControlException.failed(
            failure.getCode(), "%s failed: %s".formatted(asked.label(), failure.getMessage()));
  }

  /** A plugin says how far it is; false when it is not about a control. */
  boolean progressed(Progress progress) {
    Asked asked = underWay.get(progress.getCall());
    if (asked == null) {
      return false;
    }
    asked.progress().accept(progress.getWhat());
    return true;
  }

  /** Nobody answers any more from there. */
  void died(MonitorName monitor, String reason) {
    underWay
        .entrySet()
        .removeIf(
            entry -> {
              Asked asked = entry.getValue();
              if (!asked.monitor().equals(monitor)) {
                return false;
              }
              asked
                  .reply()
                  .completeExceptionally(
                      ControlException.unknown(
                          "The monitor %s died while %s was under way (%s). It may have been done, in part or as a whole; look before you ask again."
                              .formatted(monitor, asked.label(), reason)));
              return true;
            });
  }
}
