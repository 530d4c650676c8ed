package dev.holdfast.service.operation;

import dev.holdfast.cluster.ClusterEvent;
import dev.holdfast.cluster.ClusterResource;
import dev.holdfast.cluster.ClusterState;
import dev.holdfast.cluster.CommonProperties;
import dev.holdfast.cluster.GroupConfig;
import dev.holdfast.cluster.GroupId;
import dev.holdfast.cluster.MonitorName;
import dev.holdfast.cluster.MonitorStatus;
import dev.holdfast.cluster.Phase;
import dev.holdfast.cluster.Requests;
import dev.holdfast.cluster.ResourceConfig;
import dev.holdfast.cluster.ResourceEvent;
import dev.holdfast.cluster.ResourceId;
import dev.holdfast.cluster.ResourceState;
import dev.holdfast.cluster.TypeRegistration;
import dev.holdfast.cluster.TypeStatus;
import dev.holdfast.service.api.ApiException;
import dev.holdfast.service.api.Asker;
import dev.holdfast.service.api.ClusterFileApi;
import dev.holdfast.service.api.Command;
import dev.holdfast.service.api.Narration;
import dev.holdfast.service.api.Operation;
import dev.holdfast.service.checkpoint.CheckpointDesk;
import dev.holdfast.service.checkpoint.PatchDesk;
import dev.holdfast.service.cluster.ClusterLoop;
import dev.holdfast.service.clusterfile.Plan.Asked;
import dev.holdfast.service.posix.Signal;
import dev.holdfast.service.supervision.Monitors;
import dev.holdfast.service.type.PropertyText;
import dev.holdfast.service.type.PropertyValidator;
import dev.holdfast.service.type.PropertyValidator.Verdict;
import dev.holdfast.service.type.Surveyor;
import dev.holdfast.service.type.TypeRegistrar;
import dev.holdfast.service.view.Lookup;
import dev.holdfast.spi.Lives;
import dev.holdfast.spi.Problem;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * Carries out what operators ask for. A command is checked against the newest state on the deciding
 * thread, becomes events there, and is an operation from then on: it narrates each change of what
 * it is about until that has settled. Thread-safe.
 */
public final class Commands {
  private final ClusterLoop loop;
  private final Monitors monitors;
  private final TypeRegistrar registrar;
  private final PropertyValidator validator;
  private final Surveyor surveyor;
  private final PatchDesk patches;
  private final InstantSource clock;
  private final Supplier<UUID> ids;
  private final Executor executor;
  private final Consumer<Boolean> stop;
  private final Handover handover;
  private final Operations operations;
  private final ControlRequests controls;

  /** One at a time: what one refuses, and removes, another must not be about to register. */
  private final ReentrantLock registering = new ReentrantLock();

  /**
   * @param executor for what blocks, such as loading an archive
   * @param stop stops the service; true keeps applications running
   * @param handover gives all groups to another node
   * @param controls has monitors ask resources for controls
   */
  public Commands(
      ClusterLoop loop,
      Monitors monitors,
      TypeRegistrar registrar,
      PropertyValidator validator,
      Surveyor surveyor,
      PatchDesk patches,
      InstantSource clock,
      Supplier<UUID> ids,
      Executor executor,
      Consumer<Boolean> stop,
      Handover handover,
      ControlSender controls) {
    this.loop = loop;
    this.monitors = monitors;
    this.registrar = registrar;
    this.validator = validator;
    this.surveyor = surveyor;
    this.patches = patches;
    this.clock = clock;
    this.ids = ids;
    this.executor = executor;
    this.stop = stop;
    this.handover = handover;
    this.operations = new Operations(clock);
    this.controls = new ControlRequests(loop, controls, patches, operations, clock);
  }

  /** One of the last operations. */
  public Optional<Operation> operation(String id) {
    return operations.find(id);
  }

  /** A new state is durable. */
  public void changed(ClusterState before, ClusterState after) {
    operations.changed(after);
  }

  /** Something happened to a resource that those should hear who wait for it. */
  public void say(String resource, String what) {
    operations.say(ResourceId.of(resource), what);
  }

  /** What a check leads to: events, and what the operation then waits for. */
  private record Plan(List<ClusterEvent> events, Optional<Goal> goal, String message) {
    static Plan waitFor(Goal goal, ClusterEvent... events) {
      return new Plan(List.of(events), Optional.of(goal), "");
    }

    static Plan done(String message, ClusterEvent... events) {
      return new Plan(List.of(events), Optional.empty(), message);
    }
  }

