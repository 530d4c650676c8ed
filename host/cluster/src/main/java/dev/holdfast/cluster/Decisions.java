package dev.holdfast.cluster;

import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSortedMap;
import dev.holdfast.cluster.ClusterState.Mode;
import dev.holdfast.cluster.MonitorStatus.Phase.Ready;
import dev.holdfast.cluster.MonitorStatus.Phase.Starting;
import dev.holdfast.cluster.MonitorStatus.Phase.Stopped;
import dev.holdfast.cluster.MonitorStatus.Phase.Stopping;
import dev.holdfast.cluster.MonitorStatus.Phase.Waiting;
import dev.holdfast.spi.Exit;
import dev.holdfast.spi.Found;
import dev.holdfast.spi.Lives;
import dev.holdfast.spi.OfflineReason;
import dev.holdfast.spi.Timings;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The cluster's decisions: events and the time in, the new state and the actions to take out.
 *
 * <p>After the events of a step have had their effect, every resource is compared with what is
 * wanted of it, in the order of dependencies: providers come Online before their dependents and go
 * Offline after them; a provider that fails takes its dependents offline before it is restarted,
 * and they come back with it. That a monitor died changes nobody's state: a provider without a
 * monitor is as Online as it was.
 *
 * <p>Pure: the same in gives the same out. What it keeps is the last order of dependencies, since
 * that of a thousand resources costs more than a step. Safe to use from any thread.
 */
public final class Decisions {
  /** How long a monitor may take from its start to ready. */
  static final Duration MONITOR_START_LIMIT = Duration.ofSeconds(60);

  /** How long a monitor may take to leave when asked. */
  static final Duration MONITOR_STOP_LIMIT = Duration.ofSeconds(10);

  /** How long a monitor must have lived for its death not to count with the one before. */
  static final Duration STRIKE_MEMORY = Duration.ofSeconds(60);

  private static final Duration BACKOFF_MIN = Duration.ofMillis(250);
  private static final Duration BACKOFF_MAX = Duration.ofSeconds(30);

  private final Duration replacementDelay;
  private volatile @Nullable DependencyOrder lastOrder;

  /**
   * @param replacementDelay how long a dead monitor's replacement is held back; zero but for people
   *     who test what holds while there is none
   */
  public Decisions(Duration replacementDelay) {
    this.replacementDelay = replacementDelay;
  }

  /**
   * What follows from events.
   *
   * @param actions in the order in which they are to be taken, once the state is durable
   */
  public record Step(ClusterState state, List<Action> actions) {}

  /**
   * Decides events that happened in this order. Every step looks at the clock, after its events: an
   * answer that comes with its deadline is in time, and whatever is due is dealt with.
   */
  public Step on(ClusterState state, List<ClusterEvent> events, Instant now) {
    var work = new Work(state, now);
    for (ClusterEvent event : events) {
      work.on(event);
    }
    work.reconcile();
    return new Step(work.done(), work.out.actions());
  }

  /** A step while it is being decided. */
  private final class Work {
    private final ClusterState before;
    private final Instant now;
    private final Outbox out = new Outbox();
    private final Map<GroupId, GroupConfig> groups;
    private final TreeMap<String, TypeRegistration> types;
    private final Map<String, ClusterState.TypeProblem> typeProblems;
    private final Map<ResourceId, ClusterResource> resources;
    private final TreeMap<MonitorName, MonitorStatus> monitors;
    private final Set<String> typesBack = new HashSet<>();

    /** What a find of this step said is gone: nothing can have started it since. */
    private final Set<ResourceId> seenGone = new HashSet<>();

    private Mode mode;

    /** Whether a resource is not what it was; a step that touches none leaves the map as it is. */
    private boolean resourcesDiffer;

    Work(ClusterState state, Instant now) {
      this.before = state;
      this.now = now;
      this.mode = state.mode();
      this.groups = new LinkedHashMap<>(state.groups());
      this.types = new TreeMap<>(state.types());
      this.typeProblems = new LinkedHashMap<>(state.typeProblems());
      this.resources = new LinkedHashMap<>(state.resources());
      this.monitors = new TreeMap<>(state.monitors());
    }

