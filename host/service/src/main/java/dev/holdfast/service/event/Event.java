package dev.holdfast.service.event;

import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An event of the log. What it says was fixed when it was written: the message does not change with
 * our texts.
 *
 * @param seq 1 for the first event of this node, and one more for each
 * @param id the number that people know, such as 1146
 * @param time to the millisecond
 * @param parameters in the order of the message
 * @param resource the name that the resource had
 * @param resourceId which resource: a name can be given again
 */
public record Event(
    long seq,
    int id,
    String source,
    EventType type,
    String category,
    Instant time,
    String node,
    String message,
    Map<String, String> parameters,
    @Nullable String resource,
    @Nullable String resourceId,
    @Nullable String cause,
    List<Holder> holders,
    @Nullable String correlation,
    @Nullable Long incident) {

  public Event {
    parameters = Collections.unmodifiableMap(new LinkedHashMap<>(parameters));
    holders = List.copyOf(holders);
  }

  static Event of(long seq, NewEvent event, Instant time, String node) {
    return new Event(
        seq,
        event.id().number(),
        event.id().source(),
        event.id().type(),
        event.id().category(),
        time,
        node,
        event.id().render(event.parameters()),
        event.parameters(),
        event.resource(),
        event.resourceId(),
        event.cause(),
        event.holders(),
        event.correlation(),
        event.incident());
  }

  /** {@code error}, {@code warning} or {@code information}. */
  public String level() {
    return type.level();
  }
}