  /**
   * What takes whole clusters, and gives them.
   *
   * @param revision of the cluster database
   */
  public ClusterFileApi clusterFile(CheckpointDesk checkpoints, LongSupplier revision) {
    return new ClusterFiles(
        loop, operations, checkpoints, new FileChecks(), clock, ids, revision, executor);
  }

  /** The checks of commands, for whole clusters. */
  private final class FileChecks implements ClusterFiles.Checks {
    @Override
    public void properties(Asked asked) {
      refuseWhatTheTypeRefuses(asked.resource().name(), asked.type(), asked.checked());
    }

    @Override
    public void online(ClusterState state, ClusterResource resource) {
      requireResolved(state, resource);
      patches.requireNone(resource);
    }

    @Override
    public void offline(ClusterState state, ClusterResource resource) {
      requireNoTools(state, resource);
    }

    @Override
    public void delete(ClusterResource resource) {
      patches.requireNoTool(resource, "cannot be deleted");
    }

    @Override
    public ClusterState decide(Function<ClusterState, List<ClusterEvent>> check) {
      return decided(check);
    }
  }

  /** As {@link dev.holdfast.service.api.ClusterApi#submit}. */
  public Operation submit(Command command, Asker asker) {
    return switch (command) {
      case Command.CreateGroup(String name) ->
          change(asker, "create group " + name, state -> createGroup(state, name));
      case Command.DeleteGroup(String group) ->
          change(asker, "delete group " + group, state -> deleteGroup(state, group));
      case Command.OnlineGroup(String group) ->
          change(asker, "online group " + group, state -> wantGroup(state, group, true));
      case Command.OfflineGroup(String group) ->
          change(asker, "offline group " + group, state -> wantGroup(state, group, false));
      case Command.MoveGroup(String group, String node) -> moveGroup(group, node, asker);
      case Command.SetGroup(String group, Map<String, List<String>> properties) ->
          change(asker, "set group " + group, state -> setGroup(state, group, properties));
      case Command.CreateResource create -> createResource(create, asker);
      case Command.DeleteResource(String resource) ->
          change(asker, "delete " + resource, state -> deleteResource(state, resource));
      case Command.OnlineResource(String resource) ->
          change(asker, "online " + resource, state -> want(state, resource, true));
      case Command.AdoptResource(String resource) ->
          change(asker, "adopt " + resource, state -> adopt(state, resource));
      case Command.OfflineResource(String resource) ->
          change(asker, "offline " + resource, state -> want(state, resource, false));
      case Command.RestartResource(String resource) ->
          change(asker, "restart " + resource, state -> restart(state, resource));
      case Command.FailResource(String resource) ->
          change(asker, "fail " + resource, state -> fail(state, resource));
      case Command.SetResource set -> setResource(set, asker);
      case Command.ControlResource wanted -> controls.ask(wanted, asker);
      case Command.BeginPatch(String resource) ->
          patch(
              asker,
              "begin to patch " + resource,
              resource,
              patches::requireBegin,
              (found, _) -> patches.begin(found));
      case Command.CommitPatch(String resource) ->
          patch(
              asker,
              "commit the patch of " + resource,
              resource,
              patches::requireCommit,
              (found, _) -> patches.commit(found));
      case Command.AbortPatch(String resource) ->
          patch(
              asker,
              "abort the patch of " + resource,
              resource,
              patches::requireAbort,
              patches::abort);
      case Command.RunPatch(String resource, List<String> tool) ->
          patch(
              asker,
              "patch " + resource,
              resource,
              patches::requireRun,
              (found, tell) -> patches.run(found, tool, tell));
      case Command.ResetFailures(String resource) ->
          change(asker, "reset failures of " + resource, state -> resetFailures(state, resource));
      case Command.Maintenance(String resource, boolean on) ->
          change(
              asker,
              "maintenance " + (on ? "on " : "off ") + resource,
              state -> maintenance(state, resource, on));
      case Command.RegisterType register -> registerType(register, asker);
      case Command.RegisterMember(String name) -> registerMember(name, asker);
      case Command.UnregisterType(String type, boolean force) ->
          change(asker, "unregister " + type, state -> unregister(state, type, force));
      case Command.KillMonitor kill -> killMonitor(kill, asker);
      case Command.RestartMonitor(String monitor) ->
          change(asker, "restart monitor " + monitor, state -> restartMonitor(state, monitor));
      case Command.StopService(boolean keep) -> stopService(keep, asker);
    };
  }