    ClusterState done() {
      return new ClusterState(
          mode,
          groups.equals(before.groups()) ? before.groups() : ImmutableMap.copyOf(groups),
          ImmutableSortedMap.copyOf(types),
          ImmutableMap.copyOf(typeProblems),
          resourcesDiffer ? ImmutableMap.copyOf(resources) : before.resources(),
          ImmutableSortedMap.copyOf(monitors));
    }

    void on(ClusterEvent event) {
      switch (event) {
        case ClusterEvent.OfResource(ResourceId id, ResourceEvent what) -> tell(id, what);
        case ClusterEvent.Tick() -> {
          // Every step looks at the clock.
        }
        case ClusterEvent.MonitorStarted(MonitorName name, int pid) -> monitorStarted(name, pid);
        case ClusterEvent.MonitorReady(MonitorName name, long epoch) -> monitorReady(name, epoch);
        case ClusterEvent.MonitorDied(
                MonitorName name,
                boolean ownDoing,
                Optional<ResourceId> culprit) ->
            monitorDied(name, ownDoing, culprit);
        case ClusterEvent.MonitorReplaced(MonitorName name) -> replace(name);
        case ClusterEvent.ProcessEnded(ResourceId id, Exit exit) -> processEnded(id, exit);
        case ClusterEvent.TypeRegistered(TypeRegistration type) -> typeRegistered(type);
        case ClusterEvent.TypeUnregistered(String name) -> {
          types.remove(ClusterState.key(name));
          typeProblems.remove(ClusterState.key(name));
        }
        case ClusterEvent.TypeResolved(String name, Optional<ClusterState.TypeProblem> problem) ->
            typeResolved(name, problem);
        case ClusterEvent.GroupPut(GroupConfig group) -> groups.put(group.id(), group);
        case ClusterEvent.GroupDeleted(GroupId group) -> groups.remove(group);
        case ClusterEvent.ResourceCreated(ResourceConfig config) -> created(config);
        case ClusterEvent.ResourceDeleted(ResourceId id) -> deleted(id);
        case ClusterEvent.PropertiesSet(
                ResourceId id,
                CommonProperties common,
                Map<String, List<String>> properties) ->
            propertiesSet(id, common, properties);
        case ClusterEvent.Placed(ResourceId id, GroupId group, Set<ResourceId> dependsOn) ->
            edit(id, draft -> draft.config = draft.config.placed(group, dependsOn));
        case ClusterEvent.Wanted(List<ResourceId> ids, boolean online) -> wanted(ids, online);
        case ClusterEvent.Restart(ResourceId id) -> restart(id);
        case ClusterEvent.Stop() -> mode = Mode.STOPPING;
      }
    }

    // ---- effects of events ---------------------------------------------------------------

    private void tell(ResourceId id, ResourceEvent event) {
      ClusterResource resource = resources.get(id);
      if (resource == null) {
        return;
      }
      ClusterResource next = ResourceMachine.on(resource, event, now, out);
      put(next);
      if (event instanceof ResourceEvent.FoundIt(Found.Absent _)
          && resource.phase() instanceof Phase.Stopping
          && next.phase() instanceof Phase.Resting) {
        seenGone.add(id);
      }
    }

    private void edit(ResourceId id, Consumer<ClusterResource.Draft> change) {
      ClusterResource resource = resources.get(id);
      if (resource != null) {
        var draft = resource.edit();
        change.accept(draft);
        put(draft.done());
      }
    }

    private void put(ClusterResource resource) {
      resourcesDiffer |= !resource.equals(resources.put(resource.id(), resource));
    }

    /** The longer interval does not show in when the next report must have come. */
    private boolean isPolledAs(ClusterResource one, ClusterResource other) {
      return one.reportBy(now).equals(other.reportBy(now))
          && one.looksAliveInterval().equals(other.looksAliveInterval())
          && one.isAliveInterval().equals(other.isAliveInterval());
    }

