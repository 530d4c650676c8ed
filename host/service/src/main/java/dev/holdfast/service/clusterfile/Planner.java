package dev.holdfast.service.clusterfile;

import dev.holdfast.cluster.ClusterEvent;
import dev.holdfast.cluster.ClusterResource;
import dev.holdfast.cluster.ClusterState;
import dev.holdfast.cluster.CommonProperties;
import dev.holdfast.cluster.GroupConfig;
import dev.holdfast.cluster.GroupId;
import dev.holdfast.cluster.Requests;
import dev.holdfast.cluster.ResourceConfig;
import dev.holdfast.cluster.ResourceId;
import dev.holdfast.cluster.TypeRegistration;
import dev.holdfast.cluster.TypeStatus;
import dev.holdfast.service.api.ClusterPlanView.Change;
import dev.holdfast.service.api.ClusterPlanView.Field;
import dev.holdfast.service.api.ClusterPlanView.LeftAlone;
import dev.holdfast.service.api.NearestName;
import dev.holdfast.service.api.ShellWord;
import dev.holdfast.service.checkpoint.SavedCheckpoints;
import dev.holdfast.service.clusterfile.ClusterFile.FileGroup;
import dev.holdfast.service.clusterfile.ClusterFile.FileResource;
import dev.holdfast.service.type.PropertyText;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Plans what a document changes of a cluster. Everything that can be known from the state alone is
 * checked; what is wrong is told all at once. Pure, and for one document; thread-safe.
 */
public final class Planner {
  private final ClusterFile file;
  private final boolean prune;
  private final SavedCheckpoints checkpoints;
  private final NewIds ids;

  private Planner(ClusterFile file, boolean prune, SavedCheckpoints checkpoints, NewIds ids) {
    this.file = file;
    this.prune = prune;
    this.checkpoints = checkpoints;
    this.ids = ids;
  }

  /**
   * For a document.
   *
   * @param prune whether what it does not name is deleted
   * @throws dev.holdfast.service.api.ApiException.Invalid it has not the form of one
   */
  public static Planner of(
      Map<String, Object> document, boolean prune, SavedCheckpoints checkpoints, NewIds ids) {
    var problems = new Problems();
    ClusterFile file = new FileReader(problems).read(document);
    if (prune && file.groups().isEmpty() && problems.count() == 0) {
      problems.add(
          Pointers.below(file.pointer(), "groups"),
          "The file names no group, so that pruning would delete all there is; delete it by hand,"
              + " if that is meant.");
    }
    problems.refuse();
    return new Planner(file, prune, checkpoints, ids);
  }

  /**
   * Plans.
   *
   * @throws dev.holdfast.service.api.ApiException.Invalid what the document says cannot be
   */
  public Plan plan(ClusterState state) {
    var problems = new Problems();
    Plan plan = new Work(state, problems).plan();
    problems.refuse();
    return plan;
  }

  /** Of one plan. */
  private final class Work {
    private final ClusterState state;
    private final Problems problems;
    private final Map<String, GroupConfig> groups = new LinkedHashMap<>();

    /** By name in lower case: those of the document, then those that stay beside it. */
    private final Map<String, Target> targets = new LinkedHashMap<>();

    /** Those of the cluster, by name in lower case. */
    private final Map<String, ClusterResource> known = new HashMap<>();

    private final Map<String, GroupConfig> knownGroups = new HashMap<>();

    private final Map<GroupId, String> newGroupNames = new HashMap<>();
    private final Map<ResourceId, Target> targetsById = new HashMap<>();
    private final List<ClusterResource> pruned = new ArrayList<>();
    private final List<Plan.Asked> asked = new ArrayList<>();
    private final Map<FileResource, PropertyText.Checked> checked = new HashMap<>();

    Work(ClusterState state, Problems problems) {
      this.state = state;
      this.problems = problems;
    }

