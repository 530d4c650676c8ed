package dev.holdfast.service.operation;

import static dev.holdfast.service.GivenCluster.NOW;
import static dev.holdfast.service.GivenCluster.closed;
import static dev.holdfast.service.GivenCluster.config;
import static dev.holdfast.service.GivenCluster.failed;
import static dev.holdfast.service.GivenCluster.goingOnline;
import static dev.holdfast.service.GivenCluster.id;
import static dev.holdfast.service.GivenCluster.online;
import static dev.holdfast.service.GivenCluster.resource;
import static dev.holdfast.service.GivenCluster.shared;
import static dev.holdfast.service.GivenCluster.state;
import static dev.holdfast.service.GivenCluster.stopping;
import static dev.holdfast.service.GivenCluster.with;
import static dev.holdfast.service.GivenCluster.withTypeProblem;
import static dev.holdfast.service.GivenCluster.without;
import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.cluster.ClusterState;
import dev.holdfast.cluster.MonitorName;
import dev.holdfast.cluster.MonitorStatus;
import dev.holdfast.cluster.Phase;
import dev.holdfast.cluster.ResourceId;
import dev.holdfast.cluster.TypeStatus;
import dev.holdfast.service.api.Narration;
import dev.holdfast.service.api.Operation;
import dev.holdfast.service.api.Outcome;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class OperationsTest {
  private static final ResourceId APP = id(2);
  private static final Goal APP_ONLINE = new Goal.AllOnline(Set.of(APP));
  private static final Goal APP_OFFLINE = new Goal.AllOffline(Set.of(APP));

  private final AtomicReference<Instant> now = new AtomicReference<>(NOW);
  private final Operations operations = new Operations(now::get);

  private static ClusterState app(Phase phase) {
    return state(resource(config(2, "app"), phase));
  }

  private static ClusterState appUnwanted(Phase phase) {
    return state(resource(config(2, "app").wanted(false), phase));
  }

  private Operation waiting(Goal goal, ClusterState state) {
    Operation operation = operations.begin("test");
    operations.await(operation, goal, state, () -> state);
    return operation;
  }

  private static Outcome.Done done(Operation operation) {
    return (Outcome.Done) operation.outcome().orElseThrow();
  }

  private static Outcome.Failed failure(Operation operation) {
    return (Outcome.Failed) operation.outcome().orElseThrow();
  }

  private static List<String> told(Operation operation) {
    return operation.lines().stream().map(OperationsTest::text).toList();
  }

  private static String text(Narration line) {
    return line.subject() + ": " + line.text();
  }

  // ---- narration and the good end ------------------------------------------------------------

  @Test
  void whatWasAskedForAlready_isDoneAtOnce() {
    Operation operation = waiting(APP_ONLINE, app(online()));

    assertThat(done(operation).message()).isEqualTo("Online 1/1");
    assertThat(done(operation).states())
        .containsExactly(new Outcome.ResourceState("app", "Online", null));
    assertThat(operation.lines()).isEmpty();
  }

  @Test
  void whenItComesOnline_thenItTellsEachChangeAndHowLongItTook() {
    Operation operation = waiting(APP_ONLINE, app(new Phase.Offline()));
    assertThat(operation.outcome()).isEmpty();

    operations.changed(app(goingOnline()));
    now.set(NOW.plusMillis(2_340));
    operations.changed(app(online()));

    assertThat(told(operation)).containsExactly("app: OnlinePending", "app: Online 2.3s");
    assertThat(done(operation).took()).isEqualTo(Duration.ofMillis(2_340));
  }

  @Test
  void whatItsOwnRequestBegan_isToldAndTimed() {
    Operation operation = operations.begin("online app");

    operations.await(operation, APP_ONLINE, app(new Phase.Offline()), () -> app(goingOnline()));
    operations.changed(app(goingOnline()));
    now.set(NOW.plusMillis(1_500));
    operations.changed(app(online()));

    assertThat(told(operation)).containsExactly("app: OnlinePending", "app: Online 1.5s");
  }

  @Test
  void ofOneStep_whatSettledIsToldBeforeWhatItBegan() {
    ClusterState before =
        state(resource(config(2, "app"), online()), resource(config(1, "db"), goingOnline()));
    Operation operation = waiting(new Goal.Quiet(Set.of(id(1), APP)), before);

    operations.changed(
        state(resource(config(2, "app"), goingOnline()), resource(config(1, "db"), online())));

    assertThat(told(operation)).containsExactly("db: Online", "app: OnlinePending");
  }

  @Test
  void whatHappensToOthers_isNotTold() {
    ClusterState before = with(app(goingOnline()), resource(config(1, "db"), goingOnline()));
    Operation operation = waiting(APP_ONLINE, before);

    operations.changed(with(before, resource(config(1, "db"), online())));

    assertThat(operation.lines()).isEmpty();
    assertThat(operation.outcome()).isEmpty();
  }

  @Test
  void twoOperationsForTheSameThing_bothEnd() {
    Operation first = waiting(APP_ONLINE, app(goingOnline()));
    Operation second = waiting(APP_ONLINE, app(goingOnline()));

    operations.changed(app(online()));

    assertThat(done(first).message()).isEqualTo(done(second).message()).isEqualTo("Online 1/1");
    assertThat(first.id()).isNotEqualTo(second.id());
  }

  @Test
  void afterItEnded_nothingIsToldAnyMore() {
    Operation operation = waiting(APP_ONLINE, app(online()));

    operations.changed(app(failed("broke")));

    assertThat(operation.lines()).isEmpty();
    assertThat(done(operation).message()).isEqualTo("Online 1/1");
  }

  // ---- the bad end ---------------------------------------------------------------------------

  @Test
  void whenItIsGivenUp_thenTheOperationFailsAndSaysWhy() {
    Operation operation = waiting(APP_ONLINE, app(goingOnline()));

    operations.changed(app(failed("port 80 is taken")));

    assertThat(failure(operation).refusal().code()).isEqualTo("NotReached");
    assertThat(failure(operation).refusal()).hasMessage("app is Failed: port 80 is taken.");
    assertThat(failure(operation).refusal().resource()).contains("app");
    assertThat(failure(operation).states())
        .containsExactly(new Outcome.ResourceState("app", "Failed", "port 80 is taken"));
    assertThat(told(operation)).containsExactly("app: Failed  port 80 is taken");
  }

  @Test
  void ofSeveralThatFailed_theFirstThatWasCreatedIsNamed() {
    ClusterState state =
        state(
            resource(config(9, "disk"), failed("no disk")),
            resource(config(1, "db", id(9)), failed("no data")),
            resource(config(2, "app", id(1)), failed("no base")));

    Operation operation = waiting(new Goal.AllOnline(Set.of(APP, id(1), id(9))), state);

    assertThat(failure(operation).refusal()).hasMessage("disk is Failed: no disk.");
  }

  @Test
  void aRetryThatIsNearIsWaitedFor_oneThatIsFarIsNot() {
    Phase soon = new Phase.Failed("broke", Optional.of(NOW.plusSeconds(59)));
    Phase late = new Phase.Failed("broke", Optional.of(NOW.plusSeconds(60)));

    assertThat(waiting(APP_ONLINE, app(soon)).outcome()).isEmpty();
    assertThat(waiting(APP_ONLINE, app(late)).outcome()).isPresent();
  }

  @Test
  void whatCannotBeEnded_failsTheOffline() {
    Operation operation = waiting(APP_OFFLINE, appUnwanted(failed("it does not end")));

    assertThat(failure(operation).refusal()).hasMessage("app is Failed: it does not end.");
  }

  // ---- superseded ----------------------------------------------------------------------------

  @Test
  void whenSomebodyTakesItOffline_thenTheOnlineIsSuperseded() {
    Operation operation = waiting(APP_ONLINE, app(goingOnline()));

    operations.changed(appUnwanted(goingOnline()));

    assertThat(failure(operation).refusal().code()).isEqualTo("Superseded");
    assertThat(failure(operation).refusal())
        .hasMessage("Not carried through: app is wanted Offline by somebody else meanwhile.");
  }

  @Test
  void whenSomebodyBringsItOnline_thenTheOfflineIsSuperseded() {
    Operation operation = waiting(APP_OFFLINE, appUnwanted(online()));

    operations.changed(app(online()));

    assertThat(failure(operation).refusal().code()).isEqualTo("Superseded");
    assertThat(failure(operation).refusal())
        .hasMessage("Not carried through: app is wanted Online by somebody else meanwhile.");
  }

  @Test
  void whenTheServiceStops_thenAnOnlineIsSuperseded_andAnOfflineIsNot() {
    Operation online = waiting(APP_ONLINE, app(goingOnline()));
    Operation offline = waiting(APP_OFFLINE, appUnwanted(online()));

    operations.changed(stopping(app(goingOnline())));

    assertThat(failure(online).refusal())
        .hasMessage("Not carried through: the cluster service takes everything offline.");
    assertThat(offline.outcome()).isEmpty();
    operations.changed(stopping(app(new Phase.Offline())));
    assertThat(done(offline).message()).isEqualTo("Offline 1/1");
  }

  @Test
  void whenItIsDeleted_thenTheOnlineIsNotCalledDone() {
    Phase retried = new Phase.Failed("broke", Optional.of(NOW.plusSeconds(1)));
    Operation operation = waiting(APP_ONLINE, app(retried));

    operations.changed(without(app(retried), APP));

    assertThat(failure(operation).refusal().code()).isEqualTo("Superseded");
    assertThat(told(operation)).containsExactly("app: deleted");
  }

  @Test
  void aChangeBetweenTheRequestAndTheWait_isNotMissed() {
    Operation operation = operations.begin("online app");

    operations.await(
        operation,
        APP_ONLINE,
        app(new Phase.Offline()),
        () -> {
          // It came online before the operation was waiting: nobody tells that again.
          operations.changed(app(goingOnline()));
          return app(online());
        });

    assertThat(done(operation).message()).isEqualTo("Online 1/1");
    assertThat(told(operation)).containsExactly("app: OnlinePending", "app: Online 0.0s");
  }

  // ---- monitors ------------------------------------------------------------------------------

  @Test
  void aMonitorIsReplaced_whenAnotherLifeIsReadyAndHoldsAll() {
    var goal = new Goal.Replaced(MonitorName.SHARED, 1, Set.of(APP));
    ClusterState lost =
        with(app(closed(new Phase.Online(NOW))), shared(1, new MonitorStatus.Phase.Waiting(NOW)));
    ClusterState ready = with(lost, shared(2));
    ClusterState found = with(app(online()), shared(2));
    Operation operation = waiting(goal, app(online()));

    operations.changed(lost);
    operations.changed(with(lost, shared(2, new MonitorStatus.Phase.Starting(NOW))));
    operations.changed(ready);
    assertThat(operation.outcome()).isEmpty();
    operations.changed(found);

    assertThat(done(operation).message())
        .isEqualTo("shared-0 is Ready: pid 102, 1 resources found again");
  }

  @Test
  void aReplacementDoesNotWaitForWhatHasNoType() {
    ClusterState state =
        withTypeProblem(
            with(app(closed(new Phase.Online(NOW))), shared(2)), TypeStatus.PLUGIN_MISSING, "gone");

    assertThat(waiting(new Goal.Replaced(MonitorName.SHARED, 1, Set.of(APP)), state).outcome())
        .isPresent();
  }

  @Test
  void aMonitorThatNobodyNeedsAnyMore_endsTheWaitForAnother() {
    Operation operation =
        waiting(new Goal.Replaced(new MonitorName("own-app"), 1, Set.of(APP)), app(online()));

    assertThat(done(operation).message()).isEqualTo("own-app is gone, and nothing needs another");
  }

  @Test
  void theStopIsDone_whenNothingRuns() {
    var goal = new Goal.Quiet(Set.of(id(1), APP));
    ClusterState before = stopping(with(app(online()), resource(config(1, "db"), online())));
    ClusterState half = with(before, resource(config(2, "app"), failed("it does not end")));
    Operation operation = waiting(goal, before);

    operations.changed(half);
    assertThat(operation.outcome()).isEmpty();
    operations.changed(with(half, resource(config(1, "db"), new Phase.Offline())));

    assertThat(done(operation).message()).isEqualTo("Offline 2/2");
  }

  // ---- memory --------------------------------------------------------------------------------

  @Test
  void ofThoseThatEndedTheLastFewAreRemembered_andThoseUnderWayAlways() {
    Operation underWay = waiting(APP_ONLINE, app(goingOnline()));
    Operation first = waiting(APP_ONLINE, app(online()));
    Operation second = waiting(APP_ONLINE, app(online()));

    for (int i = 2; i <= Operations.ENDED_KEPT_MAX; i++) {
      operations.done(operations.begin("another"), "done");
    }

    assertThat(operations.find(first.id())).isEmpty();
    assertThat(operations.find(second.id())).contains(second);
    assertThat(operations.find(underWay.id())).contains(underWay);
    assertThat(operations.find("op-0")).isEmpty();
  }

  @Test
  void endingTwice_keepsTheFirstOutcomeAndCountsOnce() {
    Operation first = waiting(APP_ONLINE, app(online()));
    for (int i = 0; i < Operations.ENDED_KEPT_MAX; i++) {
      operations.done(first, "again");
    }

    assertThat(operations.find(first.id())).contains(first);
    assertThat(done(first).message()).isEqualTo("Online 1/1");
  }
}
