package dev.holdfast.service.event;

import com.google.common.collect.ImmutableList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The events there are. The numbers below 2000 are those of MSCS and its successor, where the
 * meaning is the same (their texts are our own words); ours begin at 2000. A number never changes
 * its meaning, and is never given out again.
 *
 * <p>In a message, {@code %1} is the first parameter, as in MSCS.
 */
public enum EventId {
  PROCESS_NOT_CREATED(
      1039,
      EventType.ERROR,
      "Generic Application",
      "The process of cluster resource '%1' could not be created: %2",
      "resource",
      "error"),
  /** MSCS: there is no such service, or it cannot be started at all. */
  SERVICE_NOT_OPENED(
      1040,
      EventType.ERROR,
      "Generic Service",
      "The service of cluster resource '%1' could not be opened: %2",
      "resource",
      "error"),
  SERVICE_NOT_STARTED(
      1041,
      EventType.ERROR,
      "Generic Service",
      "The service of cluster resource '%1' could not be started: %2",
      "resource",
      "error"),
  SERVICE_FAILED(
      1042,
      EventType.ERROR,
      "Generic Service",
      "The service of cluster resource '%1' failed after it was started: %2",
      "resource",
      "error"),
  TYPE_NOT_LOADED(
      1058,
      EventType.ERROR,
      "Resource Monitor",
      "The resource monitor could not load plugin %1 of resource type '%2': %3",
      "plugin",
      "type",
      "error"),
  SERVICE_STARTED(
      1061,
      EventType.INFORMATION,
      "Service",
      "The cluster service (version %2) formed the cluster on node '%1'.",
      "node",
      "version"),
  SERVICE_STOPPED(
      1063,
      EventType.INFORMATION,
      "Service",
      "The cluster service on node '%1' stopped normally.",
      "node"),
  /** The text of Q316772 and Q192493, to the letter; so is the category. */
  CHECKPOINT_NOT_RESTORED(
      1024,
      EventType.ERROR,
      "(64)",
      "The registry checkpoint for cluster resource %1 could not be restored to registry key"
          + " HKEY_LOCAL_MACHINE\\%2. The resource may not function correctly. Make sure that no"
          + " other processes have open handles to registry keys in this registry subtree.",
      "resource",
      "key"),
  ONLINE_FAILED(
      1065,
      EventType.ERROR,
      "Resource",
      "Cluster resource '%1' failed to come online: %2",
      "resource",
      "error"),
  RESOURCE_FAILED(
      1069,
      EventType.ERROR,
      "Failover",
      "Cluster resource '%1' in group '%2' failed.",
      "resource",
      "group"),
  MONITOR_DIED(
      1146,
      EventType.ERROR,
      "Resource Monitor",
      "Resource monitor '%1' (process %2) ended unexpectedly: %3. Calls in flight: %4. Its"
          + " resources are found again by another monitor.",
      "monitor",
      "pid",
      "exit",
      "calls"),
  GROUP_NOT_ONLINE(
      1205,
      EventType.ERROR,
      "Failover",
      "Group '%1' could not be brought completely online.",
      "group"),
  DEADLOCK(
      1230,
      EventType.ERROR,
      "Resource Monitor",
      "A call of resource '%1' of type '%2' exceeded its time limit: %3. Its resource monitor is"
          + " ended and replaced.",
      "resource",
      "type",
      "call"),
  STATE_CHANGED(
      1637,
      EventType.INFORMATION,
      "Failover",
      "Cluster resource '%1' went from state %2 to state %3.",
      "resource",
      "from",
      "to"),