  // ---- how a command runs --------------------------------------------------------------------

  private Operation change(Asker asker, String what, Function<ClusterState, Plan> check) {
    if (asker.dryRun()) {
      return dryRun(what, check.apply(loop.state()));
    }
    var planned = new Planned(check);
    var _ = decided(planned);
    Operation operation = operations.begin(what);
    Plan plan = planned.plan();
    plan.goal()
        .ifPresentOrElse(
            goal -> operations.await(operation, goal, planned.before(), loop::state),
            () -> operations.done(operation, plan.message()));
    return operation;
  }

  /**
   * Returns when what follows from the newest state is durable, carried out and told; the state
   * that it led to.
   */
  private ClusterState decided(Function<ClusterState, List<ClusterEvent>> check) {
    try {
      return loop.request(check).get();
    } catch (ExecutionException e) {
      throw refusal(cause(e));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw stopping();
    }
  }

  private Operation dryRun(String what, Plan plan) {
    Operation operation = operations.begin("dry run: " + what);
    for (ClusterEvent event : plan.events()) {
      operation.narrate(
          new Narration(clock.instant(), what, "would " + DryRun.words(event, loop.state())));
    }
    operations.done(operation, "nothing was changed");
    return operation;
  }

  /** Remembers the plan that was made on the deciding thread, and what from. */
  private static final class Planned implements Function<ClusterState, List<ClusterEvent>> {
    private final Function<ClusterState, Plan> check;
    private volatile Optional<Plan> plan = Optional.empty();
    private volatile ClusterState before = ClusterState.empty();

    Planned(Function<ClusterState, Plan> check) {
      this.check = check;
    }

    @Override
    public List<ClusterEvent> apply(ClusterState state) {
      Plan made = check.apply(state);
      before = state;
      plan = Optional.of(made);
      return made.events();
    }

    Plan plan() {
      return plan.orElseThrow();
    }

    /** The state that it was made from. */
    ClusterState before() {
      return before;
    }
  }

  private static Throwable cause(Throwable wrapped) {
    Throwable cause = wrapped.getCause();
    boolean wraps = wrapped instanceof ExecutionException || wrapped instanceof CompletionException;
    return wraps && cause != null ? cause(cause) : wrapped;
  }

  private static RuntimeException refusal(Throwable cause) {
    return switch (cause) {
      case ApiException refused -> refused;
      case RejectedExecutionException _ -> stopping();
      default ->
          new ApiException.Internal(
              "Internal", "The cluster service failed: " + cause.getMessage(), cause);
    };
  }

  private static ApiException.Unreachable stopping() {
    return new ApiException.Unreachable("Stopping", "The service is stopping.");
  }

  // ---- groups --------------------------------------------------------------------------------

  private Plan createGroup(ClusterState state, String name) {
    requireName("group", name);
    if (state.findGroup(name).isPresent()) {
      throw new ApiException.Conflict(
          "GroupExists", name, "There is a group " + name + " already.");
    }
    return Plan.done(
        "created", new ClusterEvent.GroupPut(new GroupConfig(new GroupId(ids.get()), name, "")));
  }

  private static Plan deleteGroup(ClusterState state, String name) {
    GroupConfig group = Lookup.group(state, name);
    int resources = state.resourcesOf(group.id()).size();
    if (resources > 0) {
      throw new ApiException.Conflict(
          "GroupNotEmpty",
          group.name(),
          resources == 1
              ? group.name() + " has a resource; delete it first."
              : "%s has %d resources; delete them first.".formatted(group.name(), resources));
    }
    return Plan.done("deleted", new ClusterEvent.GroupDeleted(group.id()));
  }

  private Plan wantGroup(ClusterState state, String name, boolean online) {
    GroupConfig group = Lookup.group(state, name);
    List<ResourceId> all = state.resourcesOf(group.id()).stream().map(ClusterResource::id).toList();
    if (online) {
      for (ClusterResource resource : state.resourcesOf(group.id())) {
        requireResolved(state, resource);
        RequiredTypes.requireForOnline(state, resource);
        patches.requireNone(resource);
      }
    }
    if (!online) {
      state.resourcesOf(group.id()).forEach(resource -> requireNoTools(state, resource));
    }
    return Plan.waitFor(
        online ? new Goal.AllOnline(Set.copyOf(all)) : new Goal.AllOffline(Set.copyOf(all)),
        new ClusterEvent.Wanted(all, online));
  }

