package dev.holdfast.service.view;

import dev.holdfast.checkpoint.Patch;
import dev.holdfast.checkpoint.Unsaved;
import dev.holdfast.cluster.ClusterResource;
import dev.holdfast.cluster.ClusterState;
import dev.holdfast.cluster.GroupConfig;
import dev.holdfast.cluster.MonitorName;
import dev.holdfast.cluster.MonitorStatus;
import dev.holdfast.cluster.Phase;
import dev.holdfast.cluster.ResourceId;
import dev.holdfast.cluster.TypeRegistration;
import dev.holdfast.service.api.GroupView;
import dev.holdfast.service.api.MonitorView;
import dev.holdfast.service.api.ResourceView;
import dev.holdfast.service.api.TypeView;
import dev.holdfast.service.slot.ExternalSlots;
import dev.holdfast.service.slot.SlotView;
import dev.holdfast.service.slot.Slots;
import dev.holdfast.service.type.TypeResolver;
import dev.holdfast.spi.Description;
import dev.holdfast.spi.Exit;
import dev.holdfast.spi.Property;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What people are shown of a state. Thread-safe. */
public final class Views {
  private static final String MASK = "********";

  private final InstantSource clock;
  private final String node;
  private final Slots slots;
  private final ExternalSlots externals;
  private final TypeResolver types;
  private final Predicate<String> unrestored;
  private final Function<String, Optional<Patch>> patches;
  private final Function<String, List<Unsaved>> unsaved;

  /**
   * @param unrestored whether a resource, by its id, runs on configuration that could not be
   *     restored
   * @param patches the patch of a resource, by its id
   * @param unsaved what of a resource's checkpoints could not be saved, by its id
   */
  public Views(
      InstantSource clock,
      String node,
      Slots slots,
      ExternalSlots externals,
      TypeResolver types,
      Predicate<String> unrestored,
      Function<String, Optional<Patch>> patches,
      Function<String, List<Unsaved>> unsaved) {
    this.unrestored = unrestored;
    this.patches = patches;
    this.unsaved = unsaved;
    this.clock = clock;
    this.node = node;
    this.slots = slots;
    this.externals = externals;
    this.types = types;
  }

  public List<GroupView> groups(ClusterState state) {
    return state.groups().values().stream().map(group -> group(state, group)).toList();
  }

  public GroupView group(ClusterState state, GroupConfig group) {
    return new GroupView(
        group.id().toString(),
        group.name(),
        state.groupState(group.id()).toString(),
        node,
        state.resourcesOf(group.id()).stream().map(resource -> resource.config().name()).toList());
  }

  public List<ResourceView> resources(ClusterState state) {
    return state.resources().values().stream().map(resource -> resource(state, resource)).toList();
  }

  public ResourceView resource(ClusterState state, ClusterResource resource) {
    Optional<TypeRegistration.Version> version =
        state.findType(resource.config().type()).map(TypeRegistration::version);
    GroupConfig group = state.groups().get(resource.config().group());
    boolean held = resource.unsupervisedSince().isEmpty() && resource.openIn().isPresent();
    return new ResourceView(
        resource.id().toString(),
        resource.config().name(),
        group == null ? resource.config().group().toString() : group.name(),
        resource.config().type(),
        state.typeStatus(resource.config().type()).toString(),
        version.map(TypeRegistration.Version::plugin).orElse(null),
        version.map(TypeRegistration.Version::pluginVersion).orElse(null),
        resource.state().toString(),
        resource.health().toString(),
        resource.config().wantedOnline() ? "Online" : "Offline",
        node,
        held ? resource.openIn().map(MonitorName::value).orElse(null) : null,
        held ? monitorPid(state, resource) : null,
        pid(resource.id()),
        resource.since(),
        resource.failures().count(clock.instant(), resource.config().common().restart().period()),
        (int) resource.restarts(),
        (int) resource.adoptions(),
        dependsOn(state, resource),
        properties(resource, version.map(TypeRegistration.Version::description)),
        lastExit(resource),
        resource.isActive() && unrestored.test(resource.id().toString()),
        resource.unsupervisedSince().orElse(null),
        detail(state, resource),
        List.copyOf(resource.notInEffect()),
        externals(resource.id()));
  }

  private List<ResourceView.External> externals(ResourceId id) {
    return externals.of(id).entrySet().stream()
        .map(
            external ->
                new ResourceView.External(
                    external.getKey(),
                    external.getValue().kind(),
                    external.getValue().key(),
                    external.getValue().nonce(),
                    external.getValue().epoch(),
                    external.getValue().node()))
        .toList();
  }

  private @Nullable Long monitorPid(ClusterState state, ClusterResource resource) {
    return resource
        .openIn()
        .map(name -> state.monitors().get(name))
        .flatMap(MonitorStatus::pid)
        .map(Integer::longValue)
        .orElse(null);
  }

  private @Nullable Long pid(ResourceId id) {
    return slots.of(id).stream()
        .filter(SlotView::alive)
        .flatMap(slot -> slot.pid().stream().boxed())
        .map(Integer::longValue)
        .findFirst()
        .orElse(null);
  }

  private static List<String> dependsOn(ClusterState state, ClusterResource resource) {
    return resource.config().dependsOn().stream()
        .map(state.resources()::get)
        .filter(Objects::nonNull)
        .map(provider -> provider.config().name())
        .sorted()
        .toList();
  }