    Plan plan() {
      state.resources().values().forEach(each -> known.put(key(each.config().name()), each));
      state.groups().values().forEach(each -> knownGroups.put(key(each.name()), each));
      file.groups().forEach(this::group);
      file.groups().forEach(group -> group.resources().forEach(each -> resource(group, each)));
      state.resources().values().forEach(this::beside);
      pruned.forEach(this::refuseBeyondReach);
      targets.values().forEach(target -> targetsById.put(target.id, target));
      targets.values().forEach(this::providers);
      var graph = new TargetGraph(targets.values());
      refuseCircle(graph);
      var runs = new WantedPlan(state, graph, targets.values(), problems);
      targets.values().forEach(target -> refuseMissingRequirement(target, runs));
      refuseSecondExclusive();
      var kept = new CheckpointPlan(checkpoints, prune, problems);
      List<Change> changes = new ArrayList<>();
      List<LeftAlone> leftAlone = new ArrayList<>();
      for (FileGroup group : file.groups()) {
        groupChange(group).ifPresent(changes::add);
        for (FileResource resource : group.resources()) {
          Target target = targets.get(key(resource.name()));
          if (target != null && target.file.filter(resource::equals).isPresent()) {
            change(target).ifPresent(changes::add);
            changes.addAll(kept.of(target, resource, leftAlone));
          }
        }
      }
      for (Target target : targets.values()) {
        if (target.file.isEmpty()) {
          change(target).ifPresent(changes::add);
          leftAlone.add(new LeftAlone("resource", target.name(), groupName(target.config.group())));
        }
      }
      unnamedGroups().forEach(group -> beside(group, changes, leftAlone));
      pruned.forEach(resource -> changes.add(deletion(resource)));
      return assembled(runs, kept, changes, leftAlone);
    }

    private Plan assembled(
        WantedPlan runs, CheckpointPlan kept, List<Change> changes, List<LeftAlone> leftAlone) {
      List<ClusterEvent> configuration = new ArrayList<>();
      groups.values().stream()
          .filter(group -> !group.equals(state.groups().get(group.id())))
          .forEach(group -> configuration.add(new ClusterEvent.GroupPut(group)));
      // In the order of the document: the order of creation is the one that is shown.
      for (Target target : targets.values()) {
        if (target.isNew()) {
          configuration.add(new ClusterEvent.ResourceCreated(target.config));
        }
      }
      targets.values().forEach(target -> propertiesSet(target).ifPresent(configuration::add));
      List<ClusterEvent> placed = new ArrayList<>();
      targets.values().forEach(target -> placed(target).ifPresent(placed::add));
      Set<ResourceId> offline = runs.offline();
      List<ClusterEvent> deletion = new ArrayList<>();
      for (ClusterResource resource : pruned) {
        deletion.add(new ClusterEvent.ResourceDeleted(resource.id()));
        if (resource.isActive()) {
          offline.add(resource.id());
        }
      }
      if (prune) {
        unnamedGroups().forEach(group -> deletion.add(new ClusterEvent.GroupDeleted(group.id())));
      }
      return new Plan(
          configuration,
          kept.added(),
          kept.configured(),
          kept.removed(),
          placed,
          offline,
          deletion,
          pruned.stream().anyMatch(ClusterResource::isActive),
          runs.online(),
          runs.settling(),
          asked,
          changes,
          leftAlone);
    }

    private static Optional<ClusterEvent> propertiesSet(Target target) {
      ResourceConfig after = target.config;
      return target
          .before
          .map(ClusterResource::config)
          .filter(
              before ->
                  !before.common().equals(after.common())
                      || !before.properties().equals(after.properties()))
          .map(_ -> new ClusterEvent.PropertiesSet(target.id, after.common(), after.properties()));
    }

    private static Optional<ClusterEvent> placed(Target target) {
      ResourceConfig after = target.config;
      return target.isMoved() || target.hasOtherProviders()
          ? Optional.of(new ClusterEvent.Placed(target.id, after.group(), after.dependsOn()))
          : Optional.empty();
    }

    // ---- groups --------------------------------------------------------------------------------

    private void group(FileGroup group) {
      Optional<GroupConfig> before = Optional.ofNullable(knownGroups.get(key(group.name())));
      var config =
          new GroupConfig(
              before.map(GroupConfig::id).orElseGet(() -> ids.group(group.name())),
              before.map(GroupConfig::name).orElse(group.name()),
              group.description());
      newGroupNames.put(config.id(), config.name());
      if (groups.putIfAbsent(key(group.name()), config) != null) {
        problems.add(
            Pointers.below(group.pointer(), "name"),
            "The group %s is there twice; name each once.".formatted(group.name()));
      }
    }

    private Optional<Change> groupChange(FileGroup group) {
      GroupConfig after = groups.get(key(group.name()));
      GroupConfig before = after == null ? null : state.groups().get(after.id());
      if (after == null || after.equals(before)) {
        return Optional.empty();
      }
      List<Field> fields = new ArrayList<>();
      String was = before == null ? "" : before.description();
      if (!after.description().equals(was)) {
        fields.add(new Field("description", orNull(was), orNull(after.description())));
      }
      return Optional.of(
          new Change(
              before == null ? "create" : "change", "group", after.name(), null, fields, null));
    }

