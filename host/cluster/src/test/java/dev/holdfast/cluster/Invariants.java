package dev.holdfast.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.spi.Lives;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/** What holds after every step, whatever happens. */
final class Invariants implements VirtualNode.Watcher {
  @Override
  public void decided(
      Instant now, ClusterState before, List<ClusterEvent> events, Decisions.Step step) {
    ClusterState after = step.state();
    for (ClusterResource resource : after.resources().values()) {
      holds(now, after, resource);
      ClusterResource was = before.resources().get(resource.id());
      if (was != null) {
        follows(was, resource, events);
      }
    }
    for (Action action : step.actions()) {
      allowed(before, after, action);
    }
    waitsForNothingThatHasPassed(now, after);
  }

  private static void holds(Instant now, ClusterState state, ClusterResource resource) {
    String name = resource.config().name();
    boolean providersOnline =
        resource.config().dependsOn().stream()
            .allMatch(id -> resource(state, id).state() == ResourceState.ONLINE);
    boolean dependentsActive =
        state.resources().values().stream()
            .anyMatch(
                other ->
                    other.config().dependsOn().contains(resource.id()) && mayRun(other.phase()));
    boolean goingUp = resource.isUsable() || resource.phase() instanceof Phase.Starting;
    if (goingUp && !dependentsActive) {
      assertThat(providersOnline).as("%s is up, its providers are not", name).isTrue();
    }
    if (resource.phase() instanceof Phase.Offline
        && resource.config().wantedOnline()
        && state.mode() == ClusterState.Mode.RUNNING) {
      assertThat(stands(state, resource) && !dependentsActive)
          .as("%s is Offline, wanted Online, and nothing stands in its way", name)
          .isFalse();
    }
    if (resource.phase() instanceof Phase.Closed) {
      assertThat(resource.openIn()).as("%s is closed", name).isEmpty();
    } else {
      assertThat(resource.openIn()).as("%s is open somewhere", name).isPresent();
    }
    if (!resource.isSupervised()) {
      assertThat(resource.unsupervisedSince()).as("%s is unsupervised since", name).isPresent();
    }
    assertThat(resource.since()).isBeforeOrEqualTo(now);
    if (resource.phase() instanceof Phase.Offline) {
      assertThat(resource.notInEffect())
          .as("what %s, which is Offline, goes on with", name)
          .isEmpty();
    }
    if (resource.phase() instanceof Phase.Changing(var what, var to, _, _)) {
      assertThat(resource.notInEffect()).as("what of %s changes", name).isNotEmpty();
      assertThat(what).as("what of %s changes", name).isNotEmpty();
      assertThat(to).as("to what %s changes", name).isNotEqualTo(resource.properties());
    }
  }

  /** Said apart from {@link ClusterResource#isActive}, which must say the same. */
  private static boolean mayRun(Phase phase) {
    return phase instanceof Phase.Recovering recovering
        ? mayRun(recovering.memory())
        : !(phase instanceof Phase.Offline || phase instanceof Phase.Failed);
  }

  /** Whether all that it needs, directly or not, is Online and stays so. */
  private static boolean stands(ClusterState state, ClusterResource resource) {
    return !resource.bounce()
        && resource.config().dependsOn().stream()
            .map(id -> resource(state, id))
            .allMatch(
                provider ->
                    provider.state() == ResourceState.ONLINE
                        && provider.config().wantedOnline()
                        && stands(state, provider));
  }

  private static void follows(ClusterResource was, ClusterResource is, List<ClusterEvent> events) {
    String name = is.config().name();
    assertThat(is.epoch()).as("epoch of %s", name).isGreaterThanOrEqualTo(was.epoch());
    boolean failed = !was.failures().equals(is.failures()) && !is.failures().failures().isEmpty();
    if (failed) {
      assertThat(events)
          .as("%s does not pay for its monitor's death", name)
          .noneMatch(event -> event instanceof ClusterEvent.MonitorDied);
      boolean victim =
          was.lives() == Lives.IN_MONITOR
              && (was.phase() instanceof Phase.Opening || was.phase() instanceof Phase.Finding)
              && events.toString().contains("Absent");
      assertThat(victim).as("%s lived in its monitor, and pays for that", name).isFalse();
    }
    if (is.phase() instanceof Phase.GoingOnline && !(was.phase() instanceof Phase.GoingOnline)) {
      assertThat(was.phase())
          .as("%s goes online", name)
          .isInstanceOfAny(Phase.Checking.class, Phase.Terminating.class, Phase.Verifying.class);
      assertThat(events).asString().containsAnyOf("Absent", "FoundSuperseded");
      assertThat(is.epoch()).as("epoch of %s", name).isGreaterThan(was.epoch());
    }
  }

