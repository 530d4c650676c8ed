package dev.holdfast.service;

import dev.holdfast.cluster.ClusterResource;
import dev.holdfast.cluster.ClusterState;
import dev.holdfast.cluster.ResourceState;
import java.util.EnumMap;
import java.util.Map;
import java.util.stream.Collectors;

/** What a node that holds the cluster database does, in one line for {@code systemctl status}. */
final class StatusLine {
  private StatusLine() {}

  /** Such as {@code Supervises 3 resources: 2 Online, 1 Failed}. */
  static String of(ClusterState state) {
    return of(state.resources().values().stream().map(ClusterResource::state).toList());
  }

  static String of(Iterable<ResourceState> states) {
    Map<ResourceState, Integer> counts = new EnumMap<>(ResourceState.class);
    states.forEach(state -> counts.merge(state, 1, Integer::sum));
    int all = counts.values().stream().mapToInt(Integer::intValue).sum();
    return switch (all) {
      case 0 -> "Supervises no resource yet";
      case 1 -> "Supervises 1 resource: " + listed(counts);
      default -> "Supervises " + all + " resources: " + listed(counts);
    };
  }

  private static String listed(Map<ResourceState, Integer> counts) {
    return counts.entrySet().stream()
        .map(count -> count.getValue() + " " + count.getKey())
        .collect(Collectors.joining(", "));
  }
}