    /** Changes what was said about a resource, or its type; the monitor polls it by that. */
    private void configured(ResourceId id, Consumer<ClusterResource.Draft> change) {
      ClusterResource old = resources.get(id);
      if (old == null) {
        return;
      }
      edit(id, change);
      if (!isPolledAs(old, resource(id))) {
        tell(id, new ResourceEvent.PollingChanged());
      }
    }

    /**
     * What its type can put in effect while it is Online is put in effect at once. What is set
     * again, as it is, is tried again; who sets a common property has not asked for that.
     */
    private void propertiesSet(
        ResourceId id, CommonProperties common, Map<String, List<String>> properties) {
      ClusterResource old = resources.get(id);
      if (old == null) {
        return;
      }
      configured(id, draft -> draft.configure(common, properties));
      // What is in effect when a change that is under way has returned may be none of both.
      Set<String> differing = ClusterResource.differing(old.config().properties(), properties);
      differing.addAll(resource(id).notInEffect());
      Set<String> what = changeable(resource(id), differing);
      if (!what.isEmpty()
          && (!properties.equals(old.config().properties())
              || common.equals(old.config().common()))) {
        tell(id, new ResourceEvent.Change(what));
      }
    }

    private Set<String> changeable(ClusterResource resource, Set<String> names) {
      return Optional.ofNullable(types.get(ClusterState.key(resource.config().type())))
          .map(type -> type.version().description())
          .map(description -> Requests.changeable(description, names))
          .orElse(Set.of());
    }

    private void tick() {
      for (ResourceId id : those(resource -> isDue(resource.phase().due()))) {
        tell(id, new ResourceEvent.Due());
      }
      for (MonitorStatus monitor : List.copyOf(monitors.values())) {
        if (isDue(monitor.due())) {
          monitorDue(monitor);
        }
      }
    }

    /**
     * The resources of which something holds, usually none: a step looks at all of them several
     * times, and is to copy them as seldom as it can.
     */
    private List<ResourceId> those(Predicate<ClusterResource> holds) {
      List<ResourceId> found = List.of();
      for (ClusterResource resource : resources.values()) {
        if (holds.test(resource)) {
          if (found.isEmpty()) {
            found = new ArrayList<>();
          }
          found.add(resource.id());
        }
      }
      return found;
    }

    private boolean isDue(Optional<Instant> moment) {
      return moment.filter(due -> !due.isAfter(now)).isPresent();
    }

    private void processEnded(ResourceId id, Exit exit) {
      edit(id, draft -> draft.lastExit = Optional.of(exit));
      tell(id, new ResourceEvent.ProcessEnded());
    }

    private void typeRegistered(TypeRegistration type) {
      types.put(ClusterState.key(type.name()), type);
      typeProblems.remove(ClusterState.key(type.name()));
      typesBack.add(ClusterState.key(type.name()));
      var description = type.version().description();
      for (ClusterResource resource : List.copyOf(resources.values())) {
        if (resource.config().type().equalsIgnoreCase(type.name())) {
          configured(
              resource.id(),
              draft -> {
                draft.lives = description.lives();
                draft.timings = description.timings();
              });
        }
      }
    }

    private void typeResolved(String name, Optional<ClusterState.TypeProblem> problem) {
      if (problem.isPresent()) {
        typeProblems.put(ClusterState.key(name), problem.get());
      } else if (typeProblems.remove(ClusterState.key(name)) != null) {
        typesBack.add(ClusterState.key(name));
      }
    }

    private void created(ResourceConfig config) {
      var description =
          Optional.ofNullable(types.get(ClusterState.key(config.type())))
              .map(type -> type.version().description());
      Lives lives = description.map(d -> d.lives()).orElse(Lives.ON_NODE);
      Timings timings = description.map(d -> d.timings()).orElse(Timings.DEFAULT);
      put(ClusterResource.created(config, lives, timings, now));
    }

