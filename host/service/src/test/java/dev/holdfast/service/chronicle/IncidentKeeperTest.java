package dev.holdfast.service.chronicle;

import static dev.holdfast.service.GivenCluster.NOW;
import static dev.holdfast.service.GivenCluster.closed;
import static dev.holdfast.service.GivenCluster.config;
import static dev.holdfast.service.GivenCluster.failed;
import static dev.holdfast.service.GivenCluster.id;
import static dev.holdfast.service.GivenCluster.online;
import static dev.holdfast.service.GivenCluster.resource;
import static dev.holdfast.service.GivenCluster.shared;
import static dev.holdfast.service.GivenCluster.state;
import static dev.holdfast.service.GivenCluster.with;
import static dev.holdfast.service.GivenCluster.without;
import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.cluster.ClusterState;
import dev.holdfast.cluster.MonitorName;
import dev.holdfast.cluster.MonitorStatus;
import dev.holdfast.cluster.Phase;
import dev.holdfast.cluster.ResourceId;
import dev.holdfast.protocol.InFlight;
import dev.holdfast.protocol.wire.EntryPoint;
import dev.holdfast.service.api.IncidentView;
import dev.holdfast.service.event.Incident;
import dev.holdfast.service.event.Incidents;
import dev.holdfast.service.supervision.DeathCause;
import dev.holdfast.service.supervision.MonitorDeath;
import dev.holdfast.spi.Exit;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class IncidentKeeperTest {
  private static final ClusterState BEFORE =
      state(resource(config(1, "db"), online()), resource(config(2, "app", id(1)), online()));
  private static final ClusterState LOST =
      with(
          state(
              resource(config(1, "db"), closed(new Phase.Online(NOW))),
              resource(config(2, "app", id(1)), closed(new Phase.Online(NOW)))),
          shared(1, new MonitorStatus.Phase.Waiting(NOW)));
  private static final ClusterState READY = with(LOST, shared(2));
  private static final ClusterState FOUND = with(BEFORE, shared(2));

  @TempDir Path folder;
  private final AtomicReference<Instant> now = new AtomicReference<>(NOW);
  private final List<Long> written = new CopyOnWriteArrayList<>();
  private final List<Object> told = new CopyOnWriteArrayList<>();
  private final IncidentListener heard =
      new IncidentListener() {
        @Override
        public void opened(
            MonitorDeath death, Optional<ResourceId> culprit, Set<ResourceId> victims) {
          told.add(culprit);
          told.add(victims);
        }

        @Override
        public void recovered(MonitorDeath death, Recovery took) {
          told.add(took);
        }
      };

  private Incidents incidents;
  private IncidentKeeper keeper;

  @BeforeEach
  void open() throws IOException {
    incidents = Incidents.open(folder.resolve("incidents"));
    keeper = new IncidentKeeper(incidents, now::get, heard);
  }

  @AfterEach
  void close() {
    keeper.close();
  }

  private static MonitorDeath death(Exit exit, boolean ownDoing, InFlight... calls) {
    return new MonitorDeath(
        MonitorName.SHARED,
        1,
        101,
        exit,
        false,
        ownDoing,
        true,
        DeathCause.SIGNAL,
        "as it was",
        List.of(calls),
        List.of(),
        NOW);
  }

  private static InFlight call(EntryPoint entryPoint, String resource, int millis) {
    return new InFlight(
        entryPoint, 1, resource, "test-plugin@1.0.0", 2, NOW.minusMillis(millis), "t");
  }

  private void opened(MonitorDeath death) {
    keeper.opened(death, BEFORE, told -> written.add(told.seq()));
  }

  private Incident incident() throws IOException {
    keeper.close();
    return incidents.find(1).orElseThrow();
  }

  @Test
  void anIncident_hasProcessExitCallsAndVictims() throws Exception {
    opened(
        death(
            new Exit.Code(1),
            true,
            call(EntryPoint.ONLINE, id(2).toString(), 1_500),
            call(EntryPoint.IS_ALIVE, id(1).toString(), 12),
            call(EntryPoint.LOOKS_ALIVE, id(9).toString(), -5)));

    IncidentView shown = EventViews.of(incident());
    assertThat(written).containsExactly(1L);
    assertThat(shown.monitor()).isEqualTo("shared-0");
    assertThat(shown.pid()).isEqualTo(101);
    assertThat(shown.epoch()).isEqualTo(1);
    assertThat(shown.exit()).isEqualTo(new IncidentView.MonitorExit(1, null, "as it was"));
    assertThat(shown.calls())
        .containsExactly(
            new IncidentView.CallInFlight("app", "test-plugin@1.0.0", "online", 1_500),
            new IncidentView.CallInFlight("db", "test-plugin@1.0.0", "isAlive", 12),
            new IncidentView.CallInFlight(id(9).toString(), "test-plugin@1.0.0", "looksAlive", 0));
    assertThat(shown.culprit()).isEqualTo("app");
    assertThat(shown.victims()).containsExactly("db", "app");
    assertThat(shown.actions()).isEmpty();
  }

  @Test
  void whoListens_hearsOfTheCulprit_andOfVictimsWithoutIt() {
    opened(death(new Exit.Code(1), true, call(EntryPoint.ONLINE, id(2).toString(), 5)));
    opened(death(new Exit.Signal(9), false, call(EntryPoint.ONLINE, id(2).toString(), 5)));

    assertThat(told)
        .containsExactly(Optional.of(id(2)), Set.of(id(1)), Optional.empty(), Set.of(id(1), id(2)));
  }

  @Test
  void whoListens_hearsHowLongEachPartTook_onceAllIsFound() {
    opened(death(new Exit.Signal(9), false));
    told.clear();

    keeper.changed(LOST);
    now.set(NOW.plusMillis(15));
    keeper.started(MonitorName.SHARED, 2);
    now.set(NOW.plusMillis(40));
    keeper.changed(READY);
    assertThat(told).isEmpty();
    now.set(NOW.plusMillis(90));
    keeper.changed(FOUND);

    assertThat(told)
        .containsExactly(
            new IncidentListener.Recovery(
                Duration.ofMillis(15), Duration.ofMillis(40), Duration.ofMillis(90)));
  }

  @Test
  void replacementThatWasStarted_beforeTheDeathWasWrittenDown_counts() {
    keeper.started(MonitorName.SHARED, 1);
    now.set(NOW.plusMillis(15));
    keeper.started(MonitorName.SHARED, 2);
    now.set(NOW.plusMillis(20));
    opened(death(new Exit.Signal(9), false));
    told.clear();

    now.set(NOW.plusMillis(40));
    keeper.changed(READY);
    keeper.changed(FOUND);

    assertThat(told)
        .containsExactly(
            new IncidentListener.Recovery(
                Duration.ofMillis(15), Duration.ofMillis(40), Duration.ofMillis(40)));
  }

  @Test
  void aKillFromOutside_blamesNobody() throws Exception {
    opened(death(new Exit.Signal(9), false, call(EntryPoint.ONLINE, id(2).toString(), 5)));

    assertThat(incident().report().culprit()).isNull();
    assertThat(EventViews.of(incident()).exit())
        .isEqualTo(new IncidentView.MonitorExit(null, 9, "as it was"));
  }

  @Test
  void anExitNobodySaw_isNotGuessed() throws Exception {
    opened(death(new Exit.Unknown(), true, call(EntryPoint.LOAD, "", 5)));

    assertThat(EventViews.of(incident()).exit())
        .isEqualTo(new IncidentView.MonitorExit(null, null, "as it was"));
    assertThat(incident().report().culprit()).isNull();
    assertThat(EventViews.of(incident()).calls())
        .containsExactly(new IncidentView.CallInFlight(null, "test-plugin@1.0.0", "load", 5));
  }

  @Test
  void whatIsLeftOfTheProcess_isKeptBesideIt() throws Exception {
    Path report = Files.writeString(folder.resolve("hs_err-1.log"), "# SIGSEGV");
    Path output = Files.writeString(folder.resolve("output.log"), "last words");
    MonitorDeath death = death(new Exit.Code(1), true);

    opened(
        new MonitorDeath(
            death.name(),
            death.epoch(),
            death.pid(),
            death.exit(),
            false,
            true,
            true,
            death.cause(),
            death.reason(),
            List.of(),
            List.of(report, output),
            NOW));

    assertThat(incident().evidence()).containsExactly("hs_err.log", "output.log");
    assertThat(incidents.folder(1).resolve("hs_err.log")).hasContent("# SIGSEGV");
  }

  @Test
  void whatWasDone_isAddedWhenAllIsFound() throws Exception {
    opened(death(new Exit.Signal(9), false));

    keeper.changed(LOST);
    now.set(NOW.plusMillis(40));
    keeper.changed(READY);
    now.set(NOW.plusMillis(70));
    keeper.changed(with(READY, resource(config(1, "db"), online())));
    now.set(NOW.plusMillis(90));
    keeper.changed(with(FOUND, resource(config(2, "app", id(1)), failed("it was gone"))));
    keeper.changed(FOUND);

    assertThat(incident().actions())
        .containsExactly(
            "monitor shared-0 replaced by process 102",
            "db found Running",
            "app found Failed: it was gone");
    assertThat(incident().timings())
        .containsEntry("replacementReadyMillis", 40L)
        .containsEntry("allFoundMillis", 90L);
  }

  @Test
  void aStateFromBeforeTheDeathWasDecided_findsNobody() throws Exception {
    opened(death(new Exit.Signal(9), false));

    keeper.changed(BEFORE);
    keeper.changed(LOST);
    keeper.changed(READY);
    keeper.changed(with(FOUND, resource(config(2, "app", id(1)), failed("it was gone"))));

    assertThat(incident().actions())
        .containsExactly(
            "monitor shared-0 replaced by process 102",
            "db found Running",
            "app found Failed: it was gone");
  }

  @Test
  void whatIsDeletedMeanwhile_isNotWaitedFor() throws Exception {
    opened(death(new Exit.Signal(9), false));

    keeper.changed(without(FOUND, id(2)));

    assertThat(incident().actions())
        .containsExactly(
            "monitor shared-0 replaced by process 102",
            "db found Running",
            "app was deleted meanwhile");
  }

  @Test
  void aMonitorThatNobodyNeedsAnyMore_isNotWaitedFor() throws Exception {
    opened(death(new Exit.Signal(9), false));

    keeper.changed(with(without(without(LOST, id(1)), id(2)), new MonitorStatus[0]));

    assertThat(incident().actions())
        .containsExactly(
            "monitor shared-0 is not needed any more",
            "db was deleted meanwhile",
            "app was deleted meanwhile");
  }

  @Test
  void deathsWithoutEnd_doNotGatherWithoutEnd() throws Exception {
    var seqs = new ArrayList<Long>();
    for (int i = 0; i <= IncidentKeeper.OPEN_MAX; i++) {
      keeper.opened(death(new Exit.Code(1), true), LOST, told -> seqs.add(told.seq()));
    }

    assertThat(incident().actions())
        .containsExactly("not followed any further: too many deaths since");
    assertThat(incidents.find(2).orElseThrow().actions()).isEmpty();
    assertThat(seqs).hasSize(IncidentKeeper.OPEN_MAX + 1).doesNotContain(0L);
  }
}
