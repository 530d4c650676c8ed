package dev.holdfast.cli.audit;

import static dev.holdfast.cli.audit.Given.CHILD;
import static dev.holdfast.cli.audit.Given.INIT;
import static dev.holdfast.cli.audit.Given.LEADER;
import static dev.holdfast.cli.audit.Given.MONITOR;
import static dev.holdfast.cli.audit.Given.SERVICE;
import static dev.holdfast.cli.audit.Given.TOKEN;
import static dev.holdfast.cli.audit.Given.WEB;
import static dev.holdfast.cli.audit.Given.at;
import static dev.holdfast.cli.audit.Given.holder;
import static dev.holdfast.cli.audit.Given.process;
import static dev.holdfast.cli.audit.Given.secondsAgo;
import static dev.holdfast.cli.audit.Given.zombie;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each rule on a cluster that is well, and on one in which one thing is broken. */
class RulesTest {
  private static final int STRANGER = 400;
  private static final int SHELL = 50;

  private final Given given = new Given();

  static List<Rule> rules() {
    return Rule.ALL;
  }

  @ParameterizedTest
  @MethodSource("rules")
  void whatIsWell_holds(Rule rule) {
    assertThat(rule.judge(given.look()).findings()).isEmpty();
    assertThat(rule.judge(given.look()).verdict()).isEqualTo(Judgement.Verdict.HOLDS);
  }

  @ParameterizedTest
  @MethodSource("rules")
  void withoutTheServicesWord_noRuleFindsAnythingInAClusterThatIsWell(Rule rule) {
    given.answers = false;

    assertThat(rule.judge(given.look()).findings()).isEmpty();
  }

  @Nested
  class ExternalsAreAccountedTest {
    private final Rule rule = new ExternalsAreAccounted();

    private Facts.External external(String slot, String resource, long epoch, String lives) {
      return new Facts.External(
          "web", resource, slot, "lease-volume", "data-1", epoch, "alpha", Optional.of(lives));
    }

    @Test
    void ofAResourceThatMayHaveIt_isWell() {
      given.externals.add(external("volume", WEB, 2, "ELSEWHERE"));

      assertThat(given.found(rule)).isEmpty();
    }

    @Test
    void ofAResourceThatIsOfflineAsWanted_shouldHaveBeenReleased() {
      given.externals.add(external("volume", WEB, 2, "ELSEWHERE"));
      given.resource = Given.resource("Offline", "Offline");
      assertThat(given.found(rule)).containsExactly("web/volume");

      given.resource = Given.resource("Failed", "Offline");
      assertThat(given.found(rule)).as("nobody could ask").isEmpty();
      given.resource = Given.resource("Offline", "Online");
      assertThat(given.found(rule)).as("its online was cut short").isEmpty();
    }

    @Test
    void ofNobody_ofTheFuture_ofATypeThatLivesHere_orTwice_isNotWell() {
      given.externals.add(external("volume", "gone", 2, "ELSEWHERE"));
      assertThat(given.found(rule)).containsExactly("web/volume");

      given.externals.set(0, external("volume", WEB, 7, "ELSEWHERE"));
      assertThat(given.found(rule)).containsExactly("web/volume");

      given.externals.set(0, external("volume", WEB, 2, "ON_NODE"));
      assertThat(given.found(rule)).containsExactly("web/volume");

      given.externals.set(0, external("volume", WEB, 2, "ELSEWHERE"));
      given.externals.add(external("other", WEB, 2, "ELSEWHERE"));
      assertThat(given.found(rule)).containsExactly("web/other");
    }
  }

  @Nested
  class OneProcessPerSlotTest {
    private final Rule rule = new OneProcessPerSlot();

    @Test
    void startedBySomebodyElse_isASecondOne() {
      given.put(process(SHELL, INIT, "sh"));
      given.put(holder(STRANGER, SHELL, TOKEN, "sleep"));

      assertThat(given.found(rule)).containsExactly("web/main");
    }

    @Test
    void theSameProgramOnceMore_orphaned_isASecondOne() {
      given.put(holder(STRANGER, SERVICE, TOKEN, "web-server"));

      assertThat(given.found(rule)).containsExactly("web/main");
    }

