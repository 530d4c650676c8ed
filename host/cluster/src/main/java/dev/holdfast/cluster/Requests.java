package dev.holdfast.cluster;

import dev.holdfast.spi.Description;
import dev.holdfast.spi.Lives;
import dev.holdfast.spi.Property;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Checks what operators ask for against the state, before it becomes an event. */
public final class Requests {
  /** The longest name of a resource, group or type. */
  public static final int NAME_LENGTH_MAX = 255;

  private Requests() {}

  /** Why a name will not do, as a sentence; empty when it will. */
  public static Optional<String> nameProblem(String name) {
    if (name.isBlank() || !name.equals(name.strip())) {
      return Optional.of("A name is not blank, and neither begins nor ends with blanks.");
    }
    if (name.length() > NAME_LENGTH_MAX) {
      return Optional.of(
          "A name has at most " + NAME_LENGTH_MAX + " characters, not " + name.length() + ".");
    }
    if (name.equals(".") || name.equals("..")) {
      return Optional.of("A name is not \".\" or \"..\": in a path they mean something else.");
    }
    if (name.startsWith("-")) {
      return Optional.of("A name does not begin with \"-\".");
    }
    if (name.chars()
        .anyMatch(c -> c == '/' || c == '\\' || c == ':' || Character.isISOControl(c))) {
      return Optional.of("A name holds no \"/\", \"\\\", \":\" or control character.");
    }
    return Optional.empty();
  }

  /** Why a resource cannot be deleted now; empty when it can. */
  public static Optional<String> deleteProblem(ClusterState state, ClusterResource resource) {
    if (resource.isActive()) {
      return Optional.of(
          "%s is %s; only what is Offline or Failed can be deleted."
              .formatted(resource.config().name(), resource.state()));
    }
    if (resource.lives() == Lives.ELSEWHERE
        && resource.phase() instanceof Phase.Failed
        && resource.config().wantedOnline()) {
      return Optional.of(
          "%s is Failed, and whatever it has elsewhere would be left there; take it offline first, which has that ended."
              .formatted(resource.config().name()));
    }
    String dependents =
        state.resources().values().stream()
            .filter(other -> other.config().dependsOn().contains(resource.id()))
            .map(other -> other.config().name())
            .collect(Collectors.joining(", "));
    return dependents.isEmpty()
        ? Optional.empty()
        : Optional.of(
            "%s cannot be deleted: %s depends on it."
                .formatted(resource.config().name(), dependents));
  }

  /** Why a resource cannot depend on these; empty when it can. */
  public static Optional<String> dependencyProblem(ClusterState state, ResourceConfig config) {
    List<ResourceConfig> configs = new ArrayList<>();
    for (ClusterResource other : state.resources().values()) {
      if (!other.id().equals(config.id())) {
        configs.add(other.config());
      }
    }
    for (ResourceId provider : config.dependsOn()) {
      Optional<ResourceConfig> found =
          configs.stream().filter(other -> other.id().equals(provider)).findFirst();
      if (found.isEmpty()) {
        return Optional.of(
            provider.equals(config.id())
                ? config.name() + " cannot depend on itself."
                : "There is no resource " + provider + " to depend on.");
      }
      if (!found.get().group().equals(config.group())) {
        return Optional.of(
            "%s cannot depend on %s: dependencies do not cross groups."
                .formatted(config.name(), found.get().name()));
      }
    }
    configs.add(config);
    return DependencyOrder.of(configs).hasCycle()
        ? Optional.of("That dependency would close a circle.")
        : Optional.empty();
  }

  /**
   * The types that a resource's type requires, and of which it depends on no resource itself. MSCS:
   * GET_REQUIRED_DEPENDENCIES; what is required must be there before an online.
   */
  public static List<String> missingRequirements(ClusterState state, ResourceConfig config) {
    return state.findType(config.type()).stream()
        .flatMap(type -> type.version().description().requires().stream())
        .filter(
            required ->
                config.dependsOn().stream()
                    .map(state.resources()::get)
                    .noneMatch(
                        provider ->
                            provider != null
                                && provider.config().type().equalsIgnoreCase(required)))
        .toList();
  }

  /** Which of these properties a type can put in effect while a resource is Online. */
  public static Set<String> changeable(Description description, Set<String> names) {
    return names.stream()
        .filter(
            name ->
                description
                    .property(name)
                    .filter(property -> property.effect() == Property.Effect.LIVE)
                    .isPresent())
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /** The names of the resources of a type. */
  public static List<String> usersOfType(ClusterState state, String type) {
    return state.resources().values().stream()
        .filter(resource -> resource.config().type().equalsIgnoreCase(type))
        .map(resource -> resource.config().name())
        .toList();
  }

  /** What a resource depends on, and what that depends on. */
  public static Set<ResourceId> providersOf(ClusterState state, ResourceId resource) {
    return order(state).providersOf(resource);
  }

  /** What depends on a resource, and what depends on that. */
  public static Set<ResourceId> dependentsOf(ClusterState state, ResourceId resource) {
    return order(state).dependentsOf(resource);
  }

  private static DependencyOrder order(ClusterState state) {
    return DependencyOrder.of(
        state.resources().values().stream().map(ClusterResource::config).toList());
  }
}
