package dev.holdfast.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.cluster.MonitorStatus.Phase.Ready;
import dev.holdfast.cluster.MonitorStatus.Phase.Starting;
import dev.holdfast.cluster.MonitorStatus.Phase.Waiting;
import dev.holdfast.spi.Description;
import dev.holdfast.spi.Exit;
import dev.holdfast.spi.Found;
import dev.holdfast.spi.Lives;
import dev.holdfast.spi.Timings;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class DecisionsTest {
  private static final ResourceId APP = Given.id(1);

  private final Decisions decisions = new Decisions(Duration.ZERO);
  private ClusterState state = ClusterState.empty();
  private Instant now = Given.NOW;
  private List<Action> actions = List.of();

  private void on(ClusterEvent... events) {
    Decisions.Step step = decisions.on(state, List.of(events), now);
    state = step.state();
    actions = step.actions();
  }

  private void tell(ResourceEvent event) {
    on(new ClusterEvent.OfResource(APP, event));
  }

  private void found(Found found) {
    tell(new ResourceEvent.FoundIt(found));
  }

  private ClusterResource app() {
    ClusterResource app = state.resources().get(APP);
    assertThat(app).isNotNull();
    return app;
  }

  private MonitorStatus shared() {
    MonitorStatus shared = state.monitors().get(MonitorName.SHARED);
    assertThat(shared).isNotNull();
    return shared;
  }

  /** The monitor's life of now is ready. */
  private ClusterEvent ready(MonitorName name) {
    MonitorStatus status = state.monitors().get(name);
    return new ClusterEvent.MonitorReady(name, status == null ? 1 : status.epoch());
  }

  private void givenAppOnline() {
    on(
        new ClusterEvent.TypeRegistered(Given.type("Test", Lives.ON_NODE)),
        new ClusterEvent.ResourceCreated(Given.config(1, "app").wanted(true)));
    on(ready(MonitorName.SHARED));
    found(Found.absent(""));
    found(Found.absent(""));
    tell(new ResourceEvent.Returned(EntryPoint.ONLINE));
    assertThat(app().phase()).isInstanceOf(Phase.Online.class);
  }

  @Nested
  class Placing {
    private static final ResourceId DISK = Given.config(2, "disk").id();

    @Test
    void whatIsOnlineAndNowDependsOnWhatIsNot_goesOffline_andIsWantedStill() {
      givenAppOnline();
      on(new ClusterEvent.ResourceCreated(Given.config(2, "disk").wanted(true)));

      on(new ClusterEvent.Placed(APP, app().config().group(), Set.of(DISK)));

      assertThat(app().state()).isEqualTo(ResourceState.OFFLINE_PENDING);
      assertThat(app().config().wantedOnline()).isTrue();
      assertThat(app().config().dependsOn()).containsExactly(DISK);
    }

    @Test
    void anotherGroup_orOneProviderLess_touchesNothingThatRuns() {
      givenAppOnline();
      GroupId other = new GroupId(new UUID(9, 9));

      on(new ClusterEvent.Placed(APP, other, Set.of()));

      assertThat(app().state()).isEqualTo(ResourceState.ONLINE);
      assertThat(app().config().group()).isEqualTo(other);
      assertThat(actions).isEmpty();
    }
  }

  @Nested
  class Monitors {
    @Test
    void theSharedOneIsStartedWithTheFirstStep() {
      on(new ClusterEvent.Tick());

      assertThat(actions).containsExactly(new Action.StartMonitor(MonitorName.SHARED));
      assertThat(shared().phase()).isInstanceOf(Starting.class);
      assertThat(shared().epoch()).isEqualTo(1);
    }

    @Test
    void aDeadOneIsReplacedInTheSameStep() {
      givenAppOnline();

      on(new ClusterEvent.MonitorDied(MonitorName.SHARED, false));

      assertThat(actions).containsExactly(new Action.StartMonitor(MonitorName.SHARED));
      assertThat(shared().phase()).isInstanceOf(Starting.class);
      assertThat(shared().epoch()).isEqualTo(2);
      assertThat(shared().restarts()).isEqualTo(1);
    }

    @Test
    void aDeathThatIsToldTwiceCountsOnce() {
      givenAppOnline();
      on(new ClusterEvent.MonitorDied(MonitorName.SHARED, true));
      on(ready(MonitorName.SHARED));

      on(
          new ClusterEvent.MonitorDied(MonitorName.SHARED, true),
          new ClusterEvent.MonitorDied(MonitorName.SHARED, true));

      assertThat(shared().restarts()).isEqualTo(2);
      assertThat(shared().strikes()).isEqualTo(2);
    }

    @Test
    void whoseCallEndedItGetsOneOfItsOwn_andTheOthersWaitForNothing() {
      givenAppOnline();
      MonitorName own = MonitorName.own(APP, "app");

      on(new ClusterEvent.MonitorDied(MonitorName.SHARED, true, Optional.of(APP)));

      assertThat(app().config().common().separateMonitor()).isTrue();
      assertThat(app().failures()).isEqualTo(FailureWindow.EMPTY);
      assertThat(shared().strikes()).isZero();
      assertThat(actions)
          .contains(new Action.StartMonitor(MonitorName.SHARED), new Action.StartMonitor(own))
          .anyMatch(
              action ->
                  action instanceof Action.Tell(Notice notice)
                      && notice.kind() == Notice.Kind.SEPARATED);
    }

    @Test
    void theSecondDeathOfWhatWasSeparatedBacksOff_andEachFurtherOneLonger() {
      givenAppOnline();
      MonitorName own = MonitorName.own(APP, "app");
      on(new ClusterEvent.MonitorDied(MonitorName.SHARED, true, Optional.of(APP)));

      for (long millis : List.of(250L, 500L, 1000L)) {
        on(ready(own));
        on(new ClusterEvent.MonitorDied(own, true, Optional.of(APP)));

        MonitorStatus status = state.monitors().get(own);
        assertThat(status).isNotNull();
        assertThat(status.phase()).isEqualTo(new Waiting(now.plusMillis(millis)));
        now = now.plusMillis(millis);
        on(new ClusterEvent.Tick());
      }
    }

    @Test
    void aSignalFromOutsideBlamesNobody() {
      givenAppOnline();

      on(new ClusterEvent.MonitorDied(MonitorName.SHARED, false, Optional.of(APP)));

      assertThat(app().config().common().separateMonitor()).isFalse();
    }

    @Test
    void whatTheDeadSaidLastIsNotSaidByItsSuccessor() {
      givenAppOnline();
      ClusterEvent late = ready(MonitorName.SHARED);
      on(new ClusterEvent.MonitorDied(MonitorName.SHARED, false));
      assertThat(shared().phase()).isInstanceOf(Starting.class);

      on(late);
      assertThat(shared().phase()).isInstanceOf(Starting.class);

      on(ready(MonitorName.SHARED));
      assertThat(shared().phase()).isInstanceOf(Ready.class);
    }

    @Test
    void theDeadIsNotReady() {
      givenAppOnline();
      on(new ClusterEvent.MonitorDied(MonitorName.SHARED, true));
      on(new ClusterEvent.MonitorDied(MonitorName.SHARED, true));
      assertThat(shared().phase()).isInstanceOf(Waiting.class);

      on(ready(MonitorName.SHARED));

      assertThat(shared().phase()).isInstanceOf(Waiting.class);
    }

    @Test
    void oneOfWhichAHundredResourcesSayThatItHangsIsEndedOnce() {
      on(new ClusterEvent.TypeRegistered(Given.type("Test", Lives.ON_NODE)));
      on(ready(MonitorName.SHARED));
      for (int i = 1; i <= 100; i++) {
        on(new ClusterEvent.ResourceCreated(Given.config(i, "r" + i)));
      }

      now = now.plus(CommonProperties.DEFAULT.deadlockTimeout());
      on(new ClusterEvent.Tick());

      assertThat(actions).filteredOn(Action.KillMonitor.class::isInstance).hasSize(1);
    }

    @Test
    void itIsTheOneThatHoldsTheResourceThatIsEnded() {
      givenAppOnline();
      on(
          new ClusterEvent.PropertiesSet(
              APP, CommonProperties.DEFAULT.with("SeparateMonitor", "1"), Map.of()));

      now = now.plus(Duration.ofMinutes(10));
      on(new ClusterEvent.Tick());

      assertThat(actions)
          .filteredOn(Action.KillMonitor.class::isInstance)
          .singleElement()
          .isInstanceOfSatisfying(
              Action.KillMonitor.class,
              kill -> assertThat(kill.monitor()).isEqualTo(MonitorName.SHARED));
    }

    @Test
    void whoeverIsUnknownMayDie() {
      on(new ClusterEvent.MonitorDied(new MonitorName("own-x"), true));
      on(ready(new MonitorName("own-x")));

      assertThat(state.monitors()).containsOnlyKeys(MonitorName.SHARED);
    }
  }

  @Nested
  class Time {
    /** A deadline that passes while an event is decided is not lost for the next tick. */
    @Test
    void everyStepLooksAtTheClock() {
      givenAppOnline();
      on(new ClusterEvent.Wanted(List.of(APP), false));

      now = now.plus(CommonProperties.DEFAULT.pendingTimeout());
      on(new ClusterEvent.MonitorStarted(MonitorName.SHARED, 17));

      assertThat(app().phase()).isInstanceOf(Phase.Terminating.class);
    }

    @Test
    void anAnswerThatComesWithItsDeadlineIsInTime() {
      givenAppOnline();
      on(new ClusterEvent.Wanted(List.of(APP), false));

      now = now.plus(CommonProperties.DEFAULT.pendingTimeout());
      on(
          new ClusterEvent.OfResource(APP, new ResourceEvent.Returned(EntryPoint.OFFLINE)),
          new ClusterEvent.Tick());

      assertThat(app().phase()).isInstanceOf(Phase.Verifying.class);
    }

    @Test
    void whatIsDueNextIsTheEarliest() {
      givenAppOnline();

      assertThat(state.nextDue(now)).contains(now.plusSeconds(5).plusSeconds(300));
      assertThat(state.nextDue(now.plusSeconds(305))).isEmpty();
    }

    @Test
    void aTickWithNothingDueChangesNothing() {
      givenAppOnline();
      ClusterState before = state;

      now = now.plusSeconds(1);
      on(new ClusterEvent.Tick());

      assertThat(state).isEqualTo(before);
      assertThat(actions).isEmpty();
    }
  }

  @Nested
  class Polling {
    @Test
    void aShorterIntervalIsToldToTheMonitorAndWaitedFor() {
      givenAppOnline();
      now = now.plusSeconds(2);

      on(
          new ClusterEvent.PropertiesSet(
              APP, CommonProperties.DEFAULT.with("LooksAlivePollInterval", "1000"), Map.of()));

      assertThat(actions).containsExactly(new Action.StartPolling(APP, app().epoch()));
      assertThat(app().phase()).isEqualTo(new Phase.Online(now.plusSeconds(301)));
      assertThat(app().health()).isEqualTo(HealthState.ALIVE);
    }

    @Test
    void otherPropertiesAreNoReasonToPollAnew() {
      givenAppOnline();

      on(
          new ClusterEvent.PropertiesSet(
              APP, CommonProperties.DEFAULT.with("RestartThreshold", "1"), Map.of()));

      assertThat(actions).isEmpty();
      assertThat(app().config().common().restart().threshold()).isEqualTo(1);
    }

    @Test
    void theTimingsOfANewRegistrationHold() {
      givenAppOnline();
      var description =
          Description.of("Test")
              .lives(Lives.ELSEWHERE)
              .timings(Timings.DEFAULT.withLooksAlive(Duration.ofSeconds(1)))
              .build();

      on(
          new ClusterEvent.TypeRegistered(
              new TypeRegistration(
                  "TEST",
                  List.of(
                      new TypeRegistration.Version(
                          "test-plugin", "2.0.0", "sha256:01", "test.Type", description)),
                  "2.0.0")));

      assertThat(app().lives()).isEqualTo(Lives.ELSEWHERE);
      assertThat(actions).containsExactly(new Action.StartPolling(APP, app().epoch()));
      assertThat(state.types()).hasSize(1);
    }
  }

  @Nested
  class Resources {
    @Test
    void whatIsDeletedIsClosed() {
      givenAppOnline();
      on(new ClusterEvent.Wanted(List.of(APP), false));
      tell(new ResourceEvent.Returned(EntryPoint.OFFLINE));
      found(Found.absent(""));
      long epoch = app().epoch();

      on(new ClusterEvent.ResourceDeleted(APP));

      assertThat(actions).containsExactly(new Action.Close(APP, MonitorName.SHARED, epoch));
      assertThat(state.resources()).isEmpty();
    }

    @Test
    void wordsAboutWhatIsNotThereAreNotHeard() {
      on(new ClusterEvent.Tick());
      tell(new ResourceEvent.FoundIt(Found.absent("")));
      on(new ClusterEvent.ProcessEnded(APP, new Exit.Code(1)));
      on(new ClusterEvent.Wanted(List.of(APP), true), new ClusterEvent.Restart(APP));
      on(new ClusterEvent.PropertiesSet(APP, CommonProperties.DEFAULT, Map.of()));
      on(new ClusterEvent.ResourceDeleted(APP));

      assertThat(actions).isEmpty();
      assertThat(state.resources()).isEmpty();
    }

    @Test
    void theEndOfAProcessIsRememberedAndItsMonitorLooks() {
      givenAppOnline();

      on(new ClusterEvent.ProcessEnded(APP, new Exit.Code(3)));

      assertThat(app().lastExit()).contains(new Exit.Code(3));
      assertThat(app().phase()).isInstanceOf(Phase.Online.class);
      assertThat(actions).isEmpty();
    }

    @Test
    void whatStoodInTheWayOfAnOfflineIsLookedForAgainWhenItsProcessEnds() {
      givenAppOnline();
      on(new ClusterEvent.Wanted(List.of(APP), false));
      tell(new ResourceEvent.Returned(EntryPoint.OFFLINE));
      found(Found.running("pid 7"));
      for (int attempt = 2; attempt <= 3; attempt++) {
        tell(new ResourceEvent.Returned(EntryPoint.TERMINATE));
        found(Found.running("pid 7"));
      }
      assertThat(app().phase()).isInstanceOf(Phase.Failed.class);

      on(new ClusterEvent.ProcessEnded(APP, new Exit.Signal(9)));

      assertThat(actions)
          .filteredOn(Action.Call.class::isInstance)
          .singleElement()
          .isInstanceOfSatisfying(
              Action.Call.class, call -> assertThat(call.entryPoint()).isEqualTo(EntryPoint.FIND));
    }

    @Test
    void theEndOfAProcessInMaintenanceIsAskedFor() {
      givenAppOnline();
      on(
          new ClusterEvent.PropertiesSet(
              APP, CommonProperties.DEFAULT.with("MaintenanceMode", "1"), Map.of()));

      on(new ClusterEvent.ProcessEnded(APP, new Exit.Code(3)));

      assertThat(actions)
          .singleElement()
          .isInstanceOfSatisfying(
              Action.Call.class,
              call -> assertThat(call.entryPoint()).isEqualTo(EntryPoint.IS_ALIVE));
    }

    @Test
    void aThousandThatAreFoundAtOnceAreOneStep() {
      on(new ClusterEvent.TypeRegistered(Given.type("Test", Lives.ON_NODE)));
      on(ready(MonitorName.SHARED));
      List<ClusterEvent> created = new ArrayList<>();
      List<ClusterEvent> found = new ArrayList<>();
      for (int i = 1; i <= 1000; i++) {
        created.add(new ClusterEvent.ResourceCreated(Given.config(i, "r" + i).wanted(true)));
        found.add(
            new ClusterEvent.OfResource(
                Given.id(i), new ResourceEvent.FoundIt(Found.running("pid " + i))));
      }

      on(created.toArray(ClusterEvent[]::new));
      on(found.toArray(ClusterEvent[]::new));

      assertThat(state.resources().values())
          .allMatch(resource -> resource.phase() instanceof Phase.Settling);
    }
  }

  /** What was Online on a node that died, and may still run here. */
  @Nested
  class LeftByAnotherNode {
    private static final ResourceConfig DISK = Given.config(2, "disk").wanted(true);
    private static final ResourceConfig USER = Given.config(1, "app", DISK.id()).wanted(true);

    private ClusterResource left(ResourceConfig config) {
      return Given.resource(config).edit().takenOver(true).done();
    }

    private Phase disk() {
      return Objects.requireNonNull(state.resources().get(DISK.id())).phase();
    }

    private void toldOfDisk(ResourceEvent event) {
      on(new ClusterEvent.OfResource(DISK.id(), event));
    }

    private void given() {
      state =
          ClusterState.remembered(
              List.of(),
              List.of(Given.type("Test", Lives.ON_NODE)),
              List.of(left(USER), left(DISK)));
      on(new ClusterEvent.Tick());
      on(ready(MonitorName.SHARED));
    }

    @Test
    void whatIsFoundRunningIsEndedFirst_whoDependsOnItBeforeIt_whoeverIsFoundFirst() {
      given();

      toldOfDisk(new ResourceEvent.FoundIt(Found.running("left")));
      assertThat(disk()).as("app may run").isInstanceOf(Phase.Settling.class);
      found(Found.running("left"));
      assertThat(app().phase()).isInstanceOf(Phase.GoingOffline.class);
      assertThat(disk()).isInstanceOf(Phase.Settling.class);

      tell(new ResourceEvent.Returned(EntryPoint.OFFLINE));
      found(Found.absent(""));
      assertThat(app().phase()).isInstanceOf(Phase.Offline.class);
      assertThat(disk()).isInstanceOf(Phase.GoingOffline.class);

      toldOfDisk(new ResourceEvent.Returned(EntryPoint.OFFLINE));
      toldOfDisk(new ResourceEvent.FoundIt(Found.absent("")));
      assertThat(disk()).isInstanceOf(Phase.GoingOnline.class);
      toldOfDisk(new ResourceEvent.Returned(EntryPoint.ONLINE));
      assertThat(disk()).isInstanceOf(Phase.Online.class);
      assertThat(state.resources().values()).noneMatch(ClusterResource::takenOver);
      assertThat(app().phase()).isInstanceOf(Phase.Starting.class);
    }

    @Test
    void whatIsNotThereComesOnlineAtOnce_andWaitsForNobodyWhoCannotBeLookedFor() {
      given();
      on(
          new ClusterEvent.TypeResolved(
              "Test",
              Optional.of(new ClusterState.TypeProblem(TypeStatus.PLUGIN_MISSING, "gone"))));

      toldOfDisk(new ResourceEvent.FoundIt(Found.absent("")));

      assertThat(disk()).isInstanceOf(Phase.Starting.class);
      assertThat(app().takenOver()).as("nobody knows whether it runs").isTrue();
    }
  }

  @Nested
  class Types {
    @Test
    void eachTroubleHasItsOwnWord() {
      assertThat(state.typeStatus("Test")).isEqualTo(TypeStatus.NOT_REGISTERED);
      on(new ClusterEvent.TypeRegistered(Given.type("Test", Lives.ON_NODE)));
      assertThat(state.typeStatus("TEST")).isEqualTo(TypeStatus.REGISTERED);
      on(
          new ClusterEvent.TypeResolved(
              "test",
              Optional.of(
                  new ClusterState.TypeProblem(TypeStatus.DIGEST_MISMATCH, "other bytes"))));
      assertThat(state.typeStatus("Test")).isEqualTo(TypeStatus.DIGEST_MISMATCH);
      on(new ClusterEvent.TypeResolved("Test", Optional.empty()));
      assertThat(state.typeStatus("Test")).isEqualTo(TypeStatus.REGISTERED);
      on(new ClusterEvent.TypeUnregistered("TEST"));
      assertThat(state.typeStatus("Test")).isEqualTo(TypeStatus.NOT_REGISTERED);
    }

    /** What could not be opened waits before it is tried again; not if its type was mended. */
    @Test
    void aTypeThatIsMendedIsTriedAtOnce() {
      givenAppOnline();
      on(new ClusterEvent.MonitorDied(MonitorName.SHARED, false));
      on(ready(MonitorName.SHARED));
      on(
          new ClusterEvent.OfResource(
              APP,
              new ResourceEvent.CallFailed(
                  EntryPoint.OPEN,
                  new Failure(
                      "LOAD_FAILED",
                      dev.holdfast.spi.ResourceException.Retry.HERE,
                      "no such class"))),
          new ClusterEvent.TypeResolved(
              "Test",
              Optional.of(new ClusterState.TypeProblem(TypeStatus.LOAD_FAILED, "no such class"))));
      assertThat(app().phase()).isInstanceOf(Phase.Closed.class);

      on(new ClusterEvent.TypeResolved("Test", Optional.empty()));

      assertThat(app().phase()).isInstanceOf(Phase.Opening.class);
      assertThat(app().state()).isEqualTo(ResourceState.ONLINE);
    }
  }

  @Nested
  class PropertiesThatAreSetWhileItRuns {
    private void set(Map<String, List<String>> properties) {
      on(new ClusterEvent.PropertiesSet(APP, CommonProperties.DEFAULT, properties));
    }

    private static Map<String, List<String>> both(String live, String other) {
      return Map.of("Live", List.of(live), "Other", List.of(other));
    }

    @Test
    void whatCanBeChangedIsChanged_andWhatCannotWaitsForTheNextOnline() {
      givenAppOnline();
      set(both("a", "b"));

      assertThat(actions)
          .filteredOn(Action.Change.class::isInstance)
          .singleElement()
          .isInstanceOfSatisfying(
              Action.Change.class,
              change -> {
                assertThat(change.what()).containsExactly("Live");
                assertThat(change.properties()).isEqualTo(Map.of("Live", List.of("a")));
              });
      assertThat(app().state()).isEqualTo(ResourceState.ONLINE);
      assertThat(app().properties()).isEmpty();

      tell(new ResourceEvent.Returned(EntryPoint.CHANGED));
      assertThat(app().phase()).isInstanceOf(Phase.Online.class);
      assertThat(app().properties()).isEqualTo(Map.of("Live", List.of("a")));
      assertThat(app().notInEffect()).containsExactly("Other");

      on(new ClusterEvent.Restart(APP));
      tell(new ResourceEvent.Returned(EntryPoint.OFFLINE));
      assertThat(app().properties()).as("until it is seen gone").containsOnlyKeys("Live");
      found(Found.absent(""));
      assertThat(app().phase()).isInstanceOf(Phase.GoingOnline.class);
      assertThat(app().properties()).isEqualTo(both("a", "b"));
      assertThat(app().notInEffect()).isEmpty();
    }

    @Test
    void whatCannotBeChangedCallsNothing_andNothingIsCalledWhileItIsOffline() {
      givenAppOnline();
      set(Map.of("Other", List.of("b")));
      assertThat(actions).isEmpty();
      assertThat(app().notInEffect()).containsExactly("Other");

      on(new ClusterEvent.Wanted(List.of(APP), false));
      tell(new ResourceEvent.Returned(EntryPoint.OFFLINE));
      found(Found.absent(""));
      assertThat(app().phase()).isInstanceOf(Phase.Offline.class);
      assertThat(app().notInEffect()).isEmpty();
      set(both("a", "c"));
      assertThat(actions).isEmpty();
      assertThat(app().properties()).isEqualTo(both("a", "c"));
    }

    @Test
    void whatFailedStaysSet_andIsTriedAgainWhenItIsSetAgain() {
      givenAppOnline();
      set(Map.of("Live", List.of("a")));
      tell(
          new ResourceEvent.CallFailed(
              EntryPoint.CHANGED,
              new Failure("X", dev.holdfast.spi.ResourceException.Retry.HERE, "the disk is full")));

      assertThat(app().phase()).isInstanceOf(Phase.Online.class);
      assertThat(app().failures().failures()).isEmpty();
      assertThat(app().notInEffect()).containsExactly("Live");
      assertThat(app().detail()).isEqualTo("the disk is full");

      on(
          new ClusterEvent.PropertiesSet(
              APP, CommonProperties.DEFAULT.with("Description", "x"), app().config().properties()));
      assertThat(actions).as("a common property is no wish to try again").isEmpty();

      on(new ClusterEvent.PropertiesSet(APP, app().config().common(), app().config().properties()));
      assertThat(app().phase()).isInstanceOf(Phase.Changing.class);
    }

    @Test
    void whatIsSetMeanwhileIsChangedNext_andWhatIsSetBackIsNot() {
      givenAppOnline();
      set(Map.of("Live", List.of("a")));
      set(Map.of("Live", List.of("b")));
      assertThat(actions).isEmpty();
      tell(new ResourceEvent.Returned(EntryPoint.CHANGED));
      assertThat(app().properties()).isEqualTo(Map.of("Live", List.of("a")));
      assertThat(app().phase())
          .isInstanceOfSatisfying(
              Phase.Changing.class,
              changing -> assertThat(changing.to()).isEqualTo(Map.of("Live", List.of("b"))));

      set(Map.of("Live", List.of("a")));
      tell(new ResourceEvent.Returned(EntryPoint.CHANGED));
      assertThat(app().phase())
          .as("it has b, and is to have a again")
          .isInstanceOf(Phase.Changing.class);
      tell(new ResourceEvent.Returned(EntryPoint.CHANGED));
      assertThat(app().phase()).isInstanceOf(Phase.Online.class);
      assertThat(app().notInEffect()).isEmpty();
    }

    @Test
    void theDeathOfItsMonitorIsTold_andItGoesOnWithWhatItHad() {
      givenAppOnline();
      set(Map.of("Live", List.of("a")));
      on(new ClusterEvent.MonitorDied(MonitorName.SHARED, false));

      assertThat(actions)
          .anyMatch(
              action ->
                  action instanceof Action.Tell(Notice notice)
                      && notice.kind() == Notice.Kind.CHANGE_FAILED
                      && "Live".equals(notice.details().get(Notice.PROPERTIES)));
      on(ready(MonitorName.SHARED));
      found(Found.running("pid 7"));
      assertThat(app().phase()).isInstanceOf(Phase.Online.class);
      assertThat(app().properties()).isEmpty();
      assertThat(app().notInEffect()).containsExactly("Live");
      assertThat(actions).noneMatch(Action.Change.class::isInstance);
    }
  }

  @Test
  void groupsComeAndGo() {
    on(new ClusterEvent.GroupPut(new GroupConfig(Given.GROUP, "web", "")));
    assertThat(state.findGroup("WEB")).isPresent();
    assertThat(state.groupState(Given.GROUP)).isEqualTo(GroupState.OFFLINE);
    on(new ClusterEvent.GroupDeleted(Given.GROUP));
    assertThat(state.findGroup("web")).isEmpty();
  }

  @Test
  void readyMonitorsThatSomebodyNeedsStayReady() {
    givenAppOnline();

    assertThat(shared().phase()).isInstanceOf(Ready.class);
    assertThat(state.resourcesIn(MonitorName.SHARED)).hasSize(1);
    assertThat(state.isQuiet()).isFalse();
  }
}
