package dev.holdfast.service.chronicle;

import static dev.holdfast.service.GivenCluster.NOW;
import static dev.holdfast.service.GivenCluster.TEST;
import static dev.holdfast.service.GivenCluster.closed;
import static dev.holdfast.service.GivenCluster.config;
import static dev.holdfast.service.GivenCluster.id;
import static dev.holdfast.service.GivenCluster.online;
import static dev.holdfast.service.GivenCluster.resource;
import static dev.holdfast.service.GivenCluster.state;
import static dev.holdfast.service.GivenCluster.type;
import static dev.holdfast.service.GivenCluster.with;
import static dev.holdfast.service.GivenCluster.withTypeProblem;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.groups.Tuple.tuple;

import dev.holdfast.cluster.ClusterResource;
import dev.holdfast.cluster.ClusterState;
import dev.holdfast.cluster.CommonProperties;
import dev.holdfast.cluster.FailureWindow;
import dev.holdfast.cluster.MonitorName;
import dev.holdfast.cluster.Notice;
import dev.holdfast.cluster.Phase;
import dev.holdfast.cluster.ResourceConfig;
import dev.holdfast.cluster.TypeRegistration;
import dev.holdfast.cluster.TypeStatus;
import dev.holdfast.protocol.InFlight;
import dev.holdfast.protocol.wire.EntryPoint;
import dev.holdfast.service.event.Event;
import dev.holdfast.service.event.EventId;
import dev.holdfast.service.event.EventLog;
import dev.holdfast.service.event.EventLogLimits;
import dev.holdfast.service.event.EventQuery;
import dev.holdfast.service.event.Incidents;
import dev.holdfast.service.process.ProcessIdentity;
import dev.holdfast.service.process.StopOutcome;
import dev.holdfast.service.slot.SlotKey;
import dev.holdfast.service.supervision.DeathCause;
import dev.holdfast.service.supervision.MonitorDeath;
import dev.holdfast.spi.Exit;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EventChronicleTest {
  private static final ClusterState STATE = state(resource(config(2, "app"), online()));
  private static final ProcessIdentity PROCESS = new ProcessIdentity(4711, 1, "boot");
  private static final SlotKey SLOT = new SlotKey(id(2), "main");

  @TempDir Path folder;
  private EventLog events;
  private Incidents incidents;
  private EventChronicle chronicle;

  @BeforeEach
  void open() throws IOException {
    events = EventLog.open(folder.resolve("events"), "alpha", () -> NOW, EventLogLimits.DEFAULT);
    incidents = Incidents.open(folder.resolve("incidents"));
    chronicle = new EventChronicle(events, incidents, "alpha", () -> NOW, IncidentListener.NONE);
  }

  @AfterEach
  void close() throws IOException {
    chronicle.close();
    events.close();
  }

  /** All events, once everything that was begun is written. */
  private List<Event> told() throws Exception {
    chronicle.close();
    events
        .append(EventId.EVENTS_LOST.of("the end of the test"))
        .durable()
        .get(60, TimeUnit.SECONDS);
    return events.query(EventQuery.newest(1000)).stream()
        .filter(event -> event.id() != EventId.EVENTS_LOST.number())
        .toList();
  }

  private Event onlyOne() throws Exception {
    List<Event> told = told();
    assertThat(told).hasSize(1);
    return told.getFirst();
  }

  private static MonitorDeath death(Exit exit, String reason, List<InFlight> calls) {
    return new MonitorDeath(
        MonitorName.SHARED,
        1,
        101,
        exit,
        false,
        false,
        true,
        DeathCause.SIGNAL,
        reason,
        calls,
        List.of(),
        NOW);
  }

  private static InFlight call(EntryPoint entryPoint, String resource) {
    return new InFlight(entryPoint, 1, resource, "test-plugin@1.0.0", 2, NOW.minusMillis(12), "t");
  }

  private static Notice notice(Notice.Kind kind, String cause, Map<String, String> details) {
    return new Notice(kind, Optional.of(id(2)), Optional.empty(), Optional.empty(), cause, details);
  }

  // ---- monitors ------------------------------------------------------------------------------

  @Test
  void aDeath_isExactlyOneEvent1146_withProcessExitCallsAndIncident() throws Exception {
    MonitorDeath death =
        death(
            new Exit.Signal(9),
            "killed by signal SIGKILL",
            List.of(call(EntryPoint.IS_ALIVE, id(2).toString()), call(EntryPoint.LOAD, "")));

    chronicle.monitorDied(death, STATE);
    chronicle.changed(STATE, STATE);

    Event event = onlyOne();
    assertThat(event.id()).isEqualTo(1146);
    assertThat(event.message())
        .isEqualTo(
            "Resource monitor 'shared-0' (process 101) ended unexpectedly: killed by signal"
                + " SIGKILL. Calls in flight: isAlive of app, load of plugin test-plugin@1.0.0."
                + " Its resources are found again by another monitor.");
    assertThat(event.cause()).isEqualTo("killed by signal SIGKILL");
    assertThat(event.incident()).isEqualTo(1);
    assertThat(incidents.find(1)).isPresent();
  }

  @Test
  void aDeathWithoutCalls_saysSo() throws Exception {
    chronicle.monitorDied(death(new Exit.Code(1), "it exited with code 1", List.of()), STATE);

    assertThat(onlyOne().parameters()).containsEntry("calls", "none");
  }

  @Test
  void eachDeath_isAnEventAndAnIncidentOfItsOwn() throws Exception {
    chronicle.monitorDied(death(new Exit.Code(1), "first", List.of()), STATE);
    chronicle.monitorDied(death(new Exit.Code(1), "second", List.of()), STATE);

    assertThat(told())
        .extracting(Event::id, Event::cause, Event::incident)
        .containsExactly(tuple(1146, "first", 1L), tuple(1146, "second", 2L));
  }

  @Test
  void aDeathIsTold_alsoWhenItsIncidentCannotBeWritten() throws Exception {
    Files.delete(folder.resolve("incidents"));
    Files.writeString(folder.resolve("incidents"), "in the way");

    chronicle.monitorDied(death(new Exit.Code(1), "it exited with code 1", List.of()), STATE);

    assertThat(told()).extracting(Event::id).containsExactly(1146, 2026);
    assertThat(told().getFirst().incident()).isNull();
    assertThat(told().getLast().message())
        .startsWith(
            "The incident of resource monitor 'shared-0' (process 101) could not be written")
        .contains("incidents");
  }

  @Test
  void aDeathWhileTheServiceEnds_isToldAndThrowsNothing() throws Exception {
    chronicle.close();

    chronicle.monitorDied(death(new Exit.Code(1), "it exited with code 1", List.of()), STATE);

    assertThat(told()).extracting(Event::id).containsExactly(1146, 2026);
  }

  @Test
  void aDeathWhileRegistering_isNoMonitorLost() throws Exception {
    chronicle.registrationDied(death(new Exit.Code(3), "OutOfMemory (exit code 3)", List.of()));

    assertThat(onlyOne().id()).isEqualTo(2020);
    assertThat(onlyOne().message())
        .isEqualTo(
            "The plugin was not registered: the resource monitor 'shared-0' (process 101) that"
                + " tried it ended: OutOfMemory (exit code 3)");
    assertThat(incidents.list()).isEmpty();
  }

  @Test
  void whenAnotherMonitorHoldsIt_thenItIsSupervisedAgain_onceAndNotAtItsFirstOpening()
      throws Exception {
    ClusterState lost = state(resource(config(2, "app"), closed(new Phase.Online(NOW))));
    ClusterState created =
        state(ClusterResource.created(config(2, "app"), TEST.lives(), TEST.timings(), NOW));

    chronicle.changed(created, STATE);
    chronicle.changed(lost, STATE);
    chronicle.changed(STATE, STATE);

    assertThat(onlyOne().id()).isEqualTo(2010);
    assertThat(onlyOne().message())
        .isEqualTo("Cluster resource 'app' is supervised again, by resource monitor 'shared-0'.");
  }

  // ---- the service and processes -------------------------------------------------------------

  @Test
  void startAndStop_nameNodeAndVersion() throws Exception {
    chronicle.serviceStarted("0.1.0");
    chronicle.monitorStarted(MonitorName.SHARED, 1, PROCESS);
    chronicle.serviceStopped();

    assertThat(told())
        .extracting(Event::message)
        .containsExactly(
            "The cluster service (version 0.1.0) formed the cluster on node 'alpha'.",
            "Resource monitor 'shared-0' was started as process 4711.",
            "The cluster service on node 'alpha' stopped normally.");
  }

  @Test
  void processes_areToldWithPidAndExit() throws Exception {
    chronicle.processStarted(SLOT, PROCESS, STATE);
    chronicle.processTakenOver(SLOT, PROCESS, STATE);
    chronicle.processEnded(SLOT, 4711, new Exit.Code(3), STATE);
    chronicle.processEnded(SLOT, 4711, new Exit.Signal(11), STATE);
    chronicle.processEnded(SLOT, 4711, new Exit.Unknown(), STATE);

    assertThat(told()).extracting(Event::id).containsExactly(2007, 2022, 2006, 2006, 2006);
    assertThat(told()).extracting(Event::resource).containsOnly("app");
    assertThat(told())
        .filteredOn(event -> event.id() == 2006)
        .extracting(Event::cause)
        .containsExactly("exit code 3", "signal 11", "unknown exit");
  }

  @Test
  void aStopThatTookSigkill_isToldStepByStep() throws Exception {
    chronicle.processKilled(SLOT, PROCESS, killed(false, List.of()), STATE);
    chronicle.processKilled(SLOT, PROCESS, killed(true, List.of()), STATE);
    var stands = new StopOutcome.Survivor(PROCESS, "app", 'D', "nfs_wait");
    chronicle.processKilled(SLOT, PROCESS, killed(false, List.of(stands)), STATE);

    assertThat(told())
        .extracting(Event::message)
        .containsExactly(
            "Process 4711 of cluster resource 'app': did not end within 2.0 s of its stop signal;"
                + " it was sent SIGKILL with all it had started; all are gone after 2.1 s.",
            "Process 4711 of cluster resource 'app': ended 2.0 s after its stop signal; what it had"
                + " left was sent SIGKILL; all are gone after 2.1 s.",
            "Process 4711 of cluster resource 'app': did not end within 2.0 s of its stop signal;"
                + " it was sent SIGKILL with all it had started; after 2.1 s there still is process"
                + " 4711 (app), state D, waits in nfs_wait.");
  }

  private static StopOutcome killed(boolean obeyed, List<StopOutcome.Survivor> standing) {
    return new StopOutcome(obeyed, false, Duration.ofSeconds(2), Duration.ofMillis(2100), standing);
  }

  @Test
  void aProcessOfADeletedResource_isToldByItsId() throws Exception {
    chronicle.processEnded(new SlotKey(id(9), "main"), 1, new Exit.Code(0), STATE);

    assertThat(onlyOne().resource()).isEqualTo(id(9).toString());
  }

  // ---- decisions -----------------------------------------------------------------------------

  @ParameterizedTest
  @CsvSource({
    "ServiceNotOpened, exception, 1040, could not be opened",
    "ServiceNotStarted, exception, 1041, could not be started",
    "X, timeout, 1041, could not be started",
    "'', check, 1042, failed after it was started",
    "'', absent, 1042, failed after it was started"
  })
  void aFailureOfAGenericService_isToldAsMscsToldIt_beforeItsOwn(
      String code, String reason, int id, String words) throws Exception {
    ResourceConfig test = config(2, "app");
    var config =
        new ResourceConfig(
            test.id(),
            test.name(),
            "Generic Service",
            test.group(),
            test.dependsOn(),
            true,
            test.common(),
            Map.of());
    Map<String, String> details = Map.of(Notice.CODE, code, Notice.REASON, reason);

    chronicle.notice(
        notice(Notice.Kind.RESOURCE_FAILED, "why", details), state(resource(config, online())));

    List<Event> told = told();
    assertThat(told).extracting(Event::id).containsExactly(id, 1069);
    assertThat(told.getFirst().message())
        .isEqualTo("The service of cluster resource 'app' " + words + ": why");
    assertThat(told.getFirst().resource()).isEqualTo("app");
  }

  @ParameterizedTest
  @CsvSource({
    "TAKEN_AS_IT_RAN, 2080, 'Cluster resource ''app'' was taken over as it ran, started by somebody"
        + " else: an operator asked for it.'",
    "STATE_CHANGED, 1637, Cluster resource 'app' went from state Online to state Failed.",
    "RESOURCE_FAILED, 1069, Cluster resource 'app' in group 'web' failed.",
    "ONLINE_FAILED, 1065, Cluster resource 'app' failed to come online: why",
    "OFFLINE_FAILED, 2017, Cluster resource 'app' failed to go offline: why",
    "GROUP_NOT_ONLINE, 1205, Group 'web' could not be brought completely online.",
    "RESTART_SCHEDULED, 2008, Cluster resource 'app' is restarted: restart 0 of 3 within 15m.",
    "ADOPTED, 2001, Cluster resource 'app' was found running and is adopted: why",
    "UNSUPERVISED, 2009, Cluster resource 'app' runs unsupervised: why",
    "CHECK_BROKEN, 2015, A health check of cluster resource 'app' did not come to a result: why",
    "DEGRADED, 2016, Cluster resource 'app' is degraded: why",
    "TERMINATE_FAILED, 2018, Cluster resource 'app' could not be terminated: why",
    "SEPARATED, 2024, Cluster resource 'app' gets a resource monitor of its own (SeparateMonitor is"
        + " true now): why",
    "ENDED_WITHOUT_TYPE, 2023, The processes of cluster resource 'app' are ended by the cluster"
        + " service itself: why"
  })
  void aDecision_isAnEventAboutItsResourceWithItsCause(Notice.Kind kind, int id, String message)
      throws Exception {
    chronicle.notice(notice(kind, "why", Map.of("from", "Online", "to", "Failed")), STATE);

    Event event = onlyOne();
    assertThat(event.id()).isEqualTo(id);
    assertThat(event.message()).isEqualTo(message);
    assertThat(event.resource()).isEqualTo("app");
    assertThat(event.cause()).isEqualTo("why");
  }

  @Test
  void changedProperties_areNamed() throws Exception {
    chronicle.notice(
        notice(Notice.Kind.CHANGE_FAILED, "the disk is full", Map.of("properties", "A, B")), STATE);

    Event event = onlyOne();
    assertThat(event.id()).isEqualTo(2064);
    assertThat(event.message())
        .isEqualTo(
            "Properties of cluster resource 'app' (A, B) could not be put in effect while it is"
                + " online, and wait for its next online: the disk is full");
  }

  @Test
  void everyDecision_hasAnEventOfItsOwn() throws Exception {
    for (Notice.Kind kind : Notice.Kind.values()) {
      chronicle.notice(notice(kind, "why", Map.of()), STATE);
    }

    assertThat(told())
        .extracting(Event::id)
        .doesNotHaveDuplicates()
        .hasSize(Notice.Kind.values().length);
  }

  @Test
  void whatHasNoCause_hasNone_andWhatIsDeletedIsNotTold() throws Exception {
    chronicle.notice(notice(Notice.Kind.DEGRADED, "why", Map.of()), state());
    chronicle.notice(notice(Notice.Kind.STATE_CHANGED, "", Map.of()), STATE);

    assertThat(onlyOne().cause()).isNull();
  }

  @Test
  void aRestart_saysWhichOfHowMany() throws Exception {
    restart(CommonProperties.DEFAULT);

    assertThat(onlyOne().message())
        .isEqualTo("Cluster resource 'app' is restarted: restart 2 of 3 within 15m.");
  }

  @Test
  void aRestartWithoutEnd_isNotToldAsTwoBillion() throws Exception {
    restart(CommonProperties.DEFAULT.with("RestartThreshold", "-1"));

    assertThat(onlyOne().message())
        .isEqualTo("Cluster resource 'app' is restarted: restart 2 of unlimited within 15m.");
    assertThat(onlyOne().parameters()).containsEntry("threshold", "unlimited");
  }

  private void restart(CommonProperties common) {
    ClusterResource app =
        resource(config(2, "app").with(common, Map.of()), online())
            .edit()
            .counted(new FailureWindow(List.of(NOW.minusSeconds(60), NOW)), 1, 0, Optional.empty())
            .done();
    chronicle.notice(notice(Notice.Kind.RESTART_SCHEDULED, "why", Map.of()), state(app));
  }

  // ---- types ---------------------------------------------------------------------------------

  @Test
  void aTypeIsTold_whenItIsRegisteredChangedAndGone() throws Exception {
    ClusterState none = with(STATE, new TypeRegistration[0]);
    TypeRegistration.Version first = type(TEST).version();
    var second =
        new TypeRegistration.Version("test-plugin", "2.0.0", "sha256:11", "test.Type", TEST);
    ClusterState upgraded =
        with(STATE, new TypeRegistration("Test", List.of(first, second), "2.0.0"));

    chronicle.changed(none, STATE);
    chronicle.changed(STATE, STATE);
    chronicle.changed(STATE, upgraded);
    chronicle.changed(upgraded, none);

    assertThat(told())
        .extracting(Event::message)
        .containsExactly(
            "Resource type 'Test' was registered from plugin test-plugin, version 1.0.0.",
            "Resource type 'Test' was registered from plugin test-plugin, version 2.0.0.",
            "Resource type 'Test' was unregistered.");
  }

  @Test
  void aTypeThatIsNotCodeAnyMore_isToldOnce_andAgainWhenItIsBack() throws Exception {
    ClusterState missing = withTypeProblem(STATE, TypeStatus.PLUGIN_MISSING, "It is gone.");
    ClusterState other = withTypeProblem(STATE, TypeStatus.DIGEST_MISMATCH, "It is another.");

    chronicle.changed(STATE, missing);
    chronicle.changed(missing, missing);
    chronicle.changed(missing, other);
    chronicle.changed(other, STATE);

    assertThat(told())
        .extracting(Event::message)
        .containsExactly(
            "Resource type 'Test' cannot be turned into code (PluginMissing): It is gone.",
            "Resource type 'Test' cannot be turned into code (DigestMismatch): It is another.",
            "Resource type 'Test' can be turned into code again.");
  }
}
