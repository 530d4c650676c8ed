package dev.holdfast.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.spi.Found;
import dev.holdfast.spi.Health;
import dev.holdfast.spi.Lives;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.Set;

/**
 * One seed: a random cluster, a storm of random faults and commands, then calm. The same seed is
 * always the same story.
 */
final class Simulation implements VirtualNode.Watcher {
  /** What is wanted is there again this long after the last fault. */
  private static final Duration BOUND = Duration.ofMinutes(5);

  /** More in a calm of {@link #BOUND} would be a loop: each resource may be polled each second. */
  private static final int STEPS_MAX = 10_000;

  private static final int TOLD_MAX = 60;

  private final Random random;
  private final VirtualNode node;
  private final List<ResourceId> ids = new ArrayList<>();
  private final Set<ResourceId> startedOutside = new HashSet<>();
  private final Deque<String> told = new ArrayDeque<>();
  private int steps;

  Simulation(long seed) {
    random = new Random(seed);
    node = new VirtualNode(Duration.ZERO, () -> Duration.ofMillis(1 + random.nextInt(40)));
    node.watch(this);
    node.watch(new Invariants());
  }

  /** Runs it; an invariant that does not hold ends it. */
  void run() {
    for (Lives lives : Lives.values()) {
      node.post(new ClusterEvent.TypeRegistered(Given.type(lives.name(), lives)));
    }
    for (int i = 2 + random.nextInt(7); i > 0; i--) {
      create();
    }
    for (int i = 40 + random.nextInt(80); i > 0; i--) {
      node.run(Duration.ofMillis(random.nextInt(random.nextInt(4) == 0 ? 20_000 : 1_000)));
      disturb();
    }
    calm();
    for (ClusterResource resource : node.state().resources().values()) {
      isAsWanted(resource, false);
    }
    node.post(new ClusterEvent.Wanted(List.copyOf(ids), true));
    node.run(BOUND);
    for (ClusterResource resource : node.state().resources().values()) {
      isAsWanted(resource, true);
    }
    node.post(new ClusterEvent.Stop());
    node.run(BOUND);
    assertThat(node.state().isQuiet()).as("quiet after a stop").isTrue();
    assertThat(ids).noneMatch(id -> node.workload(id).isRunning());
  }

  private void calm() {
    ids.forEach(id -> node.workload(id).behave());
    node.monitorStart = Duration.ofMillis(100);
    for (Lives lives : Lives.values()) {
      node.post(new ClusterEvent.TypeRegistered(Given.type(lives.name(), lives)));
    }
    steps = 0;
    node.run(BOUND);
    assertThat(steps).as("steps in a calm of " + BOUND).isLessThan(STEPS_MAX);
  }

  /**
   * @param everything whether an operator has just asked for all of them; else a resource may have
   *     been given up by its policy, and those that need it wait for that
   */
  private void isAsWanted(ClusterResource resource, boolean everything) {
    String what = resource.config().name() + " is " + resource.phase();
    if (!everything && gaveUp(resource)) {
      return;
    }
    boolean runs = node.workload(resource.id()).isRunning();
    if (resource.config().wantedOnline()) {
      assertThat(resource.state()).as(what).isEqualTo(ResourceState.ONLINE);
      assertThat(runs).as(what).isTrue();
    } else {
      assertThat(resource.state()).as(what).isEqualTo(ResourceState.OFFLINE);
      if (!startedOutside.contains(resource.id())) {
        assertThat(runs).as(what).isFalse();
      }
    }
  }

  private boolean gaveUp(ClusterResource resource) {
    if (!resource.config().wantedOnline()) {
      return false;
    }
    if (resource.phase() instanceof Phase.Failed(_, Optional<Instant> retryAt)
        && retryAt.isEmpty()) {
      return true;
    }
    return resource.config().dependsOn().stream()
        .map(node.state().resources()::get)
        .filter(Objects::nonNull)
        .anyMatch(this::gaveUp);
  }

  // ---- the storm ---------------------------------------------------------------------------