  private static Plan setGroup(
      ClusterState state, String name, Map<String, List<String>> properties) {
    GroupConfig group = Lookup.group(state, name);
    String newName = group.name();
    String description = group.description();
    for (Map.Entry<String, List<String>> property : properties.entrySet()) {
      String text = String.join(" ", property.getValue());
      if (property.getKey().equalsIgnoreCase("Description")) {
        description = text;
      } else if (property.getKey().equalsIgnoreCase("Name")) {
        requireName("group", text);
        if (!text.equalsIgnoreCase(group.name()) && state.findGroup(text).isPresent()) {
          throw new ApiException.Conflict(
              "GroupExists", text, "There is a group " + text + " already.");
        }
        newName = text;
      } else {
        throw new ApiException.Invalid(
            "PropertyRejected",
            group.name(),
            "A group has no property %s; it has Name and Description.".formatted(property.getKey()),
            List.of(
                new ApiException.Invalid.Problem(
                    property.getKey(), "A group has Name and Description.")));
      }
    }
    return Plan.done(
        "set", new ClusterEvent.GroupPut(new GroupConfig(group.id(), newName, description)));
  }

  /** A directory has one holder: a group does not move without the others. */
  private Operation moveGroup(String name, String node, Asker asker) {
    ClusterState state = loop.state();
    GroupConfig group = Lookup.group(state, name);
    String to = handover.require(node);
    String what = "move group %s to node %s".formatted(group.name(), to);
    Operation operation = operations.begin(asker.dryRun() ? "dry run: " + what : what);
    operation.narrate(
        new Narration(
            clock.instant(),
            group.name(),
            "a quorum directory has one holder, so %s to node %s"
                .formatted(
                    state.groups().size() == 1 ? "it goes" : "all groups go: " + names(state),
                    to)));
    if (asker.dryRun()) {
      operations.done(operation, "nothing was changed");
      return operation;
    }
    operations.await(operation, new Goal.Quiet(active(state)), state, loop::state);
    executor.execute(() -> handover.begin(to));
    return operation;
  }

  private static String names(ClusterState state) {
    return String.join(", ", state.groups().values().stream().map(GroupConfig::name).toList());
  }

  private static Set<ResourceId> active(ClusterState state) {
    Set<ResourceId> active = new LinkedHashSet<>();
    state.resources().values().stream()
        .filter(ClusterResource::isActive)
        .forEach(resource -> active.add(resource.id()));
    return active;
  }

  // ---- resources -----------------------------------------------------------------------------

  private Operation createResource(Command.CreateResource create, Asker asker) {
    ClusterState state = loop.state();
    TypeRegistration type = Lookup.type(state, create.type());
    if (type.version().description().isFamily()) {
      throw new ApiException.Invalid(
          "NoType",
          type.name(),
          "%s is a family of types, and no resource can be of it. See what there is: holdfast type list --available; then: holdfast type register NAME."
              .formatted(type.name()),
          List.of());
    }
    requireName("resource", create.name());
    PropertyText.Checked checked =
        new PropertyText(create.name(), type.version().description())
            .apply(
                create.separateMonitor()
                    ? CommonProperties.DEFAULT.with("SeparateMonitor", "1")
                    : CommonProperties.DEFAULT,
                Map.of(),
                create.properties(),
                false,
                true);
    ResourceId id = new ResourceId(ids.get());
    Function<ClusterState, Plan> check =
        now -> {
          if (now.findResource(create.name()).isPresent()) {
            throw new ApiException.Conflict(
                "ResourceExists",
                create.name(),
                "There is a resource " + create.name() + " already.");
          }
          Set<ResourceId> providers = new LinkedHashSet<>();
          for (String provider : create.dependsOn()) {
            providers.add(Lookup.resource(now, provider).id());
          }
          var config =
              new ResourceConfig(
                  id,
                  create.name(),
                  Lookup.type(now, create.type()).name(),
                  Lookup.group(now, create.group()).id(),
                  providers,
                  false,
                  checked.common(),
                  checked.properties());
          Requests.dependencyProblem(now, config)
              .ifPresent(
                  problem -> {
                    throw new ApiException.Invalid(
                        "DependencyRejected", create.name(), problem, List.of());
                  });
          refuseSecondExclusive(now, config);
          RequiredTypes.requireForCreate(now, config);
          return Plan.done("created, Offline", new ClusterEvent.ResourceCreated(config));
        };
    // What the state alone refuses is refused at once, also while no monitor can be asked.
    var _ = check.apply(state);
    refuseWhatTheTypeRefuses(create.name(), type, checked);
    return change(asker, "create " + create.name(), check);
  }

