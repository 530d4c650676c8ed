package dev.holdfast.service.clusterfile;

import dev.holdfast.cluster.ClusterResource;
import dev.holdfast.cluster.ResourceId;
import dev.holdfast.cluster.ResourceState;
import dev.holdfast.service.api.ClusterPlanView.Field;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What is brought online and taken offline. Who is wanted Online has all it depends on wanted
 * Online, and who is wanted Offline all that depends on it wanted Offline, as for who says so at
 * the prompt; a document that says both is refused.
 */
final class WantedPlan {
  private final TargetGraph graph;
  private final Problems problems;
  private final Set<Target> online = new LinkedHashSet<>();
  private final Set<Target> offline = new LinkedHashSet<>();
  private final Set<Target> settling = new LinkedHashSet<>();

  WantedPlan(TargetGraph graph, Collection<Target> targets, Problems problems) {
    this.graph = graph;
    this.problems = problems;
    targets.stream().filter(WantedPlan::isToRun).forEach(this::bringOnline);
    targets.stream()
        .filter(target -> target.wanted.isPresent() && !target.wanted.get())
        .forEach(this::takeOffline);
    targets.forEach(this::tell);
    targets.forEach(this::tellOfProviders);
  }

  /** Also one of which nothing is said, that runs, and now depends on something else. */
  private static boolean isToRun(Target target) {
    return target.wanted.orElse(target.isWantedNow() && target.hasOtherProviders());
  }

  private void bringOnline(Target target) {
    if (!target.isWantedNow()) {
      online.add(target);
    }
    for (Target provider : graph.allProvidersOf(target)) {
      if (provider.wanted.isPresent() && !provider.wanted.get()) {
        problems.add(
            target.at("wanted"),
            "%s is wanted Online and depends on %s, which is wanted Offline: say the same of both."
                .formatted(target.name(), provider.name()));
      } else if (!provider.isWantedNow() && online.add(provider)) {
        if (provider.wanted.isEmpty()) {
          provider.effects.add("brought online: %s depends on it".formatted(target.name()));
        }
      }
    }
  }

  private void takeOffline(Target target) {
    if (target.isWantedNow()) {
      offline.add(target);
    }
    for (Target dependent : graph.allDependentsOf(target)) {
      if (dependent.isWantedNow()
          && dependent.wanted.isEmpty()
          && !online.contains(dependent)
          && offline.add(dependent)) {
        dependent.effects.add("taken offline: it depends on %s".formatted(target.name()));
      }
    }
  }

  private void tell(Target target) {
    if (online.contains(target)) {
      settling.add(target);
      target.fields.add(new Field("wanted", target.isNew() ? null : "Offline", "Online"));
    } else if (offline.contains(target)) {
      target.fields.add(new Field("wanted", "Online", "Offline"));
    }
  }

  /** One that is Online goes offline when it now depends on what is not Online. */
  private void tellOfProviders(Target target) {
    if (!target.hasOtherProviders() || !target.isWantedNow() || offline.contains(target)) {
      return;
    }
    List<String> missing =
        graph.allProvidersOf(target).stream()
            .filter(provider -> target.config.dependsOn().contains(provider.id))
            .filter(
                provider ->
                    provider
                        .before
                        .filter(resource -> resource.state() == ResourceState.ONLINE)
                        .isEmpty())
            .map(Target::name)
            .toList();
    if (target.isActive() && !missing.isEmpty()) {
      settling.add(target);
      target.effects.add("goes offline until %s is Online".formatted(String.join(", ", missing)));
    }
  }

  Set<ResourceId> online() {
    return ids(online);
  }

  Set<ResourceId> settling() {
    return ids(settling);
  }

  /**
   * What is taken offline.
   *
   * @param deleted what is taken offline to be deleted
   */
  Set<ResourceId> offline(Collection<ClusterResource> deleted) {
    Set<ResourceId> all = new LinkedHashSet<>(ids(offline));
    deleted.forEach(resource -> all.add(resource.id()));
    return all;
  }

  private static Set<ResourceId> ids(Set<Target> targets) {
    return targets.stream()
        .map(target -> target.id)
        .collect(Collectors.toCollection(LinkedHashSet::new));
  }
}