  private void disturb() {
    if (ids.isEmpty()) {
      create();
    }
    ResourceId id = any(ids);
    Workload workload = node.workload(id);
    switch (random.nextInt(24)) {
      case 0, 1 -> node.living().stream().findAny().ifPresent(this::kill);
      case 2 -> {
        List<MonitorName> living = node.living();
        if (!living.isEmpty()) {
          kill(any(living));
        }
      }
      case 3, 4 -> node.end(id);
      case 5 -> workload.hanging.add(any(EntryPoint.values()));
      case 6 -> workload.failing.add(any(EntryPoint.values()));
      case 7 -> misplace(workload);
      case 8 ->
          workload.checkSays =
              random.nextBoolean() ? Health.failed("bad") : Health.degraded("slow");
      case 9 -> misbehave(workload);
      case 10, 11 -> workload.behave();
      case 12, 13, 14 -> node.post(new ClusterEvent.Wanted(List.of(id), true));
      case 15 -> node.post(new ClusterEvent.Wanted(List.of(id), false));
      case 16 -> node.post(new ClusterEvent.Restart(id));
      case 17 -> tell(id, new ResourceEvent.FailNow());
      case 18 -> tell(id, new ResourceEvent.ForgetFailures());
      case 19 -> node.post(new ClusterEvent.PropertiesSet(id, common(), properties()));
      case 20 -> typeTrouble(any(Lives.values()).name());
      case 21 -> node.monitorStart = random.nextInt(4) == 0 ? null : Duration.ofMillis(100);
      case 22 -> stray(id);
      case 23 -> createOrDelete(id);
      default -> throw new AssertionError();
    }
  }

  private Map<String, List<String>> properties() {
    return Map.of(
        "Live", List.of("l" + random.nextInt(4)), "Other", List.of("o" + random.nextInt(2)));
  }

  /** Also for the call of a resource that it does not hold. */
  private void kill(MonitorName name) {
    Optional<ResourceId> culprit =
        random.nextInt(3) == 0 ? Optional.empty() : Optional.of(any(ids));
    node.kill(name, random.nextBoolean(), culprit);
  }

  /** What find says is not so; or it is so, and another node has it that lost it. */
  private void misplace(Workload workload) {
    if (workload.lives == Lives.ELSEWHERE && !workload.isRunning() && random.nextBoolean()) {
      workload.heldByLoser = true;
    } else {
      workload.findSays = random.nextBoolean() ? Found.unknown("?") : Found.foreign("b", 3);
    }
  }

  private void misbehave(Workload workload) {
    workload.immortal = random.nextInt(3) == 0;
    workload.stubborn = random.nextInt(3) == 0;
    workload.nowhere = random.nextInt(6) == 0;
    workload.onlineTakes = Duration.ofMillis(random.nextInt(30_000));
    workload.offlineTakes = Duration.ofMillis(random.nextInt(30_000));
    workload.progressEvery = random.nextBoolean() ? null : Duration.ofMillis(500);
  }

  private void typeTrouble(String type) {
    switch (random.nextInt(4)) {
      case 0 ->
          node.post(
              new ClusterEvent.TypeResolved(
                  type,
                  Optional.of(new ClusterState.TypeProblem(TypeStatus.PLUGIN_MISSING, "gone"))));
      case 1 -> node.post(new ClusterEvent.TypeUnregistered(type));
      case 2 -> node.post(new ClusterEvent.TypeResolved(type, Optional.empty()));
      case 3 -> node.post(new ClusterEvent.TypeRegistered(Given.type(type, Lives.valueOf(type))));
      default -> throw new AssertionError();
    }
  }