  private static void refuseSecondExclusive(ClusterState state, ResourceConfig config) {
    boolean exclusive =
        state
            .findType(config.type())
            .filter(type -> type.version().description().isExclusive())
            .isPresent();
    List<String> users = Requests.usersOfType(state, config.type());
    if (exclusive && !users.isEmpty()) {
      throw new ApiException.Conflict(
          "TypeIsExclusive",
          config.name(),
          "A node has at most one resource of the type %s; %s is one."
              .formatted(config.type(), users.getFirst()));
    }
  }

  /** What the type's own code says. */
  private void refuseWhatTheTypeRefuses(
      String resource, TypeRegistration type, PropertyText.Checked checked) {
    switch (verdict(type, checked)) {
      case Verdict.Given(List<Problem> problems) when problems.isEmpty() -> {}
      case Verdict.Given(List<Problem> problems) ->
          throw new PropertyText(resource, type.version().description()).invalid(problems);
      case Verdict.NotAsked(String why) ->
          throw new ApiException.Failed(
              "TypeNotAsked",
              resource,
              "The type %s could not be asked about the properties: %s. Nothing was changed."
                  .formatted(type.name(), why.replaceFirst("\\.$", "")),
              null);
    }
  }

  /**
   * Asks in the shared monitor, where the code would run anyway; but in one of its own when that is
   * just being replaced, also when it dies while it is asked.
   */
  private Verdict verdict(TypeRegistration type, PropertyText.Checked checked) {
    MonitorStatus shared = loop.state().monitors().get(MonitorName.SHARED);
    boolean sharedIsReady = shared != null && shared.phase() instanceof MonitorStatus.Phase.Ready;
    if (sharedIsReady && !checked.common().separateMonitor()) {
      Verdict verdict = validator.ask(MonitorName.SHARED, type, checked.declared());
      if (verdict instanceof Verdict.Given) {
        return verdict;
      }
    }
    return registrar.inOwnMonitor(monitor -> validator.ask(monitor, type, checked.declared()));
  }

  private Plan deleteResource(ClusterState state, String name) {
    ClusterResource resource = Lookup.resource(state, name);
    patches.requireNoTool(resource, "cannot be deleted");
    Requests.deleteProblem(state, resource)
        .ifPresent(
            problem -> {
              throw new ApiException.Conflict("NotDeletable", resource.config().name(), problem);
            });
    // An offline has been asked for, and what is there could not be ended: it is gone, or silent.
    boolean mayBeLeft =
        resource.lives() == Lives.ELSEWHERE && resource.phase() instanceof Phase.Failed;
    return Plan.done(
        mayBeLeft ? "deleted; what it had elsewhere may be there still" : "deleted",
        new ClusterEvent.ResourceDeleted(resource.id()));
  }

  private Plan want(ClusterState state, String name, boolean online) {
    ClusterResource resource = Lookup.resource(state, name);
    if (online) {
      requireResolved(state, resource);
      RequiredTypes.requireForOnline(state, resource);
      patches.requireNone(resource);
      for (ResourceId id : Requests.providersOf(state, resource.id())) {
        Optional.ofNullable(state.resources().get(id)).ifPresent(patches::requireNone);
      }
    }
    if (!online) {
      requireNoTools(state, resource);
    }
    Set<ResourceId> all = new LinkedHashSet<>();
    all.add(resource.id());
    all.addAll(
        online
            ? Requests.providersOf(state, resource.id())
            : Requests.dependentsOf(state, resource.id()));
    return Plan.waitFor(
        online ? new Goal.AllOnline(all) : new Goal.AllOffline(all),
        new ClusterEvent.Wanted(List.of(resource.id()), online));
  }

  /** Its providers come first, and by a command of their own: what runs is not to wait for them. */
  private Plan adopt(ClusterState state, String name) {
    ClusterResource resource = Lookup.resource(state, name);
    requireResolved(state, resource);
    patches.requireNone(resource);
    RequiredTypes.requireForOnline(state, resource);
    if (!resource.foreign()) {
      throw new ApiException.Conflict(
          "NotForeign",
          resource.config().name(),
          "%s cannot be adopted: it is %s, and when it was last looked for nobody else held it. Without --adopt it is looked for, and not started when it runs."
              .formatted(resource.config().name(), resource.state()));
    }
    Requests.providersOf(state, resource.id()).stream()
        .map(state.resources()::get)
        .filter(provider -> provider != null && provider.state() != ResourceState.ONLINE)
        .findFirst()
        .ifPresent(
            provider -> {
              throw new ApiException.Conflict(
                  "ProviderNotOnline",
                  resource.config().name(),
                  "%s cannot be adopted: it depends on %s, which is %s. Bring that online first."
                      .formatted(
                          resource.config().name(), provider.config().name(), provider.state()));
            });
    return Plan.waitFor(
        new Goal.AllOnline(Set.of(resource.id())),
        new ClusterEvent.Wanted(List.of(resource.id()), true),
        new ClusterEvent.OfResource(resource.id(), new ResourceEvent.Adopt()));
  }

