package dev.holdfast.service.api;

import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What is known of the death of a monitor.
 *
 * @param epoch of the life that ended
 * @param calls in flight when it died, from its state block
 * @param culprit the resource whose call did it, where that can be told
 * @param victims resources that were taken over
 * @param actions what was done, in order, in words
 * @param timings by name, in milliseconds since the death; a name ends in {@code Millis}
 */
public record IncidentView(
    long seq,
    Instant time,
    String monitor,
    long pid,
    long epoch,
    MonitorExit exit,
    List<CallInFlight> calls,
    @Nullable String culprit,
    List<String> victims,
    List<String> actions,
    Map<String, Long> timings) {
  public IncidentView {
    calls = List.copyOf(calls);
    victims = List.copyOf(victims);
    actions = List.copyOf(actions);
    timings = Collections.unmodifiableMap(new LinkedHashMap<>(timings));
  }

  /**
   * How the monitor ended.
   *
   * @param signal the signal's number
   * @param reason in words
   */
  public record MonitorExit(@Nullable Integer code, @Nullable Integer signal, String reason) {}

  /**
   * A call into a plugin that had not returned.
   *
   * @param resource null while a plugin was being loaded
   * @param millis since it was entered
   */
  public record CallInFlight(
      @Nullable String resource, @Nullable String plugin, String entryPoint, long millis) {}
}
