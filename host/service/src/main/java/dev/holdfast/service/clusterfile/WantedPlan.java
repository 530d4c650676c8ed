package dev.holdfast.service.clusterfile;

import dev.holdfast.cluster.ClusterState;
import dev.holdfast.cluster.ResourceId;
import dev.holdfast.cluster.ResourceState;
import dev.holdfast.cluster.TypeStatus;
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
  private final ClusterState state;
  private final TargetGraph graph;
  private final Problems problems;
  private final Set<Target> online = new LinkedHashSet<>();
  private final Set<Target> offline = new LinkedHashSet<>();
  private final Set<Target> settling = new LinkedHashSet<>();

  /** What runs, and goes offline for a while because of what it now depends on. */
  private final Set<Target> interrupted = new LinkedHashSet<>();

  WantedPlan(ClusterState state, TargetGraph graph, Collection<Target> targets, Problems problems) {
    this.state = state;
    this.graph = graph;
    this.problems = problems;
    targets.stream().filter(WantedPlan::isToRun).forEach(this::bringOnline);
    targets.stream()
        .filter(target -> target.wanted.isPresent() && !target.wanted.get())
        .forEach(this::takeOffline);
    targets.forEach(this::tell);
    targets.forEach(this::tellOfProviders);
    // Who depends on these is told after them: the nearest reason is the one to name.
    List.copyOf(interrupted).forEach(this::tellOfDependents);
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
    } else if (isOnItsWay(target)) {
      settling.add(target);
    }
  }

  /** What is wanted Online already and not there yet: an apply was cut off, or it failed. */
  private boolean isOnItsWay(Target target) {
    return target.wanted.orElse(false)
        && target.before.filter(resource -> resource.state() != ResourceState.ONLINE).isPresent()
        && state.typeStatus(target.config.type()) == TypeStatus.REGISTERED;
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
      interrupted.add(target);
      target.effects.add(until(String.join(", ", missing)));
    }
  }

  private static String until(String providers) {
    return "goes offline until %s is Online".formatted(providers);
  }

  /** What runs goes offline with what it depends on, whatever the document says of it. */
  private void tellOfDependents(Target target) {
    for (Target dependent : graph.allDependentsOf(target)) {
      if (dependent.isActive()
          && dependent.isWantedNow()
          && !offline.contains(dependent)
          && interrupted.add(dependent)) {
        dependent.effects.add(until(target.name()));
      }
    }
  }

  boolean bringsOnline(Target target) {
    return online.contains(target);
  }

  Set<ResourceId> online() {
    return ids(online);
  }

  /** What is to be Online in the end and is not, or will not be for a while. */
  Set<ResourceId> settling() {
    Set<ResourceId> all = ids(settling);
    all.addAll(ids(interrupted));
    return all;
  }

  Set<ResourceId> offline() {
    return ids(offline);
  }

  private static Set<ResourceId> ids(Set<Target> targets) {
    return targets.stream()
        .map(target -> target.id)
        .collect(Collectors.toCollection(LinkedHashSet::new));
  }
}
