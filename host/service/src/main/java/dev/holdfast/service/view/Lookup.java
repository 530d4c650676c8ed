package dev.holdfast.service.view;

import dev.holdfast.cluster.ClusterResource;
import dev.holdfast.cluster.ClusterState;
import dev.holdfast.cluster.GroupConfig;
import dev.holdfast.cluster.MonitorStatus;
import dev.holdfast.cluster.TypeRegistration;
import dev.holdfast.service.api.ApiException;
import dev.holdfast.service.api.NearestName;
import dev.holdfast.service.api.ShellWord;
import java.util.List;

/** Finds objects by what an operator typed; what is not there is refused with the nearest name. */
public final class Lookup {
  private Lookup() {}

  public static ClusterResource resource(ClusterState state, String nameOrId) {
    return state
        .findResource(nameOrId)
        .orElseThrow(
            () ->
                notFound(
                    "ResourceNotFound",
                    "resource",
                    nameOrId,
                    state.resources().values().stream().map(r -> r.config().name()).toList()));
  }

  public static GroupConfig group(ClusterState state, String nameOrId) {
    return state
        .findGroup(nameOrId)
        .orElseThrow(
            () ->
                notFound(
                    "GroupNotFound",
                    "group",
                    nameOrId,
                    state.groups().values().stream().map(GroupConfig::name).toList()));
  }

  public static TypeRegistration type(ClusterState state, String name) {
    return state.findType(name).orElseThrow(() -> typeNotFound(state, name));
  }

  private static ApiException.NotFound typeNotFound(ClusterState state, String name) {
    boolean couldBe =
        state.types().values().stream()
            .anyMatch(type -> type.version().description().isFamilyOf(name));
    return couldBe
        ? new ApiException.NotFound(
            "TypeNotFound",
            name,
            "There is no type %s yet. Register it: holdfast type register %s."
                .formatted(name, ShellWord.of(name)))
        : notFound(
            "TypeNotFound",
            "type",
            name,
            state.types().values().stream().map(TypeRegistration::name).toList());
  }

  /** The family whose member a type of this name would be. */
  public static TypeRegistration familyOf(ClusterState state, String name) {
    List<TypeRegistration> families =
        state.types().values().stream()
            .filter(type -> type.version().description().isFamily())
            .toList();
    return families.stream()
        .filter(family -> family.version().description().isFamilyOf(name))
        .findFirst()
        .orElseThrow(
            () ->
                new ApiException.NotFound(
                    "FamilyNotFound",
                    name,
                    "There is no file %s, and it is no name of a registered family of types (%s)."
                        .formatted(
                            name,
                            families.isEmpty()
                                ? "there is none"
                                : String.join(
                                    ", ",
                                    families.stream().map(TypeRegistration::name).toList()))));
  }

  public static MonitorStatus monitor(ClusterState state, String name) {
    return state.monitors().values().stream()
        .filter(monitor -> monitor.name().value().equalsIgnoreCase(name))
        .findFirst()
        .orElseThrow(
            () ->
                notFound(
                    "MonitorNotFound",
                    "monitor",
                    name,
                    state.monitors().keySet().stream().map(m -> m.value()).toList()));
  }

  private static ApiException.NotFound notFound(
      String code, String what, String name, List<String> known) {
    String nearest =
        NearestName.to(name, known).map(near -> " Did you mean " + near + "?").orElse("");
    return new ApiException.NotFound(
        code, name, "There is no %s %s.%s".formatted(what, name, nearest));
  }
}