  private static void allowed(ClusterState before, ClusterState after, Action action) {
    switch (action) {
      case Action.Open(ResourceId id, MonitorName monitor, long epoch, _) -> {
        assertThat(resource(after, id).epoch()).isEqualTo(epoch);
        assertReady(after, monitor);
      }
      case Action.Call call -> {
        ClusterResource resource = resource(after, call.resource());
        assertThat(call.epoch()).isEqualTo(resource.epoch());
        assertReady(after, resource.openIn().orElseThrow());
        if (call.entryPoint() == EntryPoint.ONLINE) {
          online(after, resource);
        }
        // One that was under way before its monitor died is only called again.
        if (call.entryPoint() == EntryPoint.OFFLINE
            && !(resource(before, call.resource()).phase() instanceof Phase.Recovering)) {
          offline(after, resource);
        }
      }
      case Action.Change change ->
          assertThat(change.epoch()).isEqualTo(resource(after, change.resource()).epoch());
      case Action.CancelCall(ResourceId id) -> resource(after, id);
      case Action.EndProcesses(ResourceId id) -> resource(after, id);
      case Action.ReleaseExternals(ResourceId id) ->
          assertThat(resource(after, id).lives()).isEqualTo(Lives.ELSEWHERE);
      case Action.StartPolling(ResourceId id, long epoch) ->
          assertThat(resource(after, id).epoch()).isEqualTo(epoch);
      case Action.StopPolling(ResourceId id, long epoch) ->
          assertThat(resource(after, id).epoch()).isEqualTo(epoch);
      // A deleted one is closed, too.
      case Action.Close(ResourceId id, _, _) -> resource(before, id);
      case Action.StartMonitor(MonitorName name) -> assertThat(after.monitors()).containsKey(name);
      case Action.StopMonitor(MonitorName name) ->
          assertThat(after.resourcesIn(name)).as("%s is let go", name).isEmpty();
      case Action.KillMonitor(MonitorName name, _) ->
          assertThat(after.monitors()).containsKey(name);
      case Action.Tell _ -> {
        // Telling is always allowed.
      }
    }
  }

  private static void online(ClusterState state, ClusterResource resource) {
    assertThat(resource.config().dependsOn())
        .as("providers of %s", resource.config().name())
        .allMatch(id -> resource(state, id).state() == ResourceState.ONLINE);
  }

  private static void offline(ClusterState state, ClusterResource resource) {
    assertThat(state.resources().values())
        .as("dependents of %s", resource.config().name())
        .noneMatch(
            other -> other.config().dependsOn().contains(resource.id()) && mayRun(other.phase()));
  }

  private static void assertReady(ClusterState state, MonitorName monitor) {
    assertThat(state.monitors()).containsKey(monitor);
    assertThat(Map.copyOf(state.monitors()).get(monitor))
        .extracting(MonitorStatus::phase)
        .isInstanceOf(MonitorStatus.Phase.Ready.class);
  }

  /** Whatever is due was dealt with, or waits for something else than time: no busy loop. */
  private static void waitsForNothingThatHasPassed(Instant now, ClusterState state) {
    for (ClusterResource resource : state.resources().values()) {
      if (!(resource.phase() instanceof Phase.Closed || resource.phase() instanceof Phase.Failed)) {
        resource.phase().due().ifPresent(due -> assertThat(due).as("%s", resource).isAfter(now));
      }
    }
    for (MonitorStatus monitor : state.monitors().values()) {
      monitor.due().ifPresent(due -> assertThat(due).as("%s", monitor).isAfter(now));
    }
  }

  private static ClusterResource resource(ClusterState state, ResourceId id) {
    ClusterResource resource = state.resources().get(id);
    assertThat(resource).as("resource %s", id).isNotNull();
    return resource;
  }
}
