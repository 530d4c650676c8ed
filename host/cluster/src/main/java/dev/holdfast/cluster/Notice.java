package dev.holdfast.cluster;

import java.util.Map;
import java.util.Optional;

/**
 * Something that people should be told: becomes an event.
 *
 * @param kind what
 * @param resource which resource, if one
 * @param group which group, if one
 * @param monitor which monitor, if one
 * @param cause why, as a sentence; may be empty
 * @param details more, by name
 */
public record Notice(
    Kind kind,
    Optional<ResourceId> resource,
    Optional<GroupId> group,
    Optional<MonitorName> monitor,
    String cause,
    Map<String, String> details) {
  /** The detail of RESOURCE_FAILED: a {@link FailureReason}. */
  public static final String REASON = "reason";

  /** Beside {@link #REASON}, when a call failed: the code of its {@link Failure}. */
  public static final String CODE = "code";

  /** A detail of what comes from a call that took too long: a {@link Deadline}. */
  public static final String DEADLINE = "deadline";

  /** Beside {@link #DEADLINE}: the name of the {@link EntryPoint} that took too long. */
  public static final String ENTRY_POINT = "entryPoint";

  /** A detail of CHANGED and CHANGE_FAILED: the names of the properties, with commas. */
  public static final String PROPERTIES = "properties";

  /** What can be told. */
  public enum Kind {
    STATE_CHANGED,
    RESOURCE_FAILED,
    ONLINE_FAILED,
    OFFLINE_FAILED,
    GROUP_NOT_ONLINE,
    DEADLOCK,
    RESTART_SCHEDULED,
    ADOPTED,
    UNSUPERVISED,
    FOREIGN_FOUND,
    TAKING_OVER,
    TAKEN_AS_IT_RAN,
    STATE_UNKNOWN,
    CHECK_BROKEN,
    DEGRADED,
    CHANGED,
    CHANGE_FAILED,
    TERMINATE_FAILED,
    ENDED_WITHOUT_TYPE,
    SEPARATED
  }

  static Notice of(Kind kind, ClusterResource resource, String cause) {
    return of(kind, resource, cause, Map.of());
  }

  static Notice of(Kind kind, ClusterResource resource, String cause, Map<String, String> details) {
    return new Notice(
        kind,
        Optional.of(resource.config().id()),
        Optional.of(resource.config().group()),
        Optional.of(resource.openIn().orElse(resource.config().monitor())),
        cause,
        details);
  }
}