  RESOURCE_ADOPTED(
      2001,
      EventType.INFORMATION,
      "Resource",
      "Cluster resource '%1' was found running and is adopted: %2",
      "resource",
      "evidence"),
  MONITOR_STARTED(
      2002,
      EventType.INFORMATION,
      "Resource Monitor",
      "Resource monitor '%1' was started as process %2.",
      "monitor",
      "pid"),
  TYPE_REGISTERED(
      2003,
      EventType.INFORMATION,
      "Resource Type",
      "Resource type '%1' was registered from plugin %2, version %3.",
      "type",
      "plugin",
      "version"),
  TYPE_UNREGISTERED(
      2004, EventType.INFORMATION, "Resource Type", "Resource type '%1' was unregistered.", "type"),
  TYPE_NOT_RESOLVED(
      2005,
      EventType.ERROR,
      "Resource Type",
      "Resource type '%1' cannot be turned into code (%2): %3",
      "type",
      "status",
      "detail"),
  PROCESS_ENDED(
      2006,
      EventType.INFORMATION,
      "Process",
      "Process %2 of cluster resource '%1' ended: %3",
      "resource",
      "pid",
      "exit"),
  PROCESS_STARTED(
      2007,
      EventType.INFORMATION,
      "Process",
      "Process %2 of cluster resource '%1' was started.",
      "resource",
      "pid"),
  RESTART_SCHEDULED(
      2008,
      EventType.WARNING,
      "Failover",
      "Cluster resource '%1' is restarted: restart %2 of %3 within %4.",
      "resource",
      "restart",
      "threshold",
      "period"),
  UNSUPERVISED(
      2009,
      EventType.WARNING,
      "Resource Monitor",
      "Cluster resource '%1' runs unsupervised: %2",
      "resource",
      "reason"),
  SUPERVISED_AGAIN(
      2010,
      EventType.INFORMATION,
      "Resource Monitor",
      "Cluster resource '%1' is supervised again, by resource monitor '%2'.",
      "resource",
      "monitor"),
  FOREIGN_FOUND(
      2011,
      EventType.ERROR,
      "Resource",
      "Cluster resource '%1' is not started: it runs already, and is held by '%2'.",
      "resource",
      "holder"),
  STATE_UNKNOWN(
      2012,
      EventType.WARNING,
      "Resource",
      "Whether cluster resource '%1' runs is not known, so it is not started: %2",
      "resource",
      "reason"),
  EVENTS_LOST(
      2013, EventType.ERROR, "Event Log", "%1 events could not be written and are lost.", "count"),
  EVENT_LOG_DAMAGED(
      2014,
      EventType.ERROR,
      "Event Log",
      "The event log is damaged and what cannot be read is skipped: %1, line %2: %3",
      "file",
      "line",
      "damage"),
  CHECK_BROKEN(
      2015,
      EventType.WARNING,
      "Resource",
      "A health check of cluster resource '%1' did not come to a result: %2",
      "resource",
      "error"),
  RESOURCE_DEGRADED(
      2016,
      EventType.WARNING,
      "Resource",
      "Cluster resource '%1' is degraded: %2",
      "resource",
      "reason"),
  OFFLINE_FAILED(
      2017,
      EventType.ERROR,
      "Resource",
      "Cluster resource '%1' failed to go offline: %2",
      "resource",
      "error"),
  TERMINATE_FAILED(
      2018,
      EventType.ERROR,
      "Resource",
      "Cluster resource '%1' could not be terminated: %2",
      "resource",
      "error"),
  STANDBY_DIED(
      2019,
      EventType.WARNING,
      "Resource Monitor",
      "The standby resource monitor '%1' (process %2), which held no resource, ended unexpectedly:"
          + " %3",
      "monitor",
      "pid",
      "exit"),
  REGISTRATION_DIED(
      2020,
      EventType.ERROR,
      "Resource Type",
      "The plugin was not registered: the resource monitor '%1' (process %2) that tried it ended:"
          + " %3",
      "monitor",
      "pid",
      "exit"),
  TYPE_RESOLVED_AGAIN(
      2021,
      EventType.INFORMATION,
      "Resource Type",
      "Resource type '%1' can be turned into code again.",
      "type"),
  PROCESS_ADOPTED(
      2022,
      EventType.INFORMATION,
      "Process",
      "Process %2 of cluster resource '%1', started by an earlier cluster service, is taken over.",
      "resource",
      "pid"),
  ENDED_WITHOUT_TYPE(
      2023,
      EventType.WARNING,
      "Resource",
      "The processes of cluster resource '%1' are ended by the cluster service itself: %2",
      "resource",
      "reason"),
  RESOURCE_SEPARATED(
      2024,
      EventType.WARNING,
      "Resource Monitor",
      "Cluster resource '%1' gets a resource monitor of its own (SeparateMonitor is true now): %2",
      "resource",
      "reason"),
  PROCESS_KILLED(
      2025,
      EventType.WARNING,
      "Process",
      "Process %2 of cluster resource '%1': %3.",
      "resource",
      "pid",
      "steps"),
  INCIDENT_LOST(
      2026,
      EventType.ERROR,
      "Resource Monitor",
      "The incident of resource monitor '%1' (process %2) could not be written down: %3. Nothing"
          + " but the events tells of its death.",
      "monitor",
      "pid",
      "reason"),
  REGISTRY_ACCESS_DENIED(
      2027,
      EventType.WARNING,
      "Registry",
      "Access to registry key '%1' (%2) was denied to %3, process %4: %5.",
      "key",
      "resolvedKey",
      "user",
      "pid",
      "reason"),
  REGISTRY_HANDLE_CLOSED(
      2028,
      EventType.WARNING,
      "Registry",
      "Handle %1 to registry key '%2', held by process %3 since %4, was closed by %5.",
      "handle",
      "key",
      "pid",
      "since",
      "user"),
  FILE_CHECKPOINT_NOT_RESTORED(
      2029,
      EventType.ERROR,
      "Checkpoint",
      "The file checkpoint for cluster resource '%1' could not be restored to %2. The resource may"
          + " not function correctly.",
      "resource",
      "path"),
  CHECKPOINT_NOT_SAVED(
      2030,
      EventType.ERROR,
      "Checkpoint",
      "Checkpoint %2 of cluster resource '%1' (%3) could not be saved: %4.",
      "resource",
      "checkpoint",
      "path",
      "reason"),
  CHECKPOINT_NOT_WATCHED(
      2031,
      EventType.ERROR,
      "Checkpoint",
      "Changes to checkpoint %2 of cluster resource '%1' (%3) cannot be seen as they are made, and"
          + " are saved when it goes offline: %4.",
      "resource",
      "checkpoint",
      "path",
      "reason"),
  CHECKPOINT_SAVED(
      2032,
      EventType.INFORMATION,
      "Checkpoint",
      "Generation %4 of checkpoint %2 of cluster resource '%1' (%3) was saved: %5.",
      "resource",
      "checkpoint",
      "path",
      "generation",
      "why"),
  CHECKPOINT_DRIFT(
      2033,
      EventType.WARNING,
      "Checkpoint",
      "Checkpoint %2 of cluster resource '%1' (%3) was edited while the resource was offline: %4."
          + " The edit is %5.",
      "resource",
      "checkpoint",
      "path",
      "differences",
      "outcome"),
  CHECKPOINT_DAMAGED(
      2034,
      EventType.ERROR,
      "Checkpoint",
      "Generation %4 of checkpoint %2 of cluster resource '%1' (%3) cannot be read back (%5); %6.",
      "resource",
      "checkpoint",
      "path",
      "generation",
      "condition",
      "instead"),
  CHECKPOINT_RESTORED(
      2035,
      EventType.INFORMATION,
      "Checkpoint",
      "Checkpoint %2 of cluster resource '%1' (%3) was restored: generation %4.",
      "resource",
      "checkpoint",
      "path",
      "generation"),
  CHECKPOINT_SUSPECTED(
      2036,
      EventType.WARNING,
      "Checkpoint",
      "Cluster resource '%1' failed %5 after generation %4 of checkpoint %2 (%3) was saved, which"
          + " changed: %6.",
      "resource",
      "checkpoint",
      "path",
      "generation",
      "after",
      "differences"),
  CHECKPOINT_ROLLED_BACK(
      2037,
      EventType.WARNING,
      "Checkpoint",
      "Checkpoint %2 of cluster resource '%1' (%3) was rolled back: the resource failed again with"
          + " generation %4, which had changed: %5. It is kept; generation %6 is restored now.",
      "resource",
      "checkpoint",
      "path",
      "generation",
      "differences",
      "restored"),
  PATCH_BEGUN(
      2040,
      EventType.INFORMATION,
      "Checkpoint",
      "A patch of cluster resource '%1' was begun; it does not go online until that is committed or"
          + " aborted. Edits made before it: %2.",
      "resource",
      "edits"),
  PATCH_COMMITTED(
      2041,
      EventType.INFORMATION,
      "Checkpoint",
      "The patch of cluster resource '%1' was committed: %2.",
      "resource",
      "generations"),
  PATCH_INCOMPLETE(
      2042,
      EventType.ERROR,
      "Checkpoint",
      "The patch of cluster resource '%1' is incomplete: its tool (%2) ended with %3. What it"
          + " changed and what was before are both kept; the resource does not go online until the"
          + " patch is committed or aborted, or a tool succeeds.",
      "resource",
      "tool",
      "exit"),
  PATCH_ABORTED(
      2043,
      EventType.WARNING,
      "Checkpoint",
      "The patch of cluster resource '%1' was aborted: its checkpoints are what they were before"
          + " it. Files outside of them are as the patch left them. What was changed: %2.",
      "resource",
      "kept"),
  CHECKPOINT_LEFT_THERE(
      2050,
      EventType.WARNING,
      "Checkpoint",
      "Checkpoint %2 of cluster resource '%1' (%3) was in use on node '%4' when that node ended."
          + " What was changed there last may not have been saved; generation %5 counts.",
      "resource",
      "checkpoint",
      "path",
      "from",
      "generation"),
  PROCESS_OF_OTHER_NODE(
      2051,
      EventType.WARNING,
      "Failover",
      "Process %2 of cluster resource '%1', started by node '%3', is ended before the resource goes"
          + " online here.",
      "resource",
      "pid",
      "from"),
  NODE_TOOK_OVER(
      2052,
      EventType.WARNING,
      "Failover",
      "Node '%1' took the quorum over from node '%2', and all groups with it.",
      "node",
      "from"),
  HIVE_SNAPSHOT_SPOILT(
      2060,
      EventType.WARNING,
      "Registry",
      "A snapshot of the hive %1 was spoilt on the disk. Nothing is lost: %2. The next compaction"
          + " makes a new one; if this comes again, look at the disk.",
      "hive",
      "found"),
  RESOURCE_CONTROLLED(
      2061,
      EventType.INFORMATION,
      "Resource",
      "Control %2 of cluster resource '%1' was asked for by %3: %4.",
      "resource",
      "control",
      "user",
      "outcome"),
  TAKING_OVER(
      2062,
      EventType.WARNING,
      "Failover",
      "What cluster resource '%1' has elsewhere is %2, which lost it; it is taken over by a higher"
          + " epoch.",
      "resource",
      "held"),
  PROPERTIES_CHANGED(
      2063,
      EventType.INFORMATION,
      "Resource",
      "Properties of cluster resource '%1' were put in effect while it is online: %2.",
      "resource",
      "properties"),
  PROPERTIES_NOT_CHANGED(
      2064,
      EventType.WARNING,
      "Resource",
      "Properties of cluster resource '%1' (%2) could not be put in effect while it is online, and"
          + " wait for its next online: %3",
      "resource",
      "properties",
      "reason"),
  QUORUM_BACKED_UP(
      2070,
      EventType.INFORMATION,
      "Quorum",
      "A backup of the quorum at revision %1 was written to %2, read back and found good: %3.",
      "revision",
      "file",
      "content"),
  QUORUM_NOT_BACKED_UP(
      2071, EventType.ERROR, "Quorum", "A backup of the quorum failed: %1.", "reason"),
  QUORUM_RESTORED(
      2072,
      EventType.WARNING,
      "Quorum",
      "The cluster service runs on a quorum that was restored at %1 from %2, a backup of %3"
          + " (revision %4). What was changed after that is not in it. Applications that were found"
          + " running: %5.",
      "restored",
      "file",
      "taken",
      "revision",
      "found"),
  PROCESS_WITHOUT_RESOURCE(
      2073,
      EventType.WARNING,
      "Quorum",
      "Process %1 was started for cluster resource %2, which the restored quorum does not have. It"
          + " is left alone; nobody supervises it.",
      "pid",
      "resourceId"),
  TAKEN_AS_IT_RAN(
      2080,
      EventType.WARNING,
      "Resource",
      "Cluster resource '%1' was taken over as it ran, started by somebody else: an operator asked"
          + " for it.",
      "resource");