  /** Words that nobody waits for, and a process that somebody else started. */
  private void stray(ResourceId id) {
    ClusterResource resource = node.state().resources().get(id);
    switch (random.nextInt(5)) {
      case 0 -> tell(id, new ResourceEvent.Progressed("late"));
      case 1 -> tell(id, new ResourceEvent.Checked(Health.alive()));
      case 2 -> tell(id, new ResourceEvent.ProcessEnded());
      case 3 -> node.post(new ClusterEvent.MonitorDied(new MonitorName("own-nobody"), true));
      case 4 -> {
        if (resource != null
            && resource.phase() instanceof Phase.Offline
            && resource.config().wantedOnline()
            && !node.workload(id).isRunning()) {
          node.workload(id).start();
          startedOutside.add(id);
        }
      }
      default -> throw new AssertionError();
    }
  }

  private void createOrDelete(ResourceId id) {
    ClusterResource resource = node.state().resources().get(id);
    if (random.nextBoolean() || resource == null) {
      if (ids.size() < 10) {
        create();
      }
    } else if (Requests.deleteProblem(node.state(), resource).isEmpty()) {
      node.post(new ClusterEvent.ResourceDeleted(id));
      ids.remove(id);
    }
  }

  private int created;

  private void create() {
    var id = Given.id(++created);
    Set<ResourceId> needs = new HashSet<>();
    for (ResourceId other : ids) {
      if (random.nextInt(3) == 0) {
        needs.add(other);
      }
    }
    Lives lives = any(Lives.values());
    node.put(id, new Workload(lives));
    ids.add(id);
    node.post(
        new ClusterEvent.ResourceCreated(
            new ResourceConfig(
                id, "r" + created, lives.name(), Given.GROUP, needs, false, common(), Map.of())));
  }

  private CommonProperties common() {
    return CommonProperties.ofText(
        Map.of(
            "SeparateMonitor", random.nextInt(4) == 0 ? "1" : "0",
            "LooksAlivePollInterval", Integer.toString(1_000 + random.nextInt(9_000)),
            "RestartAction", Integer.toString(random.nextInt(8) == 0 ? random.nextInt(3) : 2),
            "RestartThreshold", Integer.toString(random.nextInt(5) - 1),
            "RestartPeriod", Integer.toString(random.nextInt(60_000)),
            "RestartDelay", Integer.toString(random.nextInt(3) * 1_000),
            "RetryPeriodOnFailure",
                random.nextInt(8) == 0 ? "-1" : Integer.toString(random.nextInt(60_000)),
            "PendingTimeout", Integer.toString(2_000 + random.nextInt(18_000)),
            "DeadlockTimeout", Integer.toString(2_000 + random.nextInt(28_000))));
  }

  private void tell(ResourceId id, ResourceEvent event) {
    node.post(new ClusterEvent.OfResource(id, event));
  }

  private <T> T any(List<T> values) {
    return values.get(random.nextInt(values.size()));
  }

  private <T> T any(T[] values) {
    return values[random.nextInt(values.length)];
  }

  // ---- for whoever replays it --------------------------------------------------------------

  @Override
  public void decided(
      Instant now, ClusterState before, List<ClusterEvent> events, Decisions.Step step) {
    steps++;
    var show = new Show(now, id -> "r" + id.value().getLeastSignificantBits());
    var line = new StringBuilder();
    line.append(Duration.between(Given.NOW, now).toMillis() / 1000.0).append(' ').append(events);
    for (ClusterResource resource : step.state().resources().values()) {
      ClusterResource was = before.resources().get(resource.id());
      boolean stillOnline =
          resource.phase() instanceof Phase.Online
              && was != null
              && was.phase() instanceof Phase.Online;
      if (was == null || !(was.phase().equals(resource.phase()) || stillOnline)) {
        line.append("\n      ").append(resource.config().name()).append(' ');
        line.append(show.phase(resource.phase()));
      }
    }
    for (Action action : step.actions()) {
      if (!(action instanceof Action.Tell)) {
        line.append("\n        ").append(show.subject(action)).append(' ');
        line.append(show.action(action));
      }
    }
    if (line.indexOf("\n") >= 0) {
      told.addLast(line.toString());
    }
    if (told.size() > TOLD_MAX) {
      told.removeFirst();
    }
  }

  /** The last steps, as text. */
  String told() {
    return String.join("\n", told);
  }

  int late() {
    return node.late;
  }
}
