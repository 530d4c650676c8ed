package dev.holdfast.service.chronicle;

import static dev.holdfast.service.GivenCluster.NOW;
import static dev.holdfast.service.GivenCluster.WEB;
import static dev.holdfast.service.GivenCluster.closed;
import static dev.holdfast.service.GivenCluster.config;
import static dev.holdfast.service.GivenCluster.elsewhere;
import static dev.holdfast.service.GivenCluster.failed;
import static dev.holdfast.service.GivenCluster.goingOnline;
import static dev.holdfast.service.GivenCluster.id;
import static dev.holdfast.service.GivenCluster.online;
import static dev.holdfast.service.GivenCluster.resource;
import static dev.holdfast.service.GivenCluster.state;
import static dev.holdfast.service.GivenCluster.with;
import static dev.holdfast.service.GivenCluster.withTypeProblem;
import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.checkpoint.Cause;
import dev.holdfast.checkpoint.CheckpointId;
import dev.holdfast.checkpoint.Obstacle;
import dev.holdfast.checkpoint.Patch;
import dev.holdfast.checkpoint.Subject;
import dev.holdfast.checkpoint.Trouble;
import dev.holdfast.checkpoint.Unsaved;
import dev.holdfast.cluster.ClusterResource;
import dev.holdfast.cluster.ClusterState;
import dev.holdfast.cluster.Phase;
import dev.holdfast.cluster.TypeRegistration;
import dev.holdfast.cluster.TypeStatus;
import dev.holdfast.service.api.Why;
import dev.holdfast.service.event.EventId;
import dev.holdfast.service.event.EventLog;
import dev.holdfast.service.event.EventLogLimits;
import dev.holdfast.service.event.NewEvent;
import dev.holdfast.service.slot.ExternalRecord;
import dev.holdfast.spi.OfflineReason;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WhyTellerTest {
  @TempDir Path folder;
  private final AtomicReference<Instant> now = new AtomicReference<>(NOW);
  private EventLog events;
  private WhyTeller teller;
  private Optional<Patch> patch = Optional.empty();
  private Map<String, ExternalRecord> externals = Map.of();
  private List<Unsaved> unsaved = List.of();

  @BeforeEach
  void open() throws IOException {
    events = EventLog.open(folder, "alpha", now::get, EventLogLimits.DEFAULT);
    teller =
        new WhyTeller(
            events, now::get, ZoneOffset.UTC, _ -> false, _ -> patch, _ -> externals, _ -> unsaved);
  }

  @AfterEach
  void close() throws IOException {
    events.close();
  }

  private void happened(NewEvent event) throws Exception {
    now.set(now.get().plusSeconds(1));
    events.append(event.about("app", id(2).toString())).durable().get(60, TimeUnit.SECONDS);
  }

  private static NewEvent change(String from, String to) {
    return EventId.STATE_CHANGED.of("app", from, to);
  }

  private Why why(ClusterState state) {
    return teller.resource(state, state.findResource("app").orElseThrow());
  }

  private Why why(Phase phase) {
    return why(state(resource(config(2, "app"), phase)));
  }

  @Test
  void whatItHasElsewhere_isSaid_andWhatBlocksItThere_isNoFailureOfIts() {
    externals = Map.of("volume", new ExternalRecord("lease-volume", "data-1", "n", 8, 9, "alpha"));
    var phase = new Phase.Failed("held by node-x (epoch 3)", Optional.of(NOW.plusSeconds(30)));

    Why why = why(state(elsewhere(config(2, "app"), phase)));

    assertThat(why.headline())
        .endsWith("; elsewhere it has, or may have, lease-volume data-1 (epoch 9 of node alpha)");
    assertThat(why.blockedBy()).startsWith("held by node-x (epoch 3); it is looked at again at ");
    assertThat(why.unblock()).isEqualTo("holdfast resource online app");
  }

  // ---- the chain -----------------------------------------------------------------------------

  @Test
  void theChain_beginsAfterItWasWellAndEndsWithWhatItIs() throws Exception {
    happened(EventId.RESOURCE_FAILED.of("app", "web").because("an older story"));
    happened(change("OnlinePending", "Online"));
    happened(EventId.RESOURCE_FAILED.of("app", "web").because("HTTP 503 from /health"));
    happened(change("Online", "Failed").because("HTTP 503 from /health"));
    happened(
        EventId.RESTART_SCHEDULED
            .of("app", 1, 3, "15m")
            .because("restart 1 of 3 (RestartThreshold 3 in RestartPeriod 15m)"));
    happened(EventId.ONLINE_FAILED.of("app", "port 80 is taken"));

    Why why = why(failed("port 80 is taken"));

    assertThat(why.headline()).isEqualTo("app is Failed (wanted Online) since 10:00:00");
    assertThat(why.chain())
        .extracting(Why.Link::text)
        .containsExactly(
            "HTTP 503 from /health",
            "Online → Failed: HTTP 503 from /health",
            "restart 1 of 3 (RestartThreshold 3 in RestartPeriod 15m)",
            "Cluster resource 'app' failed to come online: port 80 is taken");
    assertThat(why.chain()).extracting(Why.Link::number).containsExactly(1, 2, 3, 4);
    assertThat(why.chain()).extracting(Why.Link::event).containsExactly(1069, 1637, 2008, 1065);
    assertThat(why.chain().getFirst().time()).isEqualTo(NOW.plusSeconds(3));
  }

  @Test
  void aResourceThatHadTheNameBefore_hasAStoryOfItsOwn() throws Exception {
    events
        .append(
            EventId.RESOURCE_FAILED.of("app", "web").about("app", id(7).toString()).because("old"))
        .durable()
        .get(60, TimeUnit.SECONDS);
    happened(change("Offline", "OnlinePending"));

    assertThat(why(goingOnline()).chain())
        .extracting(Why.Link::text)
        .containsExactly("Offline → OnlinePending");
  }

  @Test
  void theDeathsOfMonitors_areNoReasonOfAnything() throws Exception {
    happened(EventId.RESOURCE_ADOPTED.of("app", "pid 1"));
    happened(EventId.SUPERVISED_AGAIN.of("app", "shared-0"));
    happened(change("Offline", "OnlinePending"));

    assertThat(why(goingOnline()).chain())
        .extracting(Why.Link::text)
        .containsExactly("Offline → OnlinePending");
  }

  @Test
  void whatIsOnline_tellsHowItCameThere() throws Exception {
    happened(change("Offline", "OnlinePending"));
    happened(change("OnlinePending", "Online"));

    Why why = why(online());

    assertThat(why.chain())
        .extracting(Why.Link::text)
        .containsExactly("Offline → OnlinePending", "OnlinePending → Online");
    assertThat(why.blockedBy()).isEqualTo("nothing");
    assertThat(why.unblock()).isNull();
  }

  @Test
  void aLongStory_isCutAtItsBeginning() throws Exception {
    for (int i = 1; i <= WhyTeller.LINKS_MAX + 1; i++) {
      happened(EventId.ONLINE_FAILED.of("app", "failure " + i));
    }

    assertThat(why(failed("broke")).chain()).hasSize(WhyTeller.LINKS_MAX);
    assertThat(why(failed("broke")).chain().getFirst().text()).endsWith("failure 2");
  }

  @Test
  void anotherDay_isNamed() {
    now.set(NOW.plusSeconds(86_400));

    assertThat(why(failed("broke")).headline()).endsWith("since 2026-11-22 10:00:00");
  }

  // ---- what stands in the way ----------------------------------------------------------------

  @Test
  void whatIsGivenUp_isUnblockedByForgettingAndAsking() {
    Why why = why(failed("broke"));

    assertThat(why.blockedBy()).isEqualTo("its policy: it is not tried again by itself");
    assertThat(why.unblock())
        .isEqualTo("holdfast resource reset-failures app && holdfast resource online app");
  }

  @Test
  void whatIsTriedAgain_saysWhen() {
    Why why = why(new Phase.Failed("broke", Optional.of(NOW.plusSeconds(3600))));

    assertThat(why.blockedBy()).isEqualTo("nothing: it is tried again at 11:00:00");
  }

  @Test
  void whatIsNotWanted_isBroughtOnlineByAsking() {
    Why why = why(state(resource(config(2, "app").wanted(false), new Phase.Offline())));

    assertThat(why.headline()).isEqualTo("app is Offline (wanted Offline) since 10:00:00");
    assertThat(why.blockedBy()).isEqualTo("nothing: it is not wanted Online");
    assertThat(why.unblock()).isEqualTo("holdfast resource online app");
  }

  @Test
  void whatIsUnwantedAndOnlineStill_waitsForItsDependent() {
    ClusterResource db = resource(config(1, "db").wanted(false), online());
    ClusterResource app =
        resource(
            config(2, "app", id(1)).wanted(false),
            new Phase.GoingOffline(
                OfflineReason.OPERATOR, new Phase.After.BecomeOffline(), NOW.plusSeconds(180)));
    ClusterState state = state(db, app);

    assertThat(teller.resource(state, db).blockedBy())
        .isEqualTo("app, which depends on it, is OfflinePending, and goes first");
    assertThat(why(state).blockedBy()).isEqualTo("nothing: it is not wanted Online");
  }

  @Test
  void whatWaitsForAProvider_sendsOnToIt() {
    ClusterResource db = resource(config(1, "web db"), failed("broke"));

    Why why = why(state(db, resource(config(2, "app", id(1)), new Phase.Offline())));

    assertThat(why.blockedBy()).isEqualTo("web db, which it depends on, is Failed");
    assertThat(why.unblock()).isEqualTo("holdfast why 'web db'");
  }

  @Test
  void whenAllItNeedsIsThere_thatIsSaid() {
    ClusterResource db = resource(config(1, "db"), online());

    Why why = why(state(db, resource(config(2, "app", id(1)), goingOnline())));

    assertThat(why.blockedBy()).isEqualTo("nothing: all it depends on is Online");
  }

  @Test
  void aNameIsQuotedForTheShell() {
    ClusterResource odd = resource(config(2, "it's $HOME"), failed("broke"));

    assertThat(teller.resource(state(odd), odd).unblock())
        .isEqualTo(
            "holdfast resource reset-failures 'it'\\''s $HOME'"
                + " && holdfast resource online 'it'\\''s $HOME'");
  }

  @Test
  void whatNoMonitorHolds_staysAsItIs() {
    Why why = why(closed(new Phase.Online(NOW)));

    assertThat(why.headline()).startsWith("app is Online");
    assertThat(why.blockedBy())
        .isEqualTo("no monitor holds it since 10:00:00; it stays as it is until one does");
    assertThat(why.unblock()).isEqualTo("holdfast monitor list");
  }

  @Test
  void aTypeThatIsNotCode_goesBeforeAllElse() {
    ClusterState state = state(resource(config(2, "app"), closed(new Phase.Offline())));

    Why missing = why(withTypeProblem(state, TypeStatus.PLUGIN_MISSING, "gone"));
    Why unknown = why(with(state, new TypeRegistration[0]));

    assertThat(missing.blockedBy()).isEqualTo("its type Test is PluginMissing");
    assertThat(missing.unblock()).isEqualTo("holdfast type show Test");
    assertThat(unknown.blockedBy()).isEqualTo("its type Test is NotRegistered");
    assertThat(unknown.unblock()).isEqualTo("holdfast type register ARCHIVE.zip");
  }

  // ---- groups --------------------------------------------------------------------------------

  @Test
  void aGroup_isExplainedByItsFirstResourceThatIsNotAsWanted() {
    ClusterState state =
        state(
            resource(config(1, "db"), online()),
            resource(config(2, "app", id(1)), failed("broke")),
            resource(config(3, "log"), failed("broke, too")));

    Why why = teller.group(state, WEB);

    assertThat(why.name()).isEqualTo("web");
    assertThat(why.headline())
        .isEqualTo(
            "web is Failed: 1 of 3 resources are Online;"
                + " app is Failed (wanted Online) since 10:00:00");
    assertThat(why.unblock()).contains("online app");
  }

  @Test
  void aGroupThatIsAsWanted_hasNothingToUnblock() {
    ClusterState state =
        state(
            resource(config(1, "db"), online()),
            resource(config(2, "app").wanted(false), new Phase.Offline()));

    Why why = teller.group(state, WEB);

    assertThat(why.headline()).isEqualTo("web is PartialOnline: 1 of 2 resources are Online");
    assertThat(why.blockedBy()).isEqualTo("nothing: every resource is as it is wanted");
    assertThat(why.chain()).isEmpty();
    assertThat(why.unblock()).isNull();
  }

  @Test
  void aPatchIsWhatStandsInTheWay_andIsSaidWithTheNextCommand() {
    ClusterState state = state(resource(config(2, "app").wanted(false), new Phase.Offline()));
    for (String[] each :
        List.of(
            new String[] {"OPEN", "patch open since ", "holdfast resource patch app --commit"},
            new String[] {"RUNNING", "patch running since ", "holdfast resource logs app -f"},
            new String[] {
              "INCOMPLETE", "patch incomplete since ", "holdfast resource patch app -- isinteg"
            })) {
      patch =
          Optional.of(
              new Patch(
                  Patch.State.valueOf(each[0]),
                  "alpha",
                  NOW,
                  Map.of(),
                  "isinteg",
                  Optional.of("exit 3"),
                  ""));
      Why why = why(state);
      assertThat(why.blockedBy()).startsWith(each[1]);
      assertThat(why.unblock()).isEqualTo(each[2]);
    }
    assertThat(why(state).blockedBy()).contains(": exit 3");
  }

  @Test
  void whatIsNotSaved_isSaidWithSinceWhenAndWhy_whateverElseThereIs() {
    unsaved =
        List.of(
            new Unsaved(
                new CheckpointId(id(2).toString(), 1),
                Subject.parse("registry:Software\\Web", List.of()),
                NOW,
                Cause.CHANGED,
                new Trouble(Obstacle.NO_SPACE, "0 B of 16 MiB free in /quorum/blobs")));
    ClusterState offline = state(resource(config(2, "app").wanted(false), new Phase.Offline()));

    Why why = why(offline);

    assertThat(why.blockedBy())
        .startsWith("nothing: it is not wanted Online, but checkpoint 1 (registry:Software\\Web)")
        .contains("not saved since ", "NoSpace: 0 B of 16 MiB free in /quorum/blobs");
    assertThat(why.unblock()).isEqualTo("holdfast resource online app");
    assertThat(why(state(resource(config(2, "app"), online()))).unblock())
        .isEqualTo("holdfast checkpoint save app");
  }
}
