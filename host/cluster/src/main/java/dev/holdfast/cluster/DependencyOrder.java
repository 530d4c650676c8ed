package dev.holdfast.cluster;

import com.google.common.collect.ImmutableList;
import com.google.common.graph.Graph;
import com.google.common.graph.GraphBuilder;
import com.google.common.graph.Graphs;
import com.google.common.graph.ImmutableGraph;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Who depends on whom. An edge leads from a resource to its provider: the provider is Online before
 * it, and Offline after it. Immutable.
 */
final class DependencyOrder {
  private final List<ResourceConfig> resources;
  private final ImmutableGraph<ResourceId> providers;
  private final ImmutableList<ResourceId> providersFirst;

  private DependencyOrder(List<ResourceConfig> resources, ImmutableGraph<ResourceId> providers) {
    this.resources = resources;
    this.providers = providers;
    this.providersFirst = sortedTopologically(providers);
  }

  static DependencyOrder of(Collection<ResourceConfig> resources) {
    ImmutableGraph.Builder<ResourceId> graph =
        GraphBuilder.directed().allowsSelfLoops(true).immutable();
    resources.forEach(resource -> graph.addNode(resource.id()));
    for (ResourceConfig resource : resources) {
      for (ResourceId provider : resource.dependsOn()) {
        graph.putEdge(resource.id(), provider);
      }
    }
    return new DependencyOrder(List.copyOf(resources), graph.build());
  }

  /** Whether it is the order of these resources, too: whatever else was said about them. */
  boolean isOf(List<ResourceConfig> others) {
    if (resources.size() != others.size()) {
      return false;
    }
    for (int i = 0; i < others.size(); i++) {
      ResourceConfig mine = resources.get(i);
      ResourceConfig other = others.get(i);
      if (!mine.id().equals(other.id()) || !mine.dependsOn().equals(other.dependsOn())) {
        return false;
      }
    }
    return true;
  }

  boolean hasCycle() {
    return Graphs.hasCycle(providers);
  }

  /** A resource's providers, and theirs. */
  Set<ResourceId> providersOf(ResourceId resource) {
    return reachable(providers, resource);
  }

  /** What depends on a resource, and what depends on that. */
  Set<ResourceId> dependentsOf(ResourceId resource) {
    return reachable(Graphs.transpose(providers), resource);
  }

  /** What depends on a resource directly. */
  Set<ResourceId> directDependentsOf(ResourceId resource) {
    return providers.predecessors(resource);
  }

  /**
   * All resources, each after its providers; equals by id, so that the order is always the same.
   * Without those that are on a cycle, or behind one.
   */
  List<ResourceId> providersFirst() {
    return providersFirst;
  }

  private static ImmutableList<ResourceId> sortedTopologically(Graph<ResourceId> providers) {
    Map<ResourceId, Integer> missing = new HashMap<>();
    Deque<ResourceId> ready = new ArrayDeque<>();
    for (ResourceId node : sorted(providers.nodes())) {
      int count = providers.successors(node).size();
      missing.put(node, count);
      if (count == 0) {
        ready.add(node);
      }
    }
    ImmutableList.Builder<ResourceId> order = ImmutableList.builder();
    while (!ready.isEmpty()) {
      ResourceId node = ready.remove();
      order.add(node);
      for (ResourceId dependent : sorted(providers.predecessors(node))) {
        if (missing.merge(dependent, -1, Integer::sum) == 0) {
          ready.add(dependent);
        }
      }
    }
    return order.build();
  }

  private static List<ResourceId> sorted(Set<ResourceId> nodes) {
    return nodes.stream().sorted(Comparator.naturalOrder()).toList();
  }

  private static Set<ResourceId> reachable(Graph<ResourceId> graph, ResourceId from) {
    var nodes = new LinkedHashSet<>(Graphs.reachableNodes(graph, from));
    nodes.remove(from);
    return nodes;
  }
}
