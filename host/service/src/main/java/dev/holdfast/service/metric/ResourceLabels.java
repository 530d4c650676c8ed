package dev.holdfast.service.metric;

import dev.holdfast.cluster.ClusterResource;
import dev.holdfast.cluster.ClusterState;
import dev.holdfast.cluster.GroupConfig;
import dev.holdfast.cluster.ResourceId;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;

/** What the series of a resource are labelled with: names, as people know them. */
public record ResourceLabels(String resource, String group, String type) {

  /** Those of every resource that is there. */
  public static Map<ResourceId, ResourceLabels> of(ClusterState state) {
    Map<ResourceId, ResourceLabels> labels = HashMap.newHashMap(state.resources().size());
    for (ClusterResource resource : state.resources().values()) {
      GroupConfig group = state.groups().get(resource.config().group());
      labels.put(
          resource.id(),
          new ResourceLabels(
              resource.config().name(),
              group == null ? "" : group.name(),
              resource.config().type()));
    }
    return labels;
  }

  /** The values of the labels {@code resource, group, type} and of those that follow them. */
  public String[] with(String... more) {
    return Stream.concat(Stream.of(resource, group, type), Stream.of(more)).toArray(String[]::new);
  }
}
