package dev.holdfast.service.event;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The death of a monitor, and what was done about it.
 *
 * @param seq 1 for the first of this node, and one more for each
 * @param actions what was done, in order, in words
 * @param timings by name, in milliseconds since the death
 * @param evidence the files beside it
 */
public record Incident(
    long seq,
    IncidentReport report,
    List<String> actions,
    Map<String, Long> timings,
    List<String> evidence) {

  public Incident {
    actions = List.copyOf(actions);
    timings = Collections.unmodifiableMap(new LinkedHashMap<>(timings));
    evidence = List.copyOf(evidence);
  }

  /** The same, with one more thing done. */
  public Incident did(String action) {
    return did(List.of(action));
  }

  /** The same, with more done, in this order. */
  public Incident did(List<String> more) {
    return new Incident(
        seq, report, Stream.concat(actions.stream(), more.stream()).toList(), timings, evidence);
  }

  /** The same, with a time taken. */
  public Incident took(String name, long millis) {
    Map<String, Long> more = new LinkedHashMap<>(timings);
    more.put(name, millis);
    return new Incident(seq, report, actions, more, evidence);
  }
}
