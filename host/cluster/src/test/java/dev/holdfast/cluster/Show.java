package dev.holdfast.cluster;

import dev.holdfast.cluster.Phase.After;
import dev.holdfast.spi.Found;
import dev.holdfast.spi.Health;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Values of the decisions as short text, with moments relative to now. */
final class Show {
  private final Instant now;
  private final Function<ResourceId, String> names;

  Show(Instant now, Function<ResourceId, String> names) {
    this.now = now;
    this.names = names;
  }

  String phase(Phase phase) {
    return switch (phase) {
      case Phase.Offline() -> "Offline";
      case Phase.Online(Instant reportBy) -> "Online(report by %s)".formatted(in(reportBy));
      case Phase.Changing changing ->
          "Changing(%s%s, until %s)"
              .formatted(
                  String.join("+", new TreeSet<>(changing.what())),
                  changing.next().isEmpty()
                      ? ""
                      : ", then " + String.join("+", new TreeSet<>(changing.next())),
                  in(changing.until()));
      case Phase.Failed(String why, Optional<Instant> retryAt) ->
          "Failed(%s; %s)".formatted(why, retry(retryAt));
      case Phase.GoingOnline(Instant pendingUntil, Instant limit) ->
          "GoingOnline(until %s, limit %s)".formatted(in(pendingUntil), in(limit));
      case Phase.GoingOffline(var reason, After after, Instant pendingUntil) ->
          "GoingOffline(%s, then %s, until %s)".formatted(reason, after(after), in(pendingUntil));
      case Phase.Terminating(After after, int attempt, Instant until) ->
          "Terminating(#%d, then %s, until %s)".formatted(attempt, after(after), in(until));
      case Phase.Verifying(After after, int attempt, Instant until) ->
          "Verifying(#%d, then %s, until %s)".formatted(attempt, after(after), in(until));
      case Phase.Checking(boolean restart, Instant until) ->
          "Checking(%suntil %s)".formatted(restart ? "restart, " : "", in(until));
      case Phase.Adopting(Instant until) -> "Adopting(until %s)".formatted(in(until));
      case Phase.Settling(Instant askAt, Instant until) ->
          askAt.equals(until)
              ? "Settling(until %s)".formatted(in(until))
              : "Settling(ask %s, until %s)".formatted(in(askAt), in(until));
      case Phase.Closed(Phase.Memory memory, Optional<Instant> retryAt) ->
          "Closed%s{%s}"
              .formatted(retryAt.map(at -> "(retry " + in(at) + ")").orElse(""), phase(memory));
      case Phase.Opening(Phase.Memory memory, Instant until) ->
          "Opening(until %s){%s}".formatted(in(until), phase(memory));
      case Phase.Finding(Phase.Memory memory, int attempt, Instant until) ->
          "Finding(#%d, until %s){%s}".formatted(attempt, in(until), phase(memory));
      case Phase.Asking(Phase.Memory memory, int attempt, Instant askAt) ->
          "Asking(#%d, ask %s){%s}".formatted(attempt, in(askAt), phase(memory));
    };
  }

  private String after(After after) {
    return switch (after) {
      case After.BecomeOffline() -> "Offline";
      case After.BecomeFailed(String why, Optional<Instant> retryAt) ->
          "Failed(%s; %s)".formatted(why, retry(retryAt));
    };
  }

  private String retry(Optional<Instant> retryAt) {
    return retryAt.map(at -> "retry " + in(at)).orElse("no retry");
  }

