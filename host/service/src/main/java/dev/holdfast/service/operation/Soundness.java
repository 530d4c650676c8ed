package dev.holdfast.service.operation;

import dev.holdfast.cluster.ClusterEvent;
import dev.holdfast.cluster.ClusterResource;
import dev.holdfast.cluster.ClusterState;
import dev.holdfast.cluster.GroupId;
import dev.holdfast.cluster.ResourceConfig;
import dev.holdfast.cluster.ResourceId;
import dev.holdfast.service.api.ApiException;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Whether the later commits of a plan still lead to a cluster that holds together. Commands go on
 * between its commits, and each was right when it was given: what was created meanwhile may depend
 * on what is to be deleted, or lie in a group that is. No circle can come of them, because nothing
 * of the plan depends on what it did not know.
 */
final class Soundness {
  private Soundness() {}

  /**
   * Looks at what would be after the events of one commit.
   *
   * @throws ApiException.Conflict it would not hold together
   */
  static void require(ClusterState state, List<ClusterEvent> events) {
    Map<ResourceId, ResourceConfig> after = new LinkedHashMap<>();
    state.resources().forEach((id, resource) -> after.put(id, resource.config()));
    Set<GroupId> groups = new HashSet<>(state.groups().keySet());
    for (ClusterEvent event : events) {
      switch (event) {
        case ClusterEvent.Placed(ResourceId id, GroupId group, Set<ResourceId> dependsOn) -> {
          var _ = after.computeIfPresent(id, (_, config) -> config.placed(group, dependsOn));
        }
        case ClusterEvent.ResourceDeleted(ResourceId id) -> {
          requireAtRest(state.resources().get(id));
          after.remove(id);
        }
        case ClusterEvent.GroupDeleted(GroupId group) -> groups.remove(group);
        case ClusterEvent.Wanted _ -> {}
        default -> throw new IllegalStateException("no later commit of a plan has " + event);
      }
    }
    after.values().forEach(config -> require(config, state, after, groups));
  }

  private static void requireAtRest(@Nullable ClusterResource resource) {
    if (resource != null && resource.isActive()) {
      throw refusal(
          "NotDeletable",
          resource.config().name(),
          "%s is %s again and was not deleted"
              .formatted(resource.config().name(), resource.state()));
    }
  }

  private static void require(
      ResourceConfig config,
      ClusterState state,
      Map<ResourceId, ResourceConfig> after,
      Set<GroupId> groups) {
    for (ResourceId id : config.dependsOn()) {
      ResourceConfig provider = after.get(id);
      if (provider == null) {
        ClusterResource deleted = state.resources().get(id);
        throw deleted == null
            ? refusal(
                "ChangedMeanwhile",
                config.name(),
                "What %s is to depend on was deleted meanwhile".formatted(config.name()))
            : refusal(
                "NotDeletable",
                deleted.config().name(),
                "%s was not deleted: %s depends on it, which was not so before"
                    .formatted(deleted.config().name(), config.name()));
      }
      if (!provider.group().equals(config.group())) {
        throw refusal(
            "ChangedMeanwhile",
            config.name(),
            "%s and %s, which it depends on, would be in two groups"
                .formatted(config.name(), provider.name()));
      }
    }
    if (!groups.contains(config.group())) {
      var group = state.groups().get(config.group());
      throw refusal(
          "GroupNotEmpty",
          config.name(),
          "The group %s was not deleted: %s is in it, which was not there before"
              .formatted(group == null ? config.group() : group.name(), config.name()));
    }
  }

  private static ApiException.Conflict refusal(String code, String resource, String found) {
    return new ApiException.Conflict(
        code,
        resource,
        found
            + ": somebody changed the cluster while the file was being applied. Look with holdfast"
            + " diff, and apply it again.");
  }
}
