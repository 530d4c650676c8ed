package dev.holdfast.cluster;

import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSortedMap;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * All that is known: immutable, so that whoever reads it sees one moment.
 *
 * @param types by name in lower case
 * @param typeProblems types that cannot be turned into code now, by name in lower case
 */
public record ClusterState(
    Mode mode,
    ImmutableMap<GroupId, GroupConfig> groups,
    ImmutableSortedMap<String, TypeRegistration> types,
    ImmutableMap<String, TypeProblem> typeProblems,
    ImmutableMap<ResourceId, ClusterResource> resources,
    ImmutableSortedMap<MonitorName, MonitorStatus> monitors) {

  /** What the cluster service is about. */
  public enum Mode {
    /** Bringing everything to what is wanted of it. */
    RUNNING,
    /** Taking everything offline, in order; what is wanted stays as it is for the next start. */
    STOPPING
  }

  /** Why a type cannot be turned into code. */
  public record TypeProblem(TypeStatus status, String detail) {}

  /** Nothing at all. */
  public static ClusterState empty() {
    return new ClusterState(
        Mode.RUNNING,
        ImmutableMap.of(),
        ImmutableSortedMap.of(),
        ImmutableMap.of(),
        ImmutableMap.of(),
        ImmutableSortedMap.of());
  }

  /**
   * Whether a step led from one state to the other that touched no resource: most ticks do not, and
   * then nobody needs to look through all of them.
   */
  @SuppressWarnings("ReferenceEquality") // Such a step keeps the very map.
  public boolean hasResourcesOf(ClusterState other) {
    return resources == other.resources;
  }

  /**
   * The resources that are not what they were, in the order in which they are shown; those that are
   * gone are not among them.
   *
   * <p>A step puts resources in the places they had. So both are gone through side by side, and
   * most are the very same: that of a thousand is looked at by everybody who hears of a step.
   */
  @SuppressWarnings("ReferenceEquality") // Only spares the comparison.
  public List<ClusterResource> changedSince(ClusterState before) {
    if (hasResourcesOf(before)) {
      return List.of();
    }
    List<ClusterResource> changed = new ArrayList<>();
    Iterator<ClusterResource> olds = before.resources.values().iterator();
    for (ClusterResource resource : resources.values()) {
      @Nullable ClusterResource old = olds.hasNext() ? olds.next() : null;
      if (old == resource) {
        continue;
      }
      if (old == null || !old.id().equals(resource.id())) {
        old = before.resources.get(resource.id());
      }
      if (!resource.equals(old)) {
        changed.add(resource);
      }
    }
    return changed;
  }

  /** The resources that are there no more. */
  public List<ResourceId> goneSince(ClusterState before) {
    if (hasResourcesOf(before)) {
      return List.of();
    }
    List<ResourceId> gone = new ArrayList<>();
    Iterator<ResourceId> ids = resources.keySet().iterator();
    for (ResourceId old : before.resources.keySet()) {
      boolean inPlace = ids.hasNext() && ids.next().equals(old);
      if (!inPlace && !resources.containsKey(old)) {
        gone.add(old);
      }
    }
    return gone;
  }

  /** The resource of that name (ignoring case) or id. */
  public Optional<ClusterResource> findResource(String nameOrId) {
    return resources.values().stream()
        .filter(
            resource ->
                resource.config().name().equalsIgnoreCase(nameOrId)
                    || resource.id().toString().equalsIgnoreCase(nameOrId))
        .findFirst();
  }

  /** The group of that name (ignoring case) or id. */
  public Optional<GroupConfig> findGroup(String nameOrId) {
    return groups.values().stream()
        .filter(
            group ->
                group.name().equalsIgnoreCase(nameOrId)
                    || group.id().toString().equalsIgnoreCase(nameOrId))
        .findFirst();
  }

  /** The registration of that name, ignoring case. */
  public Optional<TypeRegistration> findType(String name) {
    return Optional.ofNullable(types.get(key(name)));
  }

  /** Whether the type of that name can be turned into code. */
  public TypeStatus typeStatus(String name) {
    if (!types.containsKey(key(name))) {
      return TypeStatus.NOT_REGISTERED;
    }
    TypeProblem problem = typeProblems.get(key(name));
    return problem == null ? TypeStatus.REGISTERED : problem.status();
  }

  /** A group's resources, in the order in which they were created. */
  public List<ClusterResource> resourcesOf(GroupId group) {
    return resources.values().stream()
        .filter(resource -> resource.config().group().equals(group))
        .toList();
  }

  /** The resources that a monitor holds or is to hold. */
  public List<ClusterResource> resourcesIn(MonitorName monitor) {
    return resources.values().stream()
        .filter(resource -> resource.openIn().orElse(resource.config().monitor()).equals(monitor))
        .toList();
  }

  /** A group's state, derived. */
  public GroupState groupState(GroupId group) {
    return GroupState.of(resourcesOf(group).stream().map(ClusterResource::state).toList());
  }

  /** Whether nothing runs any more, as far as anybody knows. */
  public boolean isQuiet() {
    return resources.values().stream().noneMatch(ClusterResource::isActive);
  }

  /**
   * When something is due next, after a moment. What was due before and is due still waits for
   * something else than time.
   */
  public Optional<Instant> nextDue(Instant after) {
    @Nullable Instant next = null;
    for (ClusterResource resource : resources.values()) {
      next = earlier(next, resource.phase().due(), after);
      if (mode == Mode.STOPPING) {
        next = earlier(next, resource.givenUpAt(), after);
      }
    }
    for (MonitorStatus monitor : monitors.values()) {
      next = earlier(next, monitor.due(), after);
    }
    return Optional.ofNullable(next);
  }

  private static @Nullable Instant earlier(
      @Nullable Instant than, Optional<Instant> due, Instant after) {
    return due.isPresent() && due.get().isAfter(after) && (than == null || due.get().isBefore(than))
        ? due.get()
        : than;
  }

  /** How a type's name is looked up. */
  static String key(String name) {
    return name.toLowerCase(Locale.ROOT);
  }

  /** The state as it was read back from the cluster database. */
  public static ClusterState remembered(
      Collection<GroupConfig> groups,
      Collection<TypeRegistration> types,
      Collection<ClusterResource> resources) {
    var groupsById = ImmutableMap.<GroupId, GroupConfig>builder();
    groups.forEach(group -> groupsById.put(group.id(), group));
    var typesByName = ImmutableSortedMap.<String, TypeRegistration>naturalOrder();
    types.forEach(type -> typesByName.put(key(type.name()), type));
    var resourcesById = ImmutableMap.<ResourceId, ClusterResource>builder();
    resources.forEach(resource -> resourcesById.put(resource.id(), resource));
    return new ClusterState(
        Mode.RUNNING,
        groupsById.build(),
        typesByName.build(),
        ImmutableMap.of(),
        resourcesById.build(),
        ImmutableSortedMap.of());
  }

  Map<ResourceId, ClusterResource> resourcesById() {
    return resources;
  }
}
