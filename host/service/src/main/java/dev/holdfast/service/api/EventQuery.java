package dev.holdfast.service.api;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Which events are wanted; null leaves a condition out.
 *
 * @param level this severe or more so: {@code Critical Error Warning Information}, ignoring case
 * @param limit at most so many, 1 to {@link #MAX_EVENTS}
 */
public record EventQuery(
    @Nullable Instant since,
    @Nullable Integer id,
    @Nullable String resource,
    @Nullable String level,
    int limit) {
  /** One answer holds no more than this. */
  public static final int MAX_EVENTS = 10_000;

  public EventQuery {
    if (limit < 1 || limit > MAX_EVENTS) {
      throw new IllegalArgumentException(
          "limit is " + limit + "; it goes from 1 to " + MAX_EVENTS + ".");
    }
  }

  /** The newest events, of every kind. */
  public static EventQuery newest(int limit) {
    return new EventQuery(null, null, null, null, limit);
  }
}