    private void deleted(ResourceId id) {
      ClusterResource resource = resources.remove(id);
      if (resource != null) {
        resourcesDiffer = true;
        resource
            .openIn()
            .ifPresent(monitor -> out.add(new Action.Close(id, monitor, resource.epoch())));
      }
    }

    private void wanted(List<ResourceId> ids, boolean online) {
      DependencyOrder order = order();
      Set<ResourceId> all = new LinkedHashSet<>();
      for (ResourceId id : ids) {
        if (resources.containsKey(id)) {
          all.add(id);
          all.addAll(online ? order.providersOf(id) : order.dependentsOf(id));
        }
      }
      for (ResourceId id : all) {
        edit(id, draft -> draft.config = draft.config.wanted(online));
        // To try it, or to see whether it is gone: what is Failed may have to wait for either.
        tell(id, new ResourceEvent.TryNow());
      }
    }

    private void restart(ResourceId id) {
      edit(id, draft -> draft.bounce = true);
      wanted(List.of(id), true);
    }

    // ---- monitors --------------------------------------------------------------------------

    private void monitorStarted(MonitorName name, int pid) {
      monitors.computeIfPresent(
          name,
          (_, m) ->
              new MonitorStatus(
                  name,
                  m.phase(),
                  m.epoch(),
                  Optional.of(pid),
                  m.restarts(),
                  m.strikes(),
                  m.since()));
    }

    private void monitorReady(MonitorName name, long epoch) {
      // One that died meanwhile, or was told to leave, is not ready for anything; nor is the one
      // that was started in its place.
      monitors.computeIfPresent(
          name,
          (_, m) ->
              m.phase() instanceof Starting && m.epoch() == epoch ? m.enter(new Ready(), now) : m);
    }

    private void monitorDied(MonitorName name, boolean ownDoing, Optional<ResourceId> culprit) {
      MonitorStatus monitor = monitors.get(name);
      if (monitor == null
          || monitor.phase() instanceof Waiting
          || monitor.phase() instanceof Stopped) {
        // Told twice.
        return;
      }
      boolean asked = monitor.phase() instanceof Stopping;
      boolean young = Duration.between(monitor.since(), now).compareTo(STRIKE_MEMORY) < 0;
      boolean blamed = ownDoing && !asked && separate(name, culprit);
      int strikes = asked || !ownDoing || blamed ? 0 : young ? monitor.strikes() + 1 : 1;
      Instant startAt = now.plus(replacementDelay).plus(backoff(strikes));
      monitors.put(
          name,
          new MonitorStatus(
              name,
              asked ? new Stopped() : new Waiting(startAt),
              monitor.epoch(),
              Optional.empty(),
              monitor.restarts() + (asked ? 0 : 1),
              strikes,
              now));
      for (ResourceId id : those(resource -> isOpenIn(resource, name))) {
        tell(id, new ResourceEvent.MonitorLost());
      }
    }

    /**
     * Whose call ended a monitor gets one of its own, as resources did that ended MSCS's, so that
     * it can do so to nobody else any more. There it has one strike already: the next death is its
     * second. Those it shared the monitor with pay nothing, not even a wait.
     */
    private boolean separate(MonitorName died, Optional<ResourceId> culprit) {
      Optional<ClusterResource> shared =
          culprit
              .map(resources::get)
              .filter(resource -> !resource.config().common().separateMonitor())
              .filter(resource -> isOpenIn(resource, died));
      shared.ifPresent(
          resource -> {
            edit(
                resource.id(),
                draft ->
                    draft.config =
                        draft.config.with(
                            draft.config.common().with("SeparateMonitor", "true"),
                            draft.config.properties()));
            MonitorName own = resource(resource.id()).config().monitor();
            // It may have had one before, which is about to leave.
            monitors.merge(
                own,
                new MonitorStatus(own, new Stopped(), 0, Optional.empty(), 0, 1, now),
                (known, _) ->
                    new MonitorStatus(
                        own,
                        known.phase(),
                        known.epoch(),
                        known.pid(),
                        known.restarts(),
                        Math.max(known.strikes(), 1),
                        known.since()));
            out.tell(
                Notice.Kind.SEPARATED,
                resource(resource.id()).edit(),
                "its call was in flight when " + died + " died");
          });
      return shared.isPresent();
    }