  private Plan restart(ClusterState state, String name) {
    ClusterResource resource = Lookup.resource(state, name);
    requireResolved(state, resource);
    patches.requireNone(resource);
    requireNoTools(state, resource);
    RequiredTypes.requireForOnline(state, resource);
    Set<ResourceId> all = new LinkedHashSet<>();
    all.add(resource.id());
    for (ResourceId dependent : Requests.dependentsOf(state, resource.id())) {
      ClusterResource other = state.resources().get(dependent);
      if (other != null && other.config().wantedOnline()) {
        all.add(dependent);
      }
    }
    return Plan.waitFor(new Goal.AllOnline(all), new ClusterEvent.Restart(resource.id()));
  }

  private static Plan fail(ClusterState state, String name) {
    ClusterResource resource = Lookup.resource(state, name);
    if (resource.state() != ResourceState.ONLINE || !resource.isSupervised()) {
      throw new ApiException.Conflict(
          "NotOnline",
          resource.config().name(),
          "%s is %s; only a resource that is Online and supervised can be failed."
              .formatted(resource.config().name(), resource.state()));
    }
    return Plan.waitFor(
        new Goal.AllOnline(Set.of(resource.id())),
        new ClusterEvent.OfResource(resource.id(), new ResourceEvent.FailNow()));
  }

  private static Plan resetFailures(ClusterState state, String name) {
    ClusterResource resource = Lookup.resource(state, name);
    return Plan.done(
        "failures forgotten",
        new ClusterEvent.OfResource(resource.id(), new ResourceEvent.ForgetFailures()));
  }

  private static Plan maintenance(ClusterState state, String name, boolean on) {
    ClusterResource resource = Lookup.resource(state, name);
    return Plan.done(
        on ? "not polled, and its end is no failure" : "polled again",
        new ClusterEvent.PropertiesSet(
            resource.id(),
            resource.config().common().with("MaintenanceMode", on ? "1" : "0"),
            resource.config().properties()));
  }

  private Operation setResource(Command.SetResource set, Asker asker) {
    ClusterState state = loop.state();
    ClusterResource resource = Lookup.resource(state, set.resource());
    TypeRegistration type = Lookup.type(state, resource.config().type());
    PropertyText.Checked checked = check(resource, type, set);
    if (!checked.properties().equals(resource.config().properties())) {
      refuseWhatTheTypeRefuses(resource.config().name(), type, checked);
    }
    return change(
        asker,
        "set " + resource.config().name(),
        now -> {
          ClusterResource newest = Lookup.resource(now, resource.id().toString());
          if (!newest.config().properties().equals(resource.config().properties())) {
            throw new ApiException.Conflict(
                "ChangedMeanwhile",
                newest.config().name(),
                "The properties of %s were changed by somebody else meanwhile; look, and set them again."
                    .formatted(newest.config().name()));
          }
          PropertyText.Checked again = check(newest, type, set);
          var event =
              new ClusterEvent.PropertiesSet(newest.id(), again.common(), again.properties());
          Set<String> waiting =
              newest.isActive()
                  ? ClusterResource.differing(newest.properties(), again.properties())
                  : Set.of();
          Set<String> differing =
              ClusterResource.differing(newest.config().properties(), again.properties());
          boolean differs = !differing.isEmpty();
          differing.addAll(waiting);
          Set<String> changeable = Requests.changeable(type.version().description(), differing);
          // Who sets a common property alone has not asked for what failed to be tried again.
          boolean asked = differs || again.common().equals(newest.config().common());
          if (asked && !changeable.isEmpty() && newest.isUsable()) {
            return Plan.waitFor(new Goal.InEffect(newest.id(), changeable), event);
          }
          return Plan.done(
              differs && !waiting.isEmpty() ? Goal.InEffect.later(waiting) : "set", event);
        });
  }

