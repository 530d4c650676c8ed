package dev.holdfast.service.api;

import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Something the cluster service is told to do. Objects are given by name or id.
 *
 * <p>Properties are name → texts, as typed: one text for most kinds, several for a list, an empty
 * list for "back to the default". Names are matched ignoring case.
 */
public sealed interface Command {

  record CreateGroup(String name) implements Command {}

  /** Refused with a conflict while the group has resources. */
  record DeleteGroup(String group) implements Command {}

  record OnlineGroup(String group) implements Command {}

  record OfflineGroup(String group) implements Command {}

  /**
   * Moves the group to another node, and all others with it: a quorum directory has one holder.
   * Refused with a conflict unless that node waits for it.
   */
  record MoveGroup(String group, String node) implements Command {}

  record SetGroup(String group, Map<String, List<String>> properties) implements Command {
    public SetGroup {
      properties = inOrder(properties);
    }
  }

  /**
   * Creates a resource, Offline.
   *
   * @param properties the type's own and the common ones, as in {@link SetResource}
   * @param separateMonitor the resource gets a monitor of its own (SeparateMonitor)
   * @param dependsOn names or ids of resources of the same group
   */
  record CreateResource(
      String name,
      String type,
      String group,
      Map<String, List<String>> properties,
      boolean separateMonitor,
      List<String> dependsOn)
      implements Command {
    public CreateResource {
      properties = inOrder(properties);
      dependsOn = List.copyOf(dependsOn);
    }
  }

  /** Refused with a conflict while it is not Offline or Failed, or others depend on it. */
  record DeleteResource(String resource) implements Command {}

  /** Brings its providers online first. */
  record OnlineResource(String resource) implements Command {}

  /**
   * Has it taken over as it runs, started by somebody else. Refused with a conflict unless the last
   * look said so, and unless its providers are Online.
   */
  record AdoptResource(String resource) implements Command {}

  /** Takes its dependents offline first. */
  record OfflineResource(String resource) implements Command {}

  /** Offline with its dependents, then online with those that were online. */
  record RestartResource(String resource) implements Command {}

  /** MSCS's "initiate failure": the restart policy does the rest. */
  record FailResource(String resource) implements Command {}

  /**
   * Changes properties; all of them or none.
   *
   * @param privateOnly look a name up among the type's own properties only; otherwise among the
   *     common ones, too
   */
  record SetResource(String resource, Map<String, List<String>> properties, boolean privateOnly)
      implements Command {
    public SetResource {
      properties = inOrder(properties);
    }
  }

  /**
   * Asks a resource to do something beside its life: a control that its type declares.
   *
   * @param parameters as typed; checked against the declaration before anything is sent
   */
  record ControlResource(String resource, String control, Map<String, List<String>> parameters)
      implements Command {
    public ControlResource {
      parameters = inOrder(parameters);
    }
  }

  /**
   * Begins to patch a resource that is Offline: its checkpoints are restored, and until the patch
   * ends, what is changed of them is no drift and it does not go online.
   */
  record BeginPatch(String resource) implements Command {}

  /** Ends a patch: what is there now is what the resource goes online with. */
  record CommitPatch(String resource) implements Command {}

  /**
   * Ends a patch: the checkpoints are what they were before. A tool that runs is ended first, with
   * all that it started.
   */
  record AbortPatch(String resource) implements Command {}

  /**
   * Runs a tool in the resource's surroundings, in a patch of its own unless one is open; commits
   * when it succeeds.
   *
   * @param command a program and its arguments; no shell reads it
   */
  record RunPatch(String resource, List<String> command) implements Command {
    public RunPatch {
      command = List.copyOf(command);
    }
  }

  /** Forgets its failures, so that the restart policy counts from nought. */
  record ResetFailures(String resource) implements Command {}

  /** While on, the resource is not polled, and its end is not a failure. */
  record Maintenance(String resource, boolean on) implements Command {}

  /** Registers every type of an archive, or adds a version to those it has. */
  record RegisterType(Path archive) implements Command {}

  /** Registers a member of a family by its name, or what it is by now. */
  record RegisterMember(String name) implements Command {}

  /**
   * Takes a type out of the database.
   *
   * @param force also when resources of the type exist; they stay, with typeStatus NotRegistered
   */
  record UnregisterType(String type, boolean force) implements Command {}

  /** Sends a signal to a monitor: KILL, STOP or SEGV. */
  record KillMonitor(String monitor, MonitorSignal signal) implements Command {}

  /** Replaces a monitor in order; what lives on the node is not touched. */
  record RestartMonitor(String monitor) implements Command {}

  /**
   * Ends the service. The operation's outcome is given before the door closes.
   *
   * @param keep leave applications running for the next start; otherwise all go offline in order
   */
  record StopService(boolean keep) implements Command {}

  /** An immutable copy in the order given: problems are told in that order. */
  private static Map<String, List<String>> inOrder(Map<String, List<String>> properties) {
    return Collections.unmodifiableMap(new LinkedHashMap<>(properties));
  }
}