    private List<GroupConfig> unnamedGroups() {
      return state.groups().values().stream()
          .filter(group -> !groups.containsKey(key(group.name())))
          .toList();
    }

    private void beside(GroupConfig group, List<Change> changes, List<LeftAlone> leftAlone) {
      if (prune) {
        changes.add(new Change("delete", "group", group.name(), null, List.of(), null));
      } else {
        leftAlone.add(new LeftAlone("group", group.name(), null));
      }
    }

    private String groupName(GroupId id) {
      GroupConfig known = state.groups().get(id);
      return known != null ? known.name() : newGroupNames.getOrDefault(id, id.toString());
    }

    // ---- resources -----------------------------------------------------------------------------

    private void resource(FileGroup group, FileResource resource) {
      Target earlier = targets.get(key(resource.name()));
      if (earlier != null) {
        problems.add(
            resource.at("name"),
            "The resource %s is there twice; name each once.".formatted(resource.name()));
        return;
      }
      Optional<ClusterResource> before = known(resource.name());
      ResourceConfig config = config(group, resource, before);
      targets.put(
          key(resource.name()),
          new Target(
              before,
              Optional.of(resource),
              resource.wanted().or(group::wanted),
              withProperties(resource, before, config)));
    }

    private Optional<ClusterResource> known(String name) {
      return Optional.ofNullable(known.get(key(name)));
    }

    /** Without properties and providers that are not there already. */
    private ResourceConfig config(
        FileGroup group, FileResource resource, Optional<ClusterResource> before) {
      GroupConfig in = groups.get(key(group.name()));
      if (in == null) {
        throw new IllegalStateException("the group " + group.name() + " was read before");
      }
      return before
          .map(known -> known.config().placed(in.id(), known.config().dependsOn()))
          .orElseGet(
              () ->
                  new ResourceConfig(
                      ids.resource(resource.name()),
                      resource.name(),
                      resource.type(),
                      in.id(),
                      Set.of(),
                      false,
                      CommonProperties.DEFAULT,
                      Map.of()));
    }

    private ResourceConfig withProperties(
        FileResource resource, Optional<ClusterResource> before, ResourceConfig config) {
      if (before.isPresent() && !config.type().equalsIgnoreCase(resource.type())) {
        problems.add(
            resource.at("type"),
            "%s is of the type %s, which is fixed; delete it first, or give the new one another name."
                .formatted(config.name(), config.type()));
        return config;
      }
      Optional<TypeRegistration> type = state.findType(resource.type());
      if (type.isEmpty()) {
        // One whose type was unregistered stays as it is; nobody can say what it might have.
        if (before.isEmpty() || !resource.properties().isEmpty()) {
          problems.add(resource.at("type"), noType(resource.type()));
        }
        return config;
      }
      if (type.get().version().description().isFamily()) {
        problems.add(
            resource.at("type"),
            "%s is a family of types, and no resource can be of it. See what there is: holdfast type list --available."
                .formatted(type.get().name()));
        return config;
      }
      var plan = new PropertyPlan(resource, before, type.get(), problems);
      Optional<PropertyText.Checked> right = plan.checked();
      if (right.isEmpty()) {
        return config;
      }
      checked.put(resource, right.get());
      Map<String, List<String>> own = right.get().properties();
      if (before.isEmpty() || !before.get().config().properties().equals(own)) {
        asked.add(new Plan.Asked(resource, type.get(), right.get()));
      }
      return new ResourceConfig(
          config.id(),
          config.name(),
          type.get().name(),
          config.group(),
          config.dependsOn(),
          config.wantedOnline(),
          right.get().common(),
          own);
    }

    private String noType(String name) {
      Optional<String> near =
          NearestName.to(
              name,
              state.types().values().stream()
                  .filter(type -> !type.version().description().isFamily())
                  .map(TypeRegistration::name)
                  .toList());
      boolean isMember =
          state.types().values().stream()
              .anyMatch(type -> type.version().description().isFamilyOf(name));
      // Of a family's names many are near each other, and most are there.
      String advice =
          isMember
              ? "Register it first: holdfast type register %s.%s"
                  .formatted(
                      ShellWord.of(name),
                      near.map(known -> " Or did you mean " + known + "?").orElse(""))
              : near.map(known -> "Did you mean " + known + "?")
                  .orElse("Register it first: holdfast type register ARCHIVE.");
      return "There is no type %s. %s".formatted(name, advice);
    }

    /** One that the document does not name. */
    private void beside(ClusterResource resource) {
      if (targets.containsKey(key(resource.config().name()))) {
        return;
      }
      if (prune) {
        pruned.add(resource);
      } else {
        targets.put(
            key(resource.config().name()),
            new Target(
                Optional.of(resource), Optional.empty(), Optional.empty(), resource.config()));
      }
    }

