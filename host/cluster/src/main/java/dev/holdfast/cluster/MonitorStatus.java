package dev.holdfast.cluster;

import java.time.Instant;
import java.util.Optional;

/**
 * A resource monitor, as the cluster service knows it.
 *
 * @param epoch one more with each process started under this name, for as long as it is needed
 * @param pid of its process, while there is one
 * @param restarts how often it was replaced after a death
 * @param strikes deaths in a row that it brought on itself; a kill from outside is none
 */
public record MonitorStatus(
    MonitorName name,
    Phase phase,
    long epoch,
    Optional<Integer> pid,
    long restarts,
    int strikes,
    Instant since) {

  /** Where a monitor is. */
  public sealed interface Phase {
    /** Nobody asked for it yet, or nobody needs it any more. */
    record Stopped() implements Phase {}

    /** It was started, and is to say ready until then. */
    record Starting(Instant until) implements Phase {}

    /** It is linked and takes calls. */
    record Ready() implements Phase {}

    /** It was told to leave. */
    record Stopping(Instant until) implements Phase {}

    /** It died; another is started at that moment. */
    record Waiting(Instant startAt) implements Phase {}
  }

  MonitorStatus enter(Phase next, Instant now) {
    return new MonitorStatus(name, next, epoch, pid, restarts, strikes, now);
  }

  /** When it has waited long enough. */
  Optional<Instant> due() {
    return switch (phase) {
      case Phase.Starting(Instant until) -> Optional.of(until);
      case Phase.Stopping(Instant until) -> Optional.of(until);
      case Phase.Waiting(Instant startAt) -> Optional.of(startAt);
      case Phase.Stopped() -> Optional.empty();
      case Phase.Ready() -> Optional.empty();
    };
  }

  /** Its state as people see it. */
  public String label() {
    return switch (phase) {
      case Phase.Stopped() -> "Down";
      case Phase.Starting _ -> "Starting";
      case Phase.Ready() -> "Ready";
      case Phase.Stopping _ -> "Stopping";
      case Phase.Waiting _ -> "Down";
    };
  }
}