  private static PropertyText.Checked check(
      ClusterResource resource, TypeRegistration type, Command.SetResource set) {
    return new PropertyText(resource.config().name(), type.version().description())
        .apply(
            resource.config().common(),
            resource.config().properties(),
            set.properties(),
            set.privateOnly(),
            false);
  }

  // ---- patches -------------------------------------------------------------------------------

  /** What a tool needs is not taken from it. */
  private void requireNoTools(ClusterState state, ClusterResource provider) {
    for (ResourceId id : Requests.dependentsOf(state, provider.id())) {
      Optional.ofNullable(state.resources().get(id))
          .ifPresent(
              dependent -> patches.requireNoTool(dependent, "needs what it depends on Online"));
    }
  }

  /** A step of a patch; the words are how it went. */
  @FunctionalInterface
  private interface PatchStep {
    String carryOut(ClusterResource resource, Consumer<String> tell);
  }

  private Operation patch(
      Asker asker,
      String what,
      String name,
      BiConsumer<ClusterState, ClusterResource> check,
      PatchStep step) {
    ClusterState state = loop.state();
    ClusterResource resource = Lookup.resource(state, name);
    check.accept(state, resource);
    if (asker.dryRun()) {
      Operation operation = operations.begin("dry run: " + what);
      operation.narrate(new Narration(clock.instant(), resource.config().name(), "would " + what));
      operations.done(operation, "nothing was changed");
      return operation;
    }
    Operation operation = operations.begin(what);
    executor.execute(() -> carryOut(operation, resource, step));
    return operation;
  }

  private void carryOut(Operation operation, ClusterResource resource, PatchStep step) {
    try {
      operations.done(
          operation,
          step.carryOut(
              resource,
              line ->
                  operation.narrate(
                      new Narration(clock.instant(), resource.config().name(), line))));
    } catch (RuntimeException e) {
      ApiException refusal =
          e instanceof ApiException refused
              ? refused
              : new ApiException.Internal(
                  "Internal", "The cluster service failed: " + e.getMessage(), e);
      operations.failed(operation, refusal, Set.of(resource.id()), loop.state());
    }
  }

  // ---- types ---------------------------------------------------------------------------------

  private Operation registerType(Command.RegisterType register, Asker asker) {
    registering.lock();
    try {
      List<TypeRegistration> first = registrar.inspect(register.archive(), loop.state());
      try {
        return register(first, asker);
      } finally {
        // What was only looked at, or refused after all, is not kept.
        registrar.discardUnlessRegistered(first, loop.state());
      }
    } finally {
      registering.unlock();
    }
  }

  private Operation registerMember(String name, Asker asker) {
    registering.lock();
    try {
      TypeRegistration family = Lookup.familyOf(loop.state(), name);
      TypeRegistration.Version described = surveyor.member(family, name);
      return register(List.of(registrar.member(described, loop.state())), asker);
    } finally {
      registering.unlock();
    }
  }

  private Operation register(List<TypeRegistration> first, Asker asker) {
    String names = String.join(", ", first.stream().map(TypeRegistration::name).toList());
    return change(
        asker,
        "register " + names,
        state -> {
          // What was registered meanwhile must not be lost.
          List<ClusterEvent> events = new ArrayList<>();
          for (TypeRegistration type : registrar.merge(first, state)) {
            events.add(new ClusterEvent.TypeRegistered(type));
          }
          for (MonitorName monitor : monitorsWithOlder(state, first)) {
            events.add(new ClusterEvent.MonitorReplaced(monitor));
          }
          return new Plan(events, Optional.empty(), "registered " + names);
        });
  }

  /**
   * Monitors that have an older version loaded: nothing is unloaded, so they are replaced, also
   * when no resource of theirs needs it any more.
   */
  private Set<MonitorName> monitorsWithOlder(
      ClusterState state, List<TypeRegistration> registrations) {
    Set<MonitorName> names = new LinkedHashSet<>();
    for (TypeRegistration type : registrations) {
      names.addAll(monitors.withOther(type.version().plugin(), type.version().digest()));
      for (TypeRegistration known : state.types().values()) {
        if (known.version().plugin().equals(type.version().plugin())
            && !known.version().digest().equals(type.version().digest())) {
          Requests.usersOfType(state, known.name()).stream()
              .map(user -> Lookup.resource(state, user))
              .flatMap(resource -> resource.openIn().stream())
              .forEach(names::add);
        }
      }
    }
    return names;
  }