    @Test
    void aDaemonItLeftBehind_isNone() {
      given.put(holder(STRANGER, SERVICE, TOKEN, "log-rotator"));
      given.put(holder(STRANGER + 1, STRANGER, TOKEN, "gzip"));

      assertThat(given.found(rule)).isEmpty();
    }

    @Test
    void anOrphanOfInit_isNoneOfWhatThisServiceStarted() {
      given.put(holder(STRANGER, INIT, TOKEN, "log-rotator"));

      assertThat(given.found(rule)).containsExactly("web/main");
    }

    @Test
    void ofALeaderThatOutlivedItsService_orphansGoToInit() {
      given.put(holder(LEADER, INIT, TOKEN, "web-server"));
      given.put(holder(STRANGER, INIT, TOKEN, "log-rotator"));

      assertThat(given.found(rule)).isEmpty();
    }

    @Test
    void olderThanTheLeader_itCannotBeItsChild() {
      given.put(holder(LEADER - 10, SERVICE, TOKEN, "log-rotator"));

      assertThat(given.found(rule)).containsExactly("web/main");
    }

    @Test
    void withoutTheService_theBaselineSaysWhatWasWrittenDown() {
      given.baseline = Optional.of(Baseline.of(given.look(), "then"));
      given.answers = false;
      given.put(process(SHELL, INIT, "sh"));
      given.put(holder(STRANGER, SHELL, TOKEN, "sleep"));

      assertThat(given.found(rule)).containsExactly("web/main");
    }
  }

  @Nested
  class TokensHaveRecordsTest {
    private final Rule rule = new TokensHaveRecords();

    @Test
    void aTokenNobodyWroteDown_isFound() {
      given.put(holder(STRANGER, INIT, "sha256:other", "sleep"));

      assertThat(given.found(rule)).containsExactly("pid " + STRANGER);
    }

    @Test
    void aTokenOfAnotherHome_isNoneOfOurs() {
      given.put(
          at(
              holder(STRANGER, INIT, "sha256:other", "sleep"),
              "/tmp/other/resources/22222222-2222-2222-2222-222222222222/output.log (deleted)"));
      given.put(holder(STRANGER + 1, INIT, "sha256:other", "its-daemon"));
      given.put(process(SHELL, INIT, "java", "java", "dev.holdfast.service.ClusterServiceMain"));
      given.put(holder(STRANGER + 2, SHELL, "sha256:another", "sleep"));

      assertThat(given.found(rule)).isEmpty();
    }

    @Test
    void aTokenInAPlaceOfOurHome_isOurs() {
      given.put(
          at(
              holder(STRANGER, INIT, "sha256:other", "sleep"),
              Given.HOME + "/resources/" + WEB + "/output.log"));

      assertThat(given.found(rule)).containsExactly("pid " + STRANGER);
    }

    @Test
    void aRecordWithoutItsProcess_isFound_andSoIsOneOfAnotherLifeOfThePid() {
      given.processes.remove(LEADER);
      assertThat(given.found(rule)).containsExactly("web/main");

      given.put(
          new ProcessSeen(
              LEADER,
              "cron",
              'S',
              INIT,
              LEADER,
              LEADER,
              1,
              Optional.empty(),
              List.of(),
              List.of()));
      assertThat(given.found(rule)).containsExactly("web/main");
    }

    @Test
    void aRecordWhoseProcessIsAZombie_isFound() {
      given.processes.remove(CHILD);
      given.put(zombie(LEADER, SERVICE));

      assertThat(given.found(rule)).containsExactly("web/main");
    }

    @Test
    void whatLivesOnAfterItsRecordEnded_isFound_unlessItIsBeingEnded() {
      given.slot = Given.slot("Ended", LEADER);
      assertThat(given.found(rule)).containsExactly("web/main", "web/main");

      given.resource = Given.resource("OfflinePending", "Offline");
      assertThat(given.found(rule)).isEmpty();
    }

    @Test
    void whatACommandLeftOnPurpose_isNoFinding() {
      given.slot = Given.slot("Left", LEADER);

      assertThat(given.found(rule)).isEmpty();
    }

