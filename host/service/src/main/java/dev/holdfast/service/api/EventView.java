package dev.holdfast.service.api;

import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An event of the event log.
 *
 * @param seq grows by one with every event of this node
 * @param id the number people know, such as 1146
 * @param type {@code Error Warning Information}, as MSCS has it
 * @param level {@code Critical Error Warning Information}, as WSFC has it
 * @param parameters in the order of the message
 * @param cause why, where it is known
 * @param holders processes that stand in the way
 * @param correlation what happened together has the same
 * @param incident seq of the incident it belongs to
 */
public record EventView(
    long seq,
    int id,
    String source,
    String type,
    String level,
    String category,
    Instant time,
    String node,
    String message,
    Map<String, String> parameters,
    @Nullable String resource,
    @Nullable String cause,
    List<Holder> holders,
    @Nullable String correlation,
    @Nullable Long incident) {
  public EventView {
    parameters = Collections.unmodifiableMap(new LinkedHashMap<>(parameters));
    holders = List.copyOf(holders);
  }

  /** A process that holds a key open. */
  public record Holder(
      String process, long pid, String key, String resolvedKey, @Nullable Instant since) {}
}