  private static Map<String, Object> properties(
      ClusterResource resource, Optional<Description> description) {
    var shown = new LinkedHashMap<String, Object>();
    resource
        .config()
        .common()
        .asText()
        .forEach(
            (name, text) -> {
              if (name.equals("Description")) {
                shown.put(name, text);
              } else if (name.equals("SeparateMonitor") || name.equals("MaintenanceMode")) {
                shown.put(name, text.equals("1"));
              } else {
                shown.put(name, Long.parseLong(text));
              }
            });
    shown.put("PersistentState", resource.config().wantedOnline() ? 1L : 0L);
    var texts = new LinkedHashMap<>(resource.config().properties());
    description.ifPresent(
        known -> {
          for (Property<?> property : known.properties()) {
            List<String> text = remove(texts, property.name());
            List<String> effective = text == null ? property.defaultText().orElse(List.of()) : text;
            if (!effective.isEmpty() || text != null) {
              shown.put(property.name(), shown(property.kind(), effective));
            }
          }
        });
    // What no description explains (its type is gone) may be a secret: nobody can say.
    texts.forEach((name, _) -> shown.put(name, MASK));
    return shown;
  }

  /** A newer version of a type may spell a property otherwise. */
  private static @Nullable List<String> remove(Map<String, List<String>> texts, String name) {
    return texts.keySet().stream()
        .filter(name::equalsIgnoreCase)
        .findFirst()
        .map(texts::remove)
        .orElse(null);
  }

  private static Object shown(Property.Kind kind, List<String> text) {
    return switch (kind) {
      case SECRET -> MASK;
      case LIST -> text;
      case INTEGER -> number(String.join(" ", text));
      case TEXT, DURATION, SIZE, PATH, CHOICE -> String.join(" ", text);
    };
  }

  /** What an older version of the type took need not be a number; it is shown all the same. */
  private static Object number(String text) {
    try {
      return Long.parseLong(text);
    } catch (NumberFormatException notANumber) {
      return text;
    }
  }

  private static ResourceView.@Nullable LastExit lastExit(ClusterResource resource) {
    return resource
        .lastExit()
        .map(
            exit ->
                switch (exit) {
                  case Exit.Code(int code) -> new ResourceView.LastExit(code, null);
                  case Exit.Signal(int signal) -> new ResourceView.LastExit(null, signal);
                  case Exit.Unknown() -> new ResourceView.LastExit(null, null);
                })
        .orElse(null);
  }

  /** One sentence; what is wrong with the type goes before all else. */
  private @Nullable String detail(ClusterState state, ClusterResource resource) {
    var problem = state.typeProblems().get(resource.config().type().toLowerCase(Locale.ROOT));
    if (state.findType(resource.config().type()).isEmpty()) {
      return "the type " + resource.config().type() + " is not registered";
    }
    if (problem != null) {
      return problem.detail();
    }
    Optional<Patch> patch = patches.apply(resource.id().toString());
    if (patch.isPresent()) {
      return patch.get().since(patch.get().since().toString());
    }
    String detail =
        Stream.concat(
                Stream.of(resource.detail(), waiting(resource)).filter(each -> !each.isEmpty()),
                unsaved.apply(resource.id().toString()).stream()
                    .map(each -> each.since(each.since().toString())))
            .collect(Collectors.joining("; "));
    return detail.isEmpty() ? null : detail;
  }

  private static String waiting(ClusterResource resource) {
    String names = String.join(", ", resource.notInEffect());
    if (names.isEmpty()) {
      return "";
    }
    return resource.phase() instanceof Phase.Changing
        ? "being changed while it is online: " + names
        : "set, and in effect at the next online: " + names;
  }

  public List<TypeView> types(ClusterState state) {
    return state.types().values().stream().map(type -> type(state, type)).toList();
  }

  public TypeView type(ClusterState state, TypeRegistration type) {
    var problem = state.typeProblems().get(type.name().toLowerCase(Locale.ROOT));
    return new TypeView(
        type.name(),
        type.version().description().displayName(),
        type.version().plugin(),
        type.version().pluginVersion(),
        type.versions().stream().map(TypeRegistration.Version::pluginVersion).toList(),
        types.archive(type.version()).toString(),
        type.version().digest(),
        state.typeStatus(type.name()).toString(),
        problem == null ? null : problem.detail(),
        type.version().description().properties().stream()
            .filter(property -> property.effect() == Property.Effect.LIVE)
            .map(Property::name)
            .toList(),
        type.version().description().controls().stream().map(ControlViews::of).toList());
  }

  public List<MonitorView> monitors(ClusterState state) {
    return state.monitors().values().stream().map(monitor -> monitor(state, monitor)).toList();
  }

  public MonitorView monitor(ClusterState state, MonitorStatus monitor) {
    return new MonitorView(
        monitor.name().value(),
        monitor.name().equals(MonitorName.SHARED) ? "shared" : "separate",
        monitor.pid().map(Integer::longValue).orElse(null),
        monitor.label(),
        state.resourcesIn(monitor.name()).stream()
            .map(resource -> resource.config().name())
            .toList(),
        (int) monitor.restarts(),
        monitor.epoch());
  }
}