    @Test
    void aStartThatNeverCameToAnything_isFound_onceItIsOldEnough() {
      given.processes.remove(LEADER);
      given.processes.remove(CHILD);
      given.slot = Given.intended(99_000);
      assertThat(given.found(rule)).isEmpty();

      given.slot = Given.intended(90_000);
      assertThat(given.found(rule)).containsExactly("web/main");
    }
  }

  @Nested
  class OneProcessPerMonitorTest {
    private final Rule rule = new OneProcessPerMonitor();

    private ProcessSeen monitorOf(Path home) {
      return process(
          STRANGER,
          INIT,
          "java",
          "java",
          "dev.holdfast.monitor.ResourceMonitor",
          "--state",
          home + "/monitors/shared-0/state-7");
    }

    @Test
    void oneThatTheServiceDoesNotKnow_isFound_ofThisHomeOnly() {
      given.put(monitorOf(Path.of("/srv/holdfast-2")));
      assertThat(given.found(rule)).isEmpty();

      given.put(monitorOf(Given.HOME));
      assertThat(given.found(rule)).containsExactly("pid " + STRANGER);
    }

    @Test
    void oneThatIsGone_orDoesNotAnswer_isFound() {
      given.monitor = Given.monitor(false, "", 0, Optional.empty());
      assertThat(given.found(rule)).containsExactly("shared-0");

      given.processes.remove(MONITOR);
      assertThat(given.found(rule)).containsExactly("shared-0");
    }

    @Test
    void withoutAService_anyIsFound() {
      given.answers = false;
      given.servicePid = OptionalInt.empty();

      assertThat(given.found(rule)).containsExactly("pid " + MONITOR);
    }
  }

  @Nested
  class OnlineIsPolledTest {
    private final Rule rule = new OnlineIsPolled();

    @Test
    void aCheckOfEitherKindThatIsLate_isFound() {
      given.resource =
          Given.resource("Online", "Online", secondsAgo(12), secondsAgo(60), "Registered");
      assertThat(given.found(rule)).containsExactly("web");

      given.resource =
          Given.resource("Online", "Online", secondsAgo(1), secondsAgo(130), "Registered");
      assertThat(given.found(rule)).containsExactly("web");
    }

    @Test
    void withinTwoIntervals_itIsNotLate() {
      given.resource =
          Given.resource("Online", "Online", secondsAgo(10), secondsAgo(119), "Registered");

      assertThat(given.found(rule)).isEmpty();
    }

    @Test
    void whatIsNotOnline_isNotPolled() {
      given.resource =
          Given.resource("Failed", "Online", secondsAgo(99), secondsAgo(999), "Registered");

      assertThat(given.found(rule)).isEmpty();
    }

    @Test
    void whatTheMonitorPollsOtherwiseThanTheServiceThinks_isFound() {
      given.monitor = Given.monitor(true, Given.DIGEST, 1, Optional.of(1L));
      assertThat(given.found(rule)).containsExactly("web");

      given.monitor = Given.monitor(true, Given.DIGEST, 2, Optional.empty());
      assertThat(given.found(rule)).containsExactly("web");
    }
  }

  @Nested
  class TypesResolveTest {
    private final Rule rule = new TypesResolve();

    @Test
    void aRegistrationThatTheServiceCannotResolve_isFound() {
      given.type =
          new Facts.Type("Test", "test.Type", Given.DIGEST, Given.ARCHIVE, "LoadFailed", "why");

      assertThat(given.found(rule)).containsExactly("Test");
    }

    @Test
    void anArchiveThatIsAnother_orNotThere_isFound() {
      given.archives.put(Given.ARCHIVE, new Archive.Present("sha256:other"));
      assertThat(given.found(rule)).containsExactly("Test");

      given.archives.put(Given.ARCHIVE, new Archive.Unreadable("no such file"));
      assertThat(given.found(rule)).containsExactly("Test");
    }

    /** Else it would be gone in the second look, and something new there: neither counts. */
    @Test
    void anAlteredArchiveThatTheServiceNoticesBetweenTwoLooks_staysTheSameFinding() {
      given.archives.put(Given.ARCHIVE, new Archive.Present("sha256:other"));
      String before = rule.judge(given.look()).findings().getFirst().identity();

      given.type =
          new Facts.Type("Test", "test.Type", Given.DIGEST, Given.ARCHIVE, "DigestMismatch", "why");

      assertThat(rule.judge(given.look()).findings().getFirst().identity()).isEqualTo(before);
    }