  /** The source of the events that MSCS had, and of ours. */
  private static final String MSCS_SOURCE = "ClusSvc";

  private static final String OWN_SOURCE = "Holdfast";
  private static final int FIRST_OWN = 2000;

  private final int number;
  private final EventType type;
  private final String category;
  private final String template;
  private final ImmutableList<String> parameters;

  EventId(int number, EventType type, String category, String template, String... parameters) {
    this.number = number;
    this.type = type;
    this.category = category;
    this.template = template;
    this.parameters = ImmutableList.copyOf(parameters);
  }

  /** The number that people know it by. */
  public int number() {
    return number;
  }

  public EventType type() {
    return type;
  }

  public String category() {
    return category;
  }

  /** Who writes it: {@code ClusSvc} for the numbers of MSCS. */
  public String source() {
    return number < FIRST_OWN ? MSCS_SOURCE : OWN_SOURCE;
  }

  /** Its text, with {@code %1} for the first parameter. */
  public String template() {
    return template;
  }

  /** The names of its parameters, in their order. */
  public List<String> parameters() {
    return parameters;
  }

  /** The event of a number. */
  public static Optional<EventId> find(int number) {
    return Arrays.stream(values()).filter(id -> id.number == number).findFirst();
  }

  /**
   * An event to be written, its parameters in their order.
   *
   * @throws IllegalArgumentException when they are not as many as the event has
   */
  public NewEvent of(Object... values) {
    if (values.length != parameters.size()) {
      throw new IllegalArgumentException(
          "Event %d takes the parameters %s, not %d values"
              .formatted(number, parameters, values.length));
    }
    Map<String, String> named = new LinkedHashMap<>();
    for (int i = 0; i < values.length; i++) {
      named.put(parameters.get(i), NewEvent.bounded(String.valueOf(values[i])));
    }
    return new NewEvent(this, named, null, null, null, List.of(), null, null);
  }

  /** The text with these parameters in it. */
  String render(Map<String, String> values) {
    StringBuilder text = new StringBuilder();
    int from = 0;
    for (int at = template.indexOf('%'); at >= 0; at = template.indexOf('%', from)) {
      int index = Character.digit(template.charAt(at + 1), 10) - 1;
      text.append(template, from, at).append(values.get(parameters.get(index)));
      from = at + 2;
    }
    return text.append(template, from, template.length()).toString();
  }
}