  private static Plan unregister(ClusterState state, String name, boolean force) {
    TypeRegistration type = Lookup.type(state, name);
    List<String> users = Requests.usersOfType(state, type.name());
    if (!users.isEmpty() && !force) {
      throw new ApiException.Conflict(
          "TypeInUse",
          type.name(),
          "%s is the type of %s. Delete them first, or use --force; they then stay as they are, without a type."
              .formatted(type.name(), String.join(", ", users)));
    }
    return Plan.done("unregistered", new ClusterEvent.TypeUnregistered(type.name()));
  }

  // ---- monitors ------------------------------------------------------------------------------

  private Operation killMonitor(Command.KillMonitor kill, Asker asker) {
    ClusterState state = loop.state();
    MonitorStatus monitor = Lookup.monitor(state, kill.monitor());
    Set<ResourceId> held = held(state, monitor.name());
    String what = "send " + kill.signal() + " to monitor " + monitor.name();
    if (asker.dryRun()) {
      Operation operation = operations.begin("dry run: " + what);
      operations.done(operation, "nothing was changed");
      return operation;
    }
    if (!monitors.signal(monitor.name(), Signal.of(kill.signal().name()))) {
      throw new ApiException.Conflict(
          "NoProcess",
          monitor.name().value(),
          "The monitor " + monitor.name() + " has no process now.");
    }
    Operation operation = operations.begin(what);
    operations.await(
        operation, new Goal.Replaced(monitor.name(), monitor.epoch(), held), state, loop::state);
    return operation;
  }

  private Plan restartMonitor(ClusterState state, String name) {
    MonitorStatus monitor = Lookup.monitor(state, name);
    if (!(monitor.phase() instanceof MonitorStatus.Phase.Ready)) {
      throw new ApiException.Conflict(
          "NotReady",
          monitor.name().value(),
          "The monitor %s is %s; it is being replaced already."
              .formatted(monitor.name(), monitor.label()));
    }
    return Plan.waitFor(
        new Goal.Replaced(monitor.name(), monitor.epoch(), held(state, monitor.name())),
        new ClusterEvent.MonitorReplaced(monitor.name()));
  }

  private static Set<ResourceId> held(ClusterState state, MonitorName monitor) {
    Set<ResourceId> held = new LinkedHashSet<>();
    state.resourcesIn(monitor).forEach(resource -> held.add(resource.id()));
    return held;
  }

  // ---- the service ---------------------------------------------------------------------------

  private Operation stopService(boolean keep, Asker asker) {
    String what = keep ? "stop the service, keep applications" : "stop the service";
    String tools = keep ? "" : patches.tools(loop.state());
    if (!tools.isEmpty()) {
      throw new ApiException.Conflict(
          "ToolRuns",
          null,
          "A tool patches %s, and half a patch is worse than none. Wait for its end, or leave it running for the next service: holdfast service stop --keep."
              .formatted(tools));
    }
    if (asker.dryRun()) {
      Operation operation = operations.begin("dry run: " + what);
      operations.done(operation, "nothing was changed");
      return operation;
    }
    Operation operation = operations.begin(what);
    if (keep) {
      operations.done(operation, "applications go on; the next serve takes them over");
    } else {
      ClusterState state = loop.state();
      operations.await(operation, new Goal.Quiet(active(state)), state, loop::state);
    }
    executor.execute(() -> stop.accept(keep));
    return operation;
  }

  // ---- checks --------------------------------------------------------------------------------

  private static void requireName(String what, String name) {
    Requests.nameProblem(name)
        .ifPresent(
            problem -> {
              throw new ApiException.Invalid(
                  "BadName",
                  name,
                  "\"" + name + "\" cannot name a " + what + ": " + problem,
                  List.of());
            });
  }

  /**
   * A monitor that holds it has its code already, whatever became of the archive since; but what
   * somebody unregistered is not to be brought online.
   */
  private static void requireResolved(ClusterState state, ClusterResource resource) {
    TypeStatus status = state.typeStatus(resource.config().type());
    boolean held = resource.openIn().isPresent() && resource.unsupervisedSince().isEmpty();
    if (status == TypeStatus.NOT_REGISTERED || (status != TypeStatus.REGISTERED && !held)) {
      var problem = state.typeProblems().get(resource.config().type().toLowerCase(Locale.ROOT));
      throw new ApiException.Conflict(
          "TypeUnresolved",
          resource.config().name(),
          "%s cannot be brought online: its type %s is %s%s"
              .formatted(
                  resource.config().name(),
                  resource.config().type(),
                  status,
                  problem == null ? "." : ". " + problem.detail()));
    }
  }
}