    private static boolean isOpenIn(ClusterResource resource, MonitorName name) {
      return resource.openIn().isPresent() && resource.openIn().get().equals(name);
    }

    /** It is asked to leave; since it is needed, another is started once it is gone. */
    private void replace(MonitorName name) {
      MonitorStatus monitor = monitors.get(name);
      if (monitor != null && monitor.phase() instanceof Ready) {
        monitors.put(name, monitor.enter(stoppingNow(), now));
        out.add(new Action.StopMonitor(name));
      }
    }

    private Duration backoff(int strikes) {
      if (strikes <= 1) {
        return Duration.ZERO;
      }
      Duration backoff = BACKOFF_MIN.multipliedBy(1L << Math.min(strikes - 2, 20));
      return backoff.compareTo(BACKOFF_MAX) < 0 ? backoff : BACKOFF_MAX;
    }

    private void monitorDue(MonitorStatus monitor) {
      switch (monitor.phase()) {
        case Starting _ -> {
          out.kill(monitor.name(), "not ready within " + ResourceMachine.text(MONITOR_START_LIMIT));
          monitors.put(monitor.name(), monitor.enter(startingNow(), now));
        }
        case Stopping _ -> {
          out.kill(
              monitor.name(), "did not leave within " + ResourceMachine.text(MONITOR_STOP_LIMIT));
          monitors.put(monitor.name(), monitor.enter(stoppingNow(), now));
        }
        case Waiting _ -> start(monitor);
        case Stopped _ -> {}
        case Ready _ -> {}
      }
    }

    private Starting startingNow() {
      return new Starting(now.plus(MONITOR_START_LIMIT));
    }

    private Stopping stoppingNow() {
      return new Stopping(now.plus(MONITOR_STOP_LIMIT));
    }

    private void start(MonitorStatus monitor) {
      monitors.put(
          monitor.name(),
          new MonitorStatus(
              monitor.name(),
              startingNow(),
              monitor.epoch() + 1,
              Optional.empty(),
              monitor.restarts(),
              monitor.strikes(),
              now));
      out.add(new Action.StartMonitor(monitor.name()));
    }

    /** Starts monitors that are needed and are not there; lets go of those nobody needs. */
    private void reconcileMonitors() {
      Set<MonitorName> needed = new HashSet<>();
      needed.add(MonitorName.SHARED);
      for (ClusterResource resource : resources.values()) {
        needed.add(resource.openIn().orElse(resource.config().monitor()));
      }
      for (MonitorName name : needed) {
        MonitorStatus monitor =
            monitors.computeIfAbsent(
                name, _ -> new MonitorStatus(name, new Stopped(), 0, Optional.empty(), 0, 0, now));
        if (monitor.phase() instanceof Stopped) {
          start(monitor);
        }
      }
      for (MonitorStatus monitor : List.copyOf(monitors.values())) {
        if (!needed.contains(monitor.name())) {
          letGo(monitor);
        }
      }
    }

    private void letGo(MonitorStatus monitor) {
      switch (monitor.phase()) {
        case Stopped _, Waiting _ -> monitors.remove(monitor.name());
        case Ready _ -> {
          monitors.put(monitor.name(), monitor.enter(stoppingNow(), now));
          out.add(new Action.StopMonitor(monitor.name()));
        }
        // Once it is ready, it can be told to leave.
        case Starting _ -> {}
        case Stopping _ -> {}
      }
    }

    // ---- what is wanted --------------------------------------------------------------------

    void reconcile() {
      tick();
      endWhatNobodyHolds();
      superviseAll();
      driveAll();
      // A resource that moved to a monitor of its own needs that monitor now.
      reconcileMonitors();
    }

