package dev.holdfast.service.clusterfile;

import dev.holdfast.cluster.ResourceId;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/** Who is to depend on whom. Immutable. */
final class TargetGraph {
  private final Map<ResourceId, Target> targets = new LinkedHashMap<>();
  private final Map<ResourceId, List<Target>> dependents = new HashMap<>();

  TargetGraph(Collection<Target> all) {
    all.forEach(target -> targets.put(target.id, target));
    for (Target target : all) {
      for (Target provider : providersOf(target)) {
        dependents.computeIfAbsent(provider.id, _ -> new ArrayList<>()).add(target);
      }
    }
  }

  private List<Target> providersOf(Target target) {
    List<Target> providers = new ArrayList<>();
    for (ResourceId id : target.config.dependsOn()) {
      Target provider = targets.get(id);
      if (provider != null) {
        providers.add(provider);
      }
    }
    return providers;
  }

  private List<Target> dependentsOf(Target target) {
    return dependents.getOrDefault(target.id, List.of());
  }

  /** What it depends on, and what that depends on. */
  Set<Target> allProvidersOf(Target target) {
    return reachable(target, this::providersOf);
  }

  /** What depends on it, and what depends on that. */
  Set<Target> allDependentsOf(Target target) {
    return reachable(target, this::dependentsOf);
  }

  private static Set<Target> reachable(Target from, Function<Target, List<Target>> next) {
    Set<Target> seen = new LinkedHashSet<>();
    Deque<Target> open = new ArrayDeque<>(next.apply(from));
    while (!open.isEmpty()) {
      Target target = open.remove();
      if (seen.add(target)) {
        open.addAll(next.apply(target));
      }
    }
    seen.remove(from);
    return seen;
  }

  /** All that are neither on a circle nor behind one. */
  private Set<Target> sortable() {
    Map<ResourceId, Integer> missing = new HashMap<>();
    Deque<Target> ready = new ArrayDeque<>();
    for (Target target : targets.values()) {
      int count = providersOf(target).size();
      missing.put(target.id, count);
      if (count == 0) {
        ready.add(target);
      }
    }
    Set<Target> sorted = new HashSet<>();
    while (!ready.isEmpty()) {
      Target target = ready.remove();
      sorted.add(target);
      for (Target dependent : dependentsOf(target)) {
        if (missing.merge(dependent.id, -1, Integer::sum) == 0) {
          ready.add(dependent);
        }
      }
    }
    return sorted;
  }

  /** One circle, each depending on the next and the last on the first; empty when there is none. */
  Optional<List<Target>> circle() {
    Set<Target> sorted = sortable();
    Optional<Target> stuck = targets.values().stream().filter(t -> !sorted.contains(t)).findFirst();
    if (stuck.isEmpty()) {
      return Optional.empty();
    }
    // What is stuck has a provider that is stuck; who follows these comes back.
    Set<Target> seen = new LinkedHashSet<>();
    Target at = stuck.get();
    while (seen.add(at)) {
      at = providersOf(at).stream().filter(t -> !sorted.contains(t)).findFirst().orElseThrow();
    }
    List<Target> path = List.copyOf(seen);
    return Optional.of(List.copyOf(path.subList(path.indexOf(at), path.size())));
  }
}
