package dev.holdfast.service.operation;

import dev.holdfast.cluster.ClusterResource;
import dev.holdfast.cluster.ClusterState;
import dev.holdfast.cluster.GroupConfig;
import dev.holdfast.cluster.Requests;
import dev.holdfast.cluster.ResourceConfig;
import dev.holdfast.cluster.ResourceId;
import dev.holdfast.service.api.ApiException;
import dev.holdfast.service.api.ShellWord;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Refuses a resource that lacks a dependency which its type requires, and says how to mend it. MSCS
 * looked when the resource was to go online; we look when it is created, too, because a dependency
 * is said then and not later. At the online it may be missing all the same: a newer version of the
 * type can require more.
 */
final class RequiredTypes {
  private RequiredTypes() {}

  static void requireForCreate(ClusterState state, ResourceConfig config) {
    List<String> missing = Requests.missingRequirements(state, config);
    if (!missing.isEmpty()) {
      throw refusal(state, config, "created", missing, createCommand(state, config, missing));
    }
  }

  /** Also of what it would bring online first. */
  static void requireForOnline(ClusterState state, ClusterResource resource) {
    requireIt(state, resource.config());
    for (ResourceId provider : Requests.providersOf(state, resource.id())) {
      ClusterResource other = state.resources().get(provider);
      if (other != null) {
        requireIt(state, other.config());
      }
    }
  }

  private static void requireIt(ClusterState state, ResourceConfig config) {
    List<String> missing = Requests.missingRequirements(state, config);
    if (!missing.isEmpty()) {
      throw refusal(
          state,
          config,
          "brought online",
          missing,
          "holdfast resource delete %s && %s"
              .formatted(ShellWord.of(config.name()), createCommand(state, config, missing)));
    }
  }

  private static ApiException.Invalid refusal(
      ClusterState state, ResourceConfig config, String what, List<String> missing, String mend) {
    String types = String.join(" and ", missing);
    String first =
        missing.stream()
            .filter(type -> candidate(state, config, type).isEmpty())
            .map(
                type ->
                    "holdfast resource create NAME -t %s -g %s && "
                        .formatted(ShellWord.of(type), ShellWord.of(group(state, config))))
            .collect(Collectors.joining());
    return new ApiException.Invalid(
        "RequiredDependencyMissing",
        config.name(),
        "%s cannot be %s: its type %s requires that it depends on a resource of the type %s. Mend it with: %s%s"
            .formatted(config.name(), what, config.type(), types, first, mend),
        List.of());
  }

  private static String createCommand(
      ClusterState state, ResourceConfig config, List<String> missing) {
    List<String> providers = new ArrayList<>();
    for (ResourceId provider : config.dependsOn()) {
      ClusterResource known = state.resources().get(provider);
      if (known != null) {
        providers.add(known.config().name());
      }
    }
    for (String type : missing) {
      providers.add(candidate(state, config, type).orElse("NAME"));
    }
    return "holdfast resource create %s -t %s -g %s --depends %s"
        .formatted(
            ShellWord.of(config.name()),
            ShellWord.of(config.type()),
            ShellWord.of(group(state, config)),
            ShellWord.of(String.join(",", providers)));
  }

  private static Optional<String> candidate(
      ClusterState state, ResourceConfig config, String type) {
    return state.resourcesOf(config.group()).stream()
        .map(ClusterResource::config)
        .filter(other -> other.type().equalsIgnoreCase(type) && !other.id().equals(config.id()))
        .map(ResourceConfig::name)
        .findFirst();
  }

  private static String group(ClusterState state, ResourceConfig config) {
    GroupConfig group = state.groups().get(config.group());
    return group == null ? config.group().toString() : group.name();
  }
}