    /**
     * A stop always ends. What no monitor can take offline, because its type is no code or no
     * monitor gets it open within its PendingTimeout, is ended without its plugin; in its turn, as
     * everything is.
     */
    private void endWhatNobodyHolds() {
      if (mode != Mode.STOPPING) {
        return;
      }
      DependencyOrder order = order();
      for (ResourceId id : order.providersFirst().reversed()) {
        ClusterResource resource = resource(id);
        if (resource.isActive()
            && resource.phase() instanceof Phase.Closed(_, Optional<Instant> retryAt)
            && (retryAt.isEmpty() || isDue(retryAt))
            && isBeyondReach(resource)
            && noneActive(order.directDependentsOf(id))) {
          tell(id, new ResourceEvent.GivenUp());
        }
      }
    }

    private boolean isBeyondReach(ClusterResource resource) {
      return !isResolved(resource.config().type()) || isDue(resource.givenUpAt());
    }

    /** Opens what is closed wherever there is a monitor for it and its type is code. */
    private void superviseAll() {
      // SeparateMonitor takes effect once the resource rests, and is not Online.
      for (ResourceId id : those(this::isToMove)) {
        tell(id, new ResourceEvent.Released());
      }
      for (ResourceId id : those(this::isToOpen)) {
        tell(id, new ResourceEvent.Supervised());
      }
    }

    private boolean isToMove(ClusterResource resource) {
      return resource.openIn().isPresent()
          && !resource.openIn().get().equals(resource.config().monitor());
    }

    private boolean isToOpen(ClusterResource resource) {
      return resource.phase() instanceof Phase.Closed(_, Optional<Instant> retryAt)
          && (retryAt.isEmpty() || isDue(retryAt) || isBack(resource.config().type()))
          && isReady(resource.config().monitor())
          && isResolved(resource.config().type());
    }

    /** Whether what was wrong with a type was mended in this step. */
    private boolean isBack(String type) {
      return typesBack.contains(ClusterState.key(type));
    }

    private boolean isReady(MonitorName name) {
      MonitorStatus monitor = monitors.get(name);
      return monitor != null && monitor.phase() instanceof Ready;
    }

    private boolean isResolved(String type) {
      return types.containsKey(ClusterState.key(type))
          && !typeProblems.containsKey(ClusterState.key(type));
    }

    private void driveAll() {
      if (mode == Mode.RUNNING && those(resource -> !isAsWanted(resource)).isEmpty()) {
        // Most steps are a report of a check, or one more resource that was found again.
        return;
      }
      DependencyOrder order = order();
      Map<ResourceId, Boolean> shouldRun = new HashMap<>();
      List<ResourceId> providersFirst = order.providersFirst();
      for (ResourceId id : providersFirst) {
        ClusterResource resource = resource(id);
        endBounce(resource);
        endTakeOver(resource(id));
        shouldRun.put(id, shouldRun(resource(id), shouldRun));
      }
      for (ResourceId id : providersFirst) {
        if (shouldRun.getOrDefault(id, false)) {
          driveOnline(resource(id), order);
        }
      }
      for (ResourceId id : providersFirst.reversed()) {
        if (!shouldRun.getOrDefault(id, false)) {
          driveOffline(resource(id), order);
        }
      }
    }

    private boolean isAsWanted(ClusterResource resource) {
      return isAsWanted(resource, resource.phase());
    }

    private boolean isAsWanted(ClusterResource resource, Phase phase) {
      ResourceConfig config = resource.config();
      return switch (phase) {
        case Phase.Offline _ -> !config.wantedOnline() && !resource.isEndedFirst();
        case Phase.Online _, Phase.Changing _ ->
            config.wantedOnline()
                && !resource.isEndedFirst()
                && (config.dependsOn().isEmpty()
                    || config.dependsOn().stream()
                        .allMatch(provider -> resource(provider).state() == ResourceState.ONLINE));
        // Nothing can be asked of it; what it is as far as anybody knows is what counts.
        case Phase.Recovering recovering -> isAsWanted(resource, recovering.memory());
        case Phase.Failed _, Phase.Starting _, Phase.Stopping _ -> false;
      };
    }