    @Test
    void aMonitorThatRunsAnotherArchive_orHasNotLoadedTheType_isFound() {
      given.monitor = Given.monitor(true, "sha256:older", 2, Optional.of(2L));
      assertThat(given.found(rule)).containsExactly("web");

      given.monitor =
          new Facts.Monitor(
              "shared-0", "shared", "Ready", given.monitor.process(), true, List.of(), List.of());
      assertThat(given.found(rule)).containsExactly("web");
    }
  }

  @Nested
  class WantedIsActualTest {
    private final Rule rule = new WantedIsActual();

    private void because(String blockedBy, String... chain) {
      given.reasons.put(WEB, new Reason(blockedBy, List.of(chain)));
    }

    @Test
    void whatNobodyCanExplain_isFound() {
      given.resource = Given.resource("Offline", "Online");
      assertThat(given.found(rule)).containsExactly("web");

      because("nothing");
      assertThat(given.found(rule)).containsExactly("web");
    }

    @Test
    void whatStandsInItsWay_isAReason_andSoIsWhatHappened() {
      given.resource = Given.resource("Offline", "Online");
      because("db, which it depends on, is Failed");
      assertThat(given.found(rule)).isEmpty();

      because("nothing", "Online → Failed: HTTP 503");
      assertThat(given.found(rule)).isEmpty();

      because("nothing: it is tried again at 10:00:01");
      assertThat(given.found(rule)).isEmpty();
    }

    @Test
    void howItCameOnline_isNoReasonToBeSoUnwanted() {
      given.resource = Given.resource("Online", "Offline");
      because("nothing: it is not wanted Online", "OnlinePending → Online");
      assertThat(given.found(rule)).containsExactly("web");

      because("app, which depends on it, is OfflinePending, and goes first");
      assertThat(given.found(rule)).isEmpty();
    }

    @Test
    void aServiceThatStops_orATypeThatIsGone_isAReason() {
      given.resource = Given.resource("Offline", "Online");
      given.stopping = true;
      assertThat(given.found(rule)).isEmpty();

      given.stopping = false;
      given.resource =
          Given.resource("Offline", "Online", secondsAgo(1), secondsAgo(1), "PluginMissing");
      assertThat(given.found(rule)).isEmpty();
    }
  }

  @Nested
  class EventsAndIncidentsTest {
    private final Rule events = new EventsAreGapless();
    private final Rule incidents = new OneIncidentPerDeath();

    private static IncidentFolders.Incident incident(long seq, long secondsAgo) {
      return incident(seq, secondsAgo, secondsAgo);
    }

    private static IncidentFolders.Incident incident(long seq, long secondsAgo, long written) {
      return new IncidentFolders.Incident(
          seq, secondsAgo(secondsAgo), secondsAgo(written), "shared-0", 7);
    }

    private static EventFiles.Death death(long seq, long incident) {
      return new EventFiles.Death(seq, incident, "shared-0", 7);
    }

    @Test
    void aGapIsFound_andATornEndOnlyWhereAServiceWrites() {
      given.damages.add(new EventFiles.Damage("events:9", "cut", true));
      assertThat(given.found(events)).containsExactly("events:9");

      given.answers = false;
      given.servicePid = OptionalInt.empty();
      assertThat(given.found(events)).isEmpty();

      given.damages.add(new EventFiles.Damage("events:4", "event 4 is missing", false));
      assertThat(given.found(events)).containsExactly("events:4");
    }

    @Test
    void anEventThatWasGivenOut_andIsInNoFile_isFound() {
      given.newestEvent = 10;

      assertThat(given.found(events)).containsExactly("event 10");
    }

    @Test
    void aDeathAndItsIncident_areOneEach() {
      given.deaths.addAll(List.of(death(3, 1), death(5, 2)));
      given.incidents.addAll(List.of(incident(1, 100), incident(2, 50)));

      assertThat(given.found(incidents)).isEmpty();
    }

    @Test
    void aDeathWithoutIncident_withAnothers_orTwiceTold_isFound() {
      given.incidents.add(incident(1, 100));
      given.deaths.addAll(List.of(death(3, 1), death(4, 0)));
      assertThat(incidents.judge(given.look()).findings()).hasSize(1);

      given.deaths.add(death(5, 1));
      assertThat(incidents.judge(given.look()).findings()).hasSize(2);

      given.deaths.add(death(6, 2));
      assertThat(incidents.judge(given.look()).findings()).hasSize(3);
    }