  String event(ResourceEvent event) {
    return switch (event) {
      case ResourceEvent.FoundIt(Found found) ->
          "FoundIt(" + found.getClass().getSimpleName() + ")";
      case ResourceEvent.Checked(Health health, boolean terminating) ->
          "Checked(%s%s)"
              .formatted(health.getClass().getSimpleName(), terminating ? ", terminating" : "");
      case ResourceEvent.Returned(EntryPoint entryPoint) -> "Returned(" + entryPoint + ")";
      case ResourceEvent.CallFailed(EntryPoint entryPoint, Failure failure) ->
          "CallFailed(%s%s)"
              .formatted(
                  entryPoint,
                  failure.retry() == dev.holdfast.spi.ResourceException.Retry.HERE
                      ? ""
                      : " " + failure.retry());
      case ResourceEvent.ProcessesEnded(Optional<String> standing) ->
          "ProcessesEnded(" + (standing.isPresent() ? "standing" : "gone") + ")";
      case ResourceEvent.Change(var what) ->
          "Change(" + String.join("+", new TreeSet<>(what)) + ")";
      case ResourceEvent.GoOffline(var reason) -> "GoOffline(" + reason + ")";
      default -> event.getClass().getSimpleName();
    };
  }

  /** An action that belongs to a resource or monitor which the reader knows already. */
  String action(Action action) {
    return switch (action) {
      case Action.Open(_, MonitorName monitor, long epoch, _) ->
          "open in %s, epoch %d".formatted(monitor, epoch);
      case Action.Call(_, long epoch, EntryPoint entryPoint, Instant deadline, var reason) ->
          "call %s%s, epoch %d, deadline %s"
              .formatted(
                  entryPoint, reason.map(r -> " (" + r + ")").orElse(""), epoch, in(deadline));
      case Action.Change change ->
          "change %s to %s, epoch %d, deadline %s"
              .formatted(
                  String.join("+", new TreeSet<>(change.what())),
                  new TreeMap<>(change.properties()),
                  change.epoch(),
                  in(change.deadline()));
      case Action.CancelCall _ -> "cancel";
      case Action.EndProcesses _ -> "end its processes";
      case Action.ReleaseExternals _ -> "release what it has elsewhere";
      case Action.StartPolling(_, long epoch) -> "poll, epoch " + epoch;
      case Action.StopPolling _ -> "stop polling";
      case Action.Close(_, MonitorName monitor, _) -> "close in " + monitor;
      case Action.StartMonitor(MonitorName monitor) -> "start " + monitor;
      case Action.StopMonitor(MonitorName monitor) -> "stop " + monitor;
      case Action.KillMonitor(MonitorName monitor, String because) ->
          "kill %s: %s".formatted(monitor, because);
      case Action.Tell(Notice notice) ->
          notice.kind() == Notice.Kind.STATE_CHANGED
              ? "tell %s to %s".formatted(notice.details().get("from"), notice.details().get("to"))
              : "tell %s%s: %s".formatted(notice.kind(), counted(notice.details()), notice.cause());
    };
  }

  /** What is counted of a notice: why a resource failed, which deadline passed. */
  private static String counted(Map<String, String> details) {
    return Stream.of(Notice.REASON, Notice.DEADLINE, Notice.ENTRY_POINT)
        .filter(details::containsKey)
        .map(details::get)
        .collect(
            Collectors.collectingAndThen(
                Collectors.joining(", "), words -> words.isEmpty() ? "" : " (" + words + ")"));
  }

  /** Whose line an action belongs in. */
  String subject(Action action) {
    return switch (action) {
      case Action.Open open -> names.apply(open.resource());
      case Action.Call call -> names.apply(call.resource());
      case Action.Change change -> names.apply(change.resource());
      case Action.CancelCall cancel -> names.apply(cancel.resource());
      case Action.EndProcesses end -> names.apply(end.resource());
      case Action.ReleaseExternals release -> names.apply(release.resource());
      case Action.StartPolling start -> names.apply(start.resource());
      case Action.StopPolling stop -> names.apply(stop.resource());
      case Action.Close close -> names.apply(close.resource());
      case Action.StartMonitor start -> start.monitor().value();
      case Action.StopMonitor stop -> stop.monitor().value();
      case Action.KillMonitor kill -> kill.monitor().value();
      case Action.Tell tell -> tell.notice().resource().map(names).orElse("cluster");
    };
  }

  /** A moment, as the time from now. */
  String in(Instant moment) {
    Duration duration = Duration.between(now, moment);
    return duration.isNegative()
        ? "-" + ResourceMachine.text(duration.negated())
        : duration.isZero() ? "now" : "+" + ResourceMachine.text(duration);
  }
}
