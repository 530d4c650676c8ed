package dev.holdfast.cluster;

import dev.holdfast.spi.Exit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What can happen to the cluster. Requests of operators have been checked ({@link Requests}). */
public sealed interface ClusterEvent {
  /** Something happened to one resource. */
  record OfResource(ResourceId resource, ResourceEvent event) implements ClusterEvent {}

  /** Time passed. */
  record Tick() implements ClusterEvent {}

  /** A monitor's process runs. */
  record MonitorStarted(MonitorName monitor, int pid) implements ClusterEvent {}

  /**
   * A monitor is linked and takes calls.
   *
   * @param epoch of that very life of it: it may have died since, and its successor have been
   *     started
   */
  record MonitorReady(MonitorName monitor, long epoch) implements ClusterEvent {}

  /**
   * A monitor's process is gone.
   *
   * @param ownDoing false when a signal from outside ended it, or it was told to leave; true also
   *     when it was ended because it hung
   * @param culprit the resource whose call is suspected; nobody's, where a signal from outside
   *     ended it, or where no call of a resource was in flight
   */
  record MonitorDied(MonitorName monitor, boolean ownDoing, Optional<ResourceId> culprit)
      implements ClusterEvent {
    /** A death for which no resource is to blame. */
    public MonitorDied(MonitorName monitor, boolean ownDoing) {
      this(monitor, ownDoing, Optional.empty());
    }
  }

  /** A monitor is to be replaced in order: it leaves, and another takes over. */
  record MonitorReplaced(MonitorName monitor) implements ClusterEvent {}

  /** One of a resource's processes ended. */
  record ProcessEnded(ResourceId resource, Exit exit) implements ClusterEvent {}

  /** A type was registered, or a version of it. */
  record TypeRegistered(TypeRegistration registration) implements ClusterEvent {}

  /** A type's registration was removed. */
  record TypeUnregistered(String name) implements ClusterEvent {}

  /** Whether a type can be turned into code was looked at. */
  record TypeResolved(String name, Optional<ClusterState.TypeProblem> problem)
      implements ClusterEvent {}

  /** A group was created or changed. */
  record GroupPut(GroupConfig group) implements ClusterEvent {}

  /** An empty group was deleted. */
  record GroupDeleted(GroupId group) implements ClusterEvent {}

  /** A resource was created. */
  record ResourceCreated(ResourceConfig config) implements ClusterEvent {}

  /** A resource that is not active was deleted. */
  record ResourceDeleted(ResourceId resource) implements ClusterEvent {}

  /** A resource's properties were set. */
  record PropertiesSet(
      ResourceId resource, CommonProperties common, Map<String, List<String>> properties)
      implements ClusterEvent {}

  /**
   * A resource is in this group and depends on these. One that is Online and now depends on what is
   * not, goes offline until that is.
   */
  record Placed(ResourceId resource, GroupId group, Set<ResourceId> dependsOn)
      implements ClusterEvent {
    public Placed {
      dependsOn = Set.copyOf(dependsOn);
    }
  }

  /**
   * An operator wants resources Online (and what they depend on), or not any more (and what depends
   * on them).
   */
  record Wanted(List<ResourceId> resources, boolean online) implements ClusterEvent {}

  /** An operator wants a resource offline and online again. */
  record Restart(ResourceId resource) implements ClusterEvent {}

  /** An operator wants the service to take everything offline. */
  record Stop() implements ClusterEvent {}
}
