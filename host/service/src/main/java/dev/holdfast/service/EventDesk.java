package dev.holdfast.service;

import dev.holdfast.service.api.ApiException;
import dev.holdfast.service.api.BlockingFeed;
import dev.holdfast.service.api.EventQuery;
import dev.holdfast.service.api.EventView;
import dev.holdfast.service.api.FailureView;
import dev.holdfast.service.api.Feed;
import dev.holdfast.service.api.IncidentView;
import dev.holdfast.service.chronicle.EventViews;
import dev.holdfast.service.event.Event;
import dev.holdfast.service.event.EventId;
import dev.holdfast.service.event.EventLog;
import dev.holdfast.service.event.EventSubscription;
import dev.holdfast.service.event.EventType;
import dev.holdfast.service.event.Incidents;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Answers what is asked of this node's events and incidents. Thread-safe. */
final class EventDesk {
  /** So many failures are shown. */
  static final int FAILURES_SHOWN = 5;

  /** Failures of the last day are shown. */
  static final Duration FAILURES_SINCE = Duration.ofHours(24);

  private static final Set<Integer> FAILURES =
      Set.of(
          EventId.RESOURCE_FAILED.number(),
          EventId.MONITOR_DIED.number(),
          EventId.DEADLOCK.number(),
          EventId.CHECKPOINT_NOT_SAVED.number(),
          EventId.TYPE_NOT_RESOLVED.number());

  private final EventLog events;
  private final Incidents incidents;
  private final InstantSource clock;

  EventDesk(EventLog events, Incidents incidents, InstantSource clock) {
    this.events = events;
    this.incidents = incidents;
    this.clock = clock;
  }

  long newestSeq() {
    return events.newestSeq();
  }

  List<FailureView> failures() {
    List<FailureView> all =
        events
            .query(
                new dev.holdfast.service.event.EventQuery(
                    clock.instant().minus(FAILURES_SINCE), null, null, EventType.ERROR, 100))
            .stream()
            .filter(event -> FAILURES.contains(event.id()))
            .map(EventDesk::failure)
            .toList();
    return all.subList(Math.max(0, all.size() - FAILURES_SHOWN), all.size());
  }

  private static FailureView failure(Event event) {
    return new FailureView(
        event.time(),
        event.resource(),
        event.id(),
        event.seq(),
        event.resource() != null && event.cause() != null ? event.cause() : event.message());
  }

  List<EventView> events(EventQuery query) {
    return events.query(query(query)).stream().map(EventViews::of).toList();
  }

  private static dev.holdfast.service.event.EventQuery query(EventQuery query) {
    return new dev.holdfast.service.event.EventQuery(
        query.since(), query.id(), query.resource(), leastSevere(query.level()), query.limit());
  }

  private static @Nullable EventType leastSevere(@Nullable String level) {
    if (level == null) {
      return null;
    }
    // WSFC's Critical is an Error in MSCS, and here.
    return EventType.find(level.equalsIgnoreCase("critical") ? "error" : level)
        .orElseThrow(
            () ->
                new ApiException.Usage(
                    "BadLevel", "A level is error, warning or information, not " + level + "."));
  }

  EventView event(long seq) {
    long newest = events.newestSeq();
    // Gapless: counted from the newest one back, an event's place is known.
    return (seq < 1 || seq > newest ? List.<Event>of() : newest(newest - seq + 1))
        .stream()
            .filter(event -> event.seq() == seq)
            .findFirst()
            .map(EventViews::of)
            .orElseThrow(
                () ->
                    new ApiException.NotFound(
                        "EventNotFound",
                        Long.toString(seq),
                        "There is no event %d; the newest is %d.".formatted(seq, newest)));
  }

  private List<Event> newest(long count) {
    return events.query(
        dev.holdfast.service.event.EventQuery.newest((int) Math.min(count, Integer.MAX_VALUE)));
  }

  Feed<EventView> follow(EventQuery query, long afterSeq) {
    var feed = new BlockingFeed<EventView>();
    var wanted = query(query);
    EventSubscription subscription =
        events.follow(
            afterSeq + 1,
            event -> {
              if (wanted.matches(event) && !feed.add(EventViews.of(event))) {
                feed.close();
              }
            });
    feed.releasing(subscription::close);
    return feed;
  }

  List<IncidentView> incidents() {
    try {
      return incidents.list().stream().map(EventViews::of).toList();
    } catch (IOException e) {
      throw unreadable("The incidents cannot be read", e);
    }
  }

  IncidentView incident(long seq) {
    try {
      return incidents
          .find(seq)
          .map(EventViews::of)
          .orElseThrow(
              () ->
                  new ApiException.NotFound(
                      "IncidentNotFound", Long.toString(seq), "There is no incident " + seq + "."));
    } catch (IOException e) {
      throw unreadable("The incident " + seq + " cannot be read", e);
    }
  }

  private static ApiException unreadable(String what, IOException e) {
    return new ApiException.Failed("Unreadable", null, what + ": " + e.getMessage() + ".", e);
  }
}