    private void endBounce(ClusterResource resource) {
      if (resource.bounce() && !resource.isActive()) {
        edit(resource.id(), draft -> draft.bounce = false);
        tell(resource.id(), new ResourceEvent.TryNow());
      }
    }

    private boolean shouldRun(ClusterResource resource, Map<ResourceId, Boolean> soFar) {
      return mode == Mode.RUNNING
          && resource.config().wantedOnline()
          && !resource.isEndedFirst()
          && resource.config().dependsOn().stream()
              .allMatch(
                  provider ->
                      soFar.getOrDefault(provider, false)
                          && resource(provider).state() == ResourceState.ONLINE);
    }

    private void driveOnline(ClusterResource resource, DependencyOrder order) {
      if (isStartable(resource.phase()) && noneActive(order.directDependentsOf(resource.id()))) {
        tell(resource.id(), new ResourceEvent.GoOnline(seenGone.contains(resource.id())));
      }
    }

    private boolean isStartable(Phase phase) {
      return switch (phase) {
        case Phase.Offline _ -> true;
        case Phase.Failed(_, Optional<Instant> retryAt) -> isDue(retryAt);
        case Phase.Online _,
            Phase.Changing _,
            Phase.Starting _,
            Phase.Stopping _,
            Phase.Recovering _ ->
            false;
      };
    }

    private void driveOffline(ClusterResource resource, DependencyOrder order) {
      Set<ResourceId> dependents = order.directDependentsOf(resource.id());
      if ((resource.isActive() || isToBeSeenGone(resource))
          && noneActive(dependents)
          && dependents.stream().noneMatch(this::isToBeLookedFor)) {
        tell(resource.id(), new ResourceEvent.GoOffline(reason(resource)));
      }
    }

    /** Whether another node may have left it running, and a monitor will say so. */
    private boolean isToBeLookedFor(ResourceId id) {
      ClusterResource resource = resource(id);
      return resource.takenOver()
          && resource.phase() instanceof Phase.Recovering
          && isResolved(resource.config().type());
    }

    /** What another node had is this one's once it is seen not to run, or was ended. */
    private void endTakeOver(ClusterResource resource) {
      if (resource.takenOver()
          && !resource.isActive()
          && !(resource.phase() instanceof Phase.Recovering)) {
        edit(resource.id(), draft -> draft.takenOver = false);
      }
    }

    /** What is Failed and not wanted becomes Offline once {@code find} says that it is gone. */
    private boolean isToBeSeenGone(ClusterResource resource) {
      return mode == Mode.RUNNING
          && !resource.config().wantedOnline()
          && resource.phase() instanceof Phase.Failed(_, Optional<Instant> retryAt)
          && (retryAt.isEmpty() || isDue(retryAt));
    }

    private OfflineReason reason(ClusterResource resource) {
      if (mode == Mode.STOPPING) {
        return OfflineReason.SHUTDOWN;
      }
      if (resource.takenOver() && resource.config().wantedOnline()) {
        return OfflineReason.MOVE;
      }
      return resource.config().wantedOnline() && !resource.bounce()
          ? OfflineReason.DEPENDENCY
          : OfflineReason.OPERATOR;
    }

    private boolean noneActive(Set<ResourceId> ids) {
      return ids.stream().noneMatch(id -> resource(id).isActive());
    }

    private ClusterResource resource(ResourceId id) {
      ClusterResource resource = resources.get(id);
      if (resource == null) {
        throw new IllegalStateException("a dependency names " + id + ", which does not exist");
      }
      return resource;
    }

    private DependencyOrder order() {
      List<ResourceConfig> configs = new ArrayList<>(resources.size());
      resources.values().forEach(resource -> configs.add(resource.config()));
      DependencyOrder last = lastOrder;
      if (last == null || !last.isOf(configs)) {
        last = DependencyOrder.of(configs);
        lastOrder = last;
      }
      return last;
    }
  }
}
