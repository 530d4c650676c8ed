package dev.holdfast.service.event;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An event to be written: made by {@link EventId#of}, completed by the methods here, given to
 * {@link EventLog#append}.
 *
 * @param parameters in the order of the message
 * @param resource the name of the resource it is about
 * @param resourceId its id: a name can be given again
 * @param cause why, in a word or a sentence
 * @param holders who stood in the way
 * @param correlation what happened together has the same
 * @param incident the incident it belongs to
 */
public record NewEvent(
    EventId id,
    Map<String, String> parameters,
    @Nullable String resource,
    @Nullable String resourceId,
    @Nullable String cause,
    List<Holder> holders,
    @Nullable String correlation,
    @Nullable Long incident) {

  /** What is longer is cut, and says so: an event is one line, not a log. */
  public static final int TEXT_LIMIT_CHARS = 8192;

  private static final String CUT = "… (cut)";

  public NewEvent {
    parameters = Collections.unmodifiableMap(new LinkedHashMap<>(parameters));
    holders = List.copyOf(holders);
  }

  /** The same, about a resource. */
  public NewEvent about(String resourceName, String itsId) {
    return new NewEvent(id, parameters, resourceName, itsId, cause, holders, correlation, incident);
  }

  /** The same, with one parameter more than the message has. */
  public NewEvent with(String name, Object value) {
    Map<String, String> more = new LinkedHashMap<>(parameters);
    more.put(name, bounded(String.valueOf(value)));
    return new NewEvent(id, more, resource, resourceId, cause, holders, correlation, incident);
  }

  /** The same, with the reason. */
  public NewEvent because(String reason) {
    return new NewEvent(
        id, parameters, resource, resourceId, bounded(reason), holders, correlation, incident);
  }

  /** The same, with those who stood in the way. */
  public NewEvent heldBy(List<Holder> those) {
    return new NewEvent(id, parameters, resource, resourceId, cause, those, correlation, incident);
  }

  /** The same, as part of something greater. */
  public NewEvent correlated(String with) {
    return new NewEvent(id, parameters, resource, resourceId, cause, holders, with, incident);
  }

  /** The same, as part of an incident. */
  public NewEvent ofIncident(long seq) {
    return new NewEvent(id, parameters, resource, resourceId, cause, holders, correlation, seq);
  }

  static String bounded(String text) {
    return text.length() <= TEXT_LIMIT_CHARS ? text : text.substring(0, TEXT_LIMIT_CHARS) + CUT;
  }
}
