package dev.holdfast.service.event;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a monitor's death when it is written down.
 *
 * @param monitor its name
 * @param epoch which of its lives ended
 * @param calls in flight, from its state block
 * @param culprit the resource whose call did it, where that can be told
 * @param victims the resources that are taken over
 */
public record IncidentReport(
    Instant time,
    String monitor,
    long pid,
    long epoch,
    Exit exit,
    List<Call> calls,
    @Nullable String culprit,
    List<String> victims) {

  public IncidentReport {
    calls = List.copyOf(calls);
    victims = List.copyOf(victims);
  }

  /**
   * How it ended.
   *
   * @param signal the signal's number
   * @param reason in words
   */
  public record Exit(@Nullable Integer code, @Nullable Integer signal, String reason) {}

  /**
   * A call that had not returned.
   *
   * @param resource null while a plugin was being loaded
   * @param millis since it was entered
   */
  public record Call(
      @Nullable String resource, @Nullable String plugin, String entryPoint, long millis) {}
}
