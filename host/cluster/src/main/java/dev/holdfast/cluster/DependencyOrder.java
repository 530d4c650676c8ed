package dev.holdfast.cluster;

import com.google.common.graph.Graph;
import com.google.common.graph.GraphBuilder;
import com.google.common.graph.Graphs;
import com.google.common.graph.MutableGraph;
import java.util.ArrayDeque;
import java.util.ArrayList;
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
 * it, and Offline after it.
 */
final class DependencyOrder {
  private final MutableGraph<ResourceId> providers =
      GraphBuilder.directed().allowsSelfLoops(true).build();

  private DependencyOrder() {}

  static DependencyOrder of(Collection<ResourceConfig> resources) {
    var order = new DependencyOrder();
    resources.forEach(resource -> order.providers.addNode(resource.id()));
    for (ResourceConfig resource : resources) {
      for (ResourceId provider : resource.dependsOn()) {
        order.providers.putEdge(resource.id(), provider);
      }
    }
    return order;
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
   */
  List<ResourceId> providersFirst() {
    Map<ResourceId, Integer> missing = new HashMap<>();
    Deque<ResourceId> ready = new ArrayDeque<>();
    for (ResourceId node : sorted(providers.nodes())) {
      int count = providers.successors(node).size();
      missing.put(node, count);
      if (count == 0) {
        ready.add(node);
      }
    }
    List<ResourceId> order = new ArrayList<>(missing.size());
    while (!ready.isEmpty()) {
      ResourceId node = ready.remove();
      order.add(node);
      for (ResourceId dependent : sorted(providers.predecessors(node))) {
        if (missing.merge(dependent, -1, Integer::sum) == 0) {
          ready.add(dependent);
        }
      }
    }
    return order;
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
