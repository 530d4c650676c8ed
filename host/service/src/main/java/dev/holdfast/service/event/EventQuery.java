package dev.holdfast.service.event;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Which events are wanted; null leaves a condition out.
 *
 * @param since at this time or later. The log is read backwards until it is older than that, so
 *     what was written before a clock was set back can be missed
 * @param id of this number
 * @param resource about the resources that had this name, or the one of this id; ignoring case
 * @param atLeast of this type or more severe
 * @param limit the newest so many
 */
public record EventQuery(
    @Nullable Instant since,
    @Nullable Integer id,
    @Nullable String resource,
    @Nullable EventType atLeast,
    int limit) {

  public EventQuery {
    if (limit < 1) {
      throw new IllegalArgumentException("At least one event is asked for, not " + limit);
    }
  }

  /** The newest so many, of every kind. */
  public static EventQuery newest(int limit) {
    return new EventQuery(null, null, null, null, limit);
  }

  /** Whether an event is wanted; the limit is not looked at. */
  public boolean matches(Event event) {
    return (since == null || !event.time().isBefore(since))
        && (id == null || event.id() == id)
        && (resource == null
            || resource.equalsIgnoreCase(event.resource())
            || resource.equalsIgnoreCase(event.resourceId()))
        && (atLeast == null || event.type().isAtLeast(atLeast));
  }
}