    private Change deletion(ClusterResource resource) {
      return new Change(
          "delete",
          "resource",
          resource.config().name(),
          groupName(resource.config().group()),
          List.of(),
          resource.isActive() ? "taken offline first" : null);
    }

    /** It would never be Offline, and the apply wait for it without end. */
    private void refuseBeyondReach(ClusterResource resource) {
      TypeStatus status = state.typeStatus(resource.config().type());
      if (resource.isActive() && !resource.isSupervised() && status != TypeStatus.REGISTERED) {
        problems.add(
            Pointers.below(file.pointer(), "groups"),
            "%s, which the file does not name, cannot be deleted: it may run, and nothing can take it offline because its type %s is %s. Mend the type (see holdfast type list), or name %s in the file."
                .formatted(
                    resource.config().name(),
                    resource.config().type(),
                    status,
                    resource.config().name()));
      }
    }

    // ---- dependencies --------------------------------------------------------------------------

    private void providers(Target target) {
      if (target.file.isEmpty()) {
        requireProvidersInGroup(target);
        return;
      }
      FileResource resource = target.file.get();
      Set<ResourceId> providers = new LinkedHashSet<>();
      for (int i = 0; i < resource.dependsOn().size(); i++) {
        String name = resource.dependsOn().get(i);
        String at = Pointers.item(resource.at("dependsOn"), i);
        Target provider = targets.get(key(name));
        if (provider == null) {
          problems.add(at, noProvider(target, name));
        } else if (provider == target) {
          problems.add(at, "%s cannot depend on itself.".formatted(target.name()));
        } else if (!provider.config.group().equals(target.config.group())) {
          problems.add(
              at,
              "%s cannot depend on %s, which is in the group %s: dependencies do not cross groups."
                  .formatted(target.name(), provider.name(), groupName(provider.config.group())));
        } else {
          providers.add(provider.id);
        }
      }
      target.config = target.config.placed(target.config.group(), providers);
    }

    private String noProvider(Target target, String name) {
      if (known(name).isPresent()) {
        return "%s cannot depend on %s, which is not in the file and so is to be deleted."
            .formatted(target.name(), name);
      }
      return "%s cannot depend on %s, which is neither in the file nor in the cluster.%s"
          .formatted(
              target.name(),
              name,
              NearestName.to(name, targets.values().stream().map(Target::name).toList())
                  .map(near -> " Did you mean " + near + "?")
                  .orElse(""));
    }

    /** What the document moves elsewhere must not be what somebody beside it depends on. */
    private void requireProvidersInGroup(Target beside) {
      for (ResourceId id : beside.config.dependsOn()) {
        Target provider = targetsById.get(id);
        if (provider != null && !provider.config.group().equals(beside.config.group())) {
          problems.add(
              provider.at(),
              "%s cannot go to the group %s: %s, which is not in the file, depends on it."
                  .formatted(provider.name(), groupName(provider.config.group()), beside.name()));
        }
      }
    }

    private void refuseCircle(TargetGraph graph) {
      graph
          .circle()
          .ifPresent(
              circle -> {
                List<String> names = new ArrayList<>(circle.stream().map(Target::name).toList());
                names.add(names.getFirst());
                problems.add(
                    circle.stream()
                        .filter(target -> target.file.isPresent())
                        .findFirst()
                        .map(target -> target.at("dependsOn"))
                        .orElse(""),
                    "The dependencies go round in a circle: %s."
                        .formatted(String.join(" → ", names)));
              });
    }

    private void refuseMissingRequirement(Target target, WantedPlan runs) {
      if (!target.isNew() && !target.hasOtherProviders() && !runs.bringsOnline(target)) {
        return;
      }
      Optional<TypeRegistration> type = state.findType(target.config.type());
      List<String> providers =
          target.config.dependsOn().stream()
              .map(targetsById::get)
              .filter(Objects::nonNull)
              .map(other -> other.config.type().toLowerCase(Locale.ROOT))
              .toList();
      for (String required :
          type.map(each -> each.version().description().requires()).orElse(List.of())) {
        if (!providers.contains(required.toLowerCase(Locale.ROOT))) {
          problems.add(
              target.at(),
              "%s lacks a dependency: its type %s requires that it depends on a resource of the type %s."
                  .formatted(target.name(), target.config.type(), required));
        }
      }
    }