    @Test
    void whatWasDroppedAsTheOldest_isNotAskedFor() {
      given.incidents.addAll(List.of(incident(1, 9999), incident(5, 100)));
      given.deaths.add(death(3, 5));
      assertThat(given.found(incidents)).isEmpty();

      given.incidents.removeFirst();
      given.deaths.add(death(2, 4));
      assertThat(given.found(incidents)).isEmpty();
    }

    @Test
    void aDeathWhoseIncidentCouldNotBeWritten_isFound_unlessItsLossIsTold() {
      given.deaths.add(death(7, 0));
      assertThat(incidents.judge(given.look()).findings()).hasSize(1);

      given.lost.add(7L);
      assertThat(incidents.judge(given.look()).findings()).isEmpty();
    }

    @Test
    void anIncidentWithoutItsEvent_isFound_unlessTheServiceDiedInBetween() {
      given.incidents.add(incident(1, 100));
      assertThat(given.found(incidents)).containsExactly("incident 1");

      given.starts.add(new EventFiles.Start(secondsAgo(90), secondsAgo(110)));
      assertThat(given.found(incidents)).isEmpty();
    }

    /** What else the service tells between a death and the account of it has a later time. */
    @Test
    void anIncidentWithoutItsEvent_isLetPass_alsoWhenEventsCameAfterTheDeath() {
      given.incidents.add(incident(1, 100, 95));
      given.starts.add(new EventFiles.Start(secondsAgo(90), secondsAgo(94)));
      assertThat(given.found(incidents)).isEmpty();

      given.starts.set(0, new EventFiles.Start(secondsAgo(90), secondsAgo(91)));
      assertThat(given.found(incidents)).as("told by the service that followed at once").isEmpty();

      given.starts.set(0, new EventFiles.Start(secondsAgo(70), secondsAgo(71)));
      assertThat(given.found(incidents)).containsExactly("incident 1");
    }
  }

  @Nested
  class WhatIsLeftTest {
    private final Rule growth = new NothingGrows();

    @Test
    void aZombieOfTheServiceOrOfAMonitor_isFound() {
      given.put(zombie(STRANGER, SERVICE));
      given.put(zombie(STRANGER + 1, MONITOR));
      given.put(zombie(STRANGER + 2, LEADER));

      assertThat(given.found(new NoZombies()))
          .containsExactlyInAnyOrder("pid " + STRANGER, "pid " + (STRANGER + 1));
    }

    @Test
    void aTemporaryFile_isFound() {
      given.temporaryFiles.add(Path.of("/srv/holdfast/incidents/4.tmp"));

      assertThat(given.found(new NoTemporaryFiles())).containsExactly("4.tmp");
    }

    @Test
    void threadsOrDescriptorsOverTheBaseline_areFound_andASlackIsNot() {
      given.baseline = Optional.of(Baseline.of(given.look(), "then"));
      given.footprints.put(
          "service",
          new Footprint(
              40 + NothingGrows.THREADS_SLACK, 60 + NothingGrows.DESCRIPTORS_SLACK, 1024));
      assertThat(given.found(growth)).isEmpty();

      given.footprints.put(
          "service",
          new Footprint(
              41 + NothingGrows.THREADS_SLACK, 61 + NothingGrows.DESCRIPTORS_SLACK, 1024));
      assertThat(given.found(growth)).containsExactly("service", "service");
    }

    @Test
    void descriptorsNearTheirLimit_areFoundWithoutABaseline() {
      given.footprints.put("service", new Footprint(40, 900, 1024));

      assertThat(given.found(growth)).containsExactly("service");
    }

    @Test
    void aBaseline_survivesBeingWrittenAndRead() {
      Baseline baseline = Baseline.of(given.look(), "2026-11-26T10:00:00Z");

      assertThat(Baseline.of(baseline.toJson())).isEqualTo(baseline);
      assertThat(baseline.footprints()).isEqualTo(Map.of("service", new Footprint(40, 60, 1024)));
    }
  }
}