    private void refuseSecondExclusive() {
      Map<String, Target> first = new HashMap<>();
      for (Target target : inTheClusterFirst()) {
        Optional<TypeRegistration> type = state.findType(target.config.type());
        if (type.filter(each -> each.version().description().isExclusive()).isEmpty()) {
          continue;
        }
        Target other = first.putIfAbsent(key(target.config.type()), target);
        if (other != null && target.isNew()) {
          problems.add(
              target.at("type"),
              "A node has at most one resource of the type %s; %s is one."
                  .formatted(target.config.type(), other.name()));
        }
      }
    }

    private Collection<Target> inTheClusterFirst() {
      List<Target> sorted = new ArrayList<>(targets.values());
      sorted.sort(Comparator.comparing(Target::isNew));
      return sorted;
    }

    // ---- what is told --------------------------------------------------------------------------

    private Optional<Change> change(Target target) {
      List<Field> fields = new ArrayList<>();
      List<String> effects = new ArrayList<>();
      target.file.ifPresent(resource -> properties(target, resource, fields, effects));
      fields.addAll(target.fields);
      effects.addAll(target.effects);
      if (!target.isNew() && fields.isEmpty() && effects.isEmpty()) {
        return Optional.empty();
      }
      requireResolved(target);
      return Optional.of(
          new Change(
              target.isNew() ? "create" : "change",
              "resource",
              target.name(),
              groupName(target.config.group()),
              fields,
              effects.isEmpty() ? null : String.join("; ", effects)));
    }

    private void properties(
        Target target, FileResource resource, List<Field> fields, List<String> effects) {
      Optional<ResourceConfig> before = target.before.map(ClusterResource::config);
      if (target.isNew()) {
        fields.add(new Field("type", null, target.config.type()));
      }
      if (target.isMoved()) {
        fields.add(
            new Field(
                "group",
                before.map(config -> groupName(config.group())).orElse(null),
                groupName(target.config.group())));
      }
      String had = before.map(this::providerNames).orElse("");
      String has = providerNames(target.config);
      if (!had.equals(has)) {
        fields.add(new Field("dependsOn", orNull(had), orNull(has)));
      }
      PropertyText.Checked right = checked.get(resource);
      Optional<TypeRegistration> type = state.findType(target.config.type());
      if (right != null && type.isPresent()) {
        fields.addAll(
            new PropertyPlan(resource, target.before, type.get(), problems).fields(right));
      }
      if (target.isActive()) {
        before.ifPresent(config -> effects.addAll(whenInEffect(config, target.config, type)));
      }
      if (target.isActive()
          && before
              .filter(
                  config ->
                      config.common().separateMonitor() != target.config.common().separateMonitor())
              .isPresent()) {
        effects.add("its monitor changes at the next online");
      }
    }

    /** When properties that are set while it runs come to be in effect. */
    private static List<String> whenInEffect(
        ResourceConfig before, ResourceConfig after, Optional<TypeRegistration> type) {
      Set<String> later = ClusterResource.differing(before.properties(), after.properties());
      Set<String> atOnce =
          type.map(it -> Requests.changeable(it.version().description(), later)).orElse(Set.of());
      later.removeAll(atOnce);
      List<String> effects = new ArrayList<>();
      if (!atOnce.isEmpty()) {
        effects.add("changes while it runs: " + String.join(", ", atOnce));
      }
      if (!later.isEmpty()) {
        effects.add("takes effect at the next online: " + String.join(", ", later));
      }
      return effects;
    }

    private String providerNames(ResourceConfig config) {
      List<String> names = new ArrayList<>();
      for (ResourceId id : config.dependsOn()) {
        ClusterResource known = state.resources().get(id);
        names.add(
            known != null
                ? known.config().name()
                : Optional.ofNullable(targetsById.get(id)).map(Target::name).orElse(id.toString()));
      }
      names.sort(String.CASE_INSENSITIVE_ORDER);
      return String.join(", ", names);
    }

    /**
     * What is to go online needs code; who has it already keeps it. That there is no such type at
     * all was told before.
     */
    private void requireResolved(Target target) {
      TypeStatus status = state.typeStatus(target.config.type());
      if (target.wanted.orElse(false)
          && target.isNew()
          && status != TypeStatus.REGISTERED
          && status != TypeStatus.NOT_REGISTERED) {
        problems.add(
            target.at("wanted"),
            "%s cannot be brought online: its type %s is %s."
                .formatted(target.name(), target.config.type(), status));
      }
    }
  }

  private static String key(String name) {
    return name.toLowerCase(Locale.ROOT);
  }

  private static @Nullable String orNull(String text) {
    return text.isEmpty() ? null : text;
  }
}
