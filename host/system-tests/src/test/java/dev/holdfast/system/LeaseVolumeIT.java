package dev.holdfast.system;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.failpoint.FailPoints;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/**
 * A remote thing, by each death and each silence there is: a volume at a cloud, whose own journal
 * says in the end that it was never attached twice.
 */
@Tag("system")
class LeaseVolumeIT {
  private static final int FAILED = 1;
  private static final int NOT_FOUND = 4;
  private static final int CONFLICT = 7;
  private static final int INVALID = 9;
  private static final int TAKING_OVER = 2062;
  private static final int CONTROLLED = 2061;
  private static final int STATE_UNKNOWN = 2012;

  private VolumeCloud cloud;
  private Cluster alpha;

  @BeforeEach
  void open() throws Exception {
    cloud = VolumeCloud.start();
    alpha = Cluster.empty();
  }

  @AfterEach
  void close() throws Exception {
    try {
      cloud.assertNeverAttachedTwice();
    } finally {
      alpha.close();
      cloud.close();
    }
  }

  private void create(Cluster cluster) throws Exception {
    cluster.does("type", "register", Distribution.sample("lease-volume").toString());
    cluster.does("group", "create", "apps");
    cluster.does(
        "resource",
        "create",
        "data",
        "-t",
        "Lease Volume",
        "-g",
        "apps",
        "-p",
        "Api=" + cloud.url(),
        "-p",
        "Volume=data-1",
        "-p",
        "Timeout=20s",
        "-p",
        "RestartThreshold=-1",
        "-p",
        "RestartDelay=0",
        "-p",
        "IsAlivePollInterval=1000");
  }

  private List<JsonNode> externals(Cluster cluster) throws Exception {
    return List.copyOf(cluster.resource("data").required("externals").values());
  }

  private String events() throws Exception {
    return String.join("; ", cloud.events("data-1"));
  }

  // ---- as it should be -------------------------------------------------------------------------

  @Test
  void onlineOfflineAndControls_whileAllIsWell() throws Exception {
    alpha.start("serve");
    create(alpha);
    alpha.does("resource", "online", "data");

    assertThat(externals(alpha))
        .singleElement()
        .satisfies(
            external -> {
              assertThat(external.required("kind").asString()).isEqualTo("lease-volume");
              assertThat(external.required("key").asString()).isEqualTo("data-1");
              assertThat(external.required("epoch").asLong()).isPositive();
              assertThat(external.required("nonce").asString()).isNotEmpty();
            });
    assertThat(alpha.does("why", "data").out()).contains("lease-volume data-1 (epoch ");
    Audited.of(alpha).assertHolds();

    assertThat(alpha.does("resource", "control", "data").out())
        .contains("Snapshot", "name=TEXT", "Resize", "size=SIZE", "Online, Offline, Failed");
    assertThat(alpha.items("resource", "control", "data")).hasSize(4);
    JsonNode done = alpha.item("resource", "control", "data", "snapshot", "name=before");
    assertThat(done.at("/values/snapshot").asString()).isEqualTo("before");
    assertThat(alpha.does("resource", "control", "data", "Resize", "size=2GiB").out())
        .contains("sizeBytes", "2147483648");
    assertThat(alpha.events(CONTROLLED)).hasSize(2);

    Ran wrong = alpha.cli("resource", "control", "data", "Resize", "size=2GB");
    assertThat(wrong.exitCode()).isEqualTo(INVALID);
    assertThat(wrong.err()).contains("GiB");
    Ran misspelt = alpha.cli("resource", "control", "data", "Snapshot", "nmae=x");
    assertThat(misspelt.exitCode()).isEqualTo(INVALID);
    assertThat(misspelt.err()).contains("did you mean 'name'?");
    Ran unknown = alpha.cli("resource", "control", "data", "Snapshto", "name=x");
    assertThat(unknown.exitCode()).isEqualTo(NOT_FOUND);
    assertThat(unknown.err()).contains("Did you mean Snapshot?");
    Ran twice = alpha.cli("resource", "control", "data", "Snapshot", "name=before");
    assertThat(twice.exitCode()).isEqualTo(FAILED);
    assertThat(twice.err()).contains("there is a snapshot before already");

    alpha.does("resource", "offline", "data");
    assertThat(events())
        .isEqualTo(
            "attach node=%s over=nobody; snapshot name=before; resize bytes=2147483648; detach"
                .formatted(alpha.resource("data").required("node").asString()));
    Patience.until("what is gone is forgotten", () -> externals(alpha).isEmpty());
    Ran offline = alpha.cli("resource", "control", "data", "Snapshot", "name=later");
    assertThat(offline.exitCode()).isEqualTo(CONFLICT);
    assertThat(alpha.does("resource", "control", "data", "Status").out()).contains("fence");
    Audited.of(alpha).assertHolds();
  }

  // ---- deaths on the way
  // -------------------------------------------------------------------------

  /** Each step from the write-ahead to the answer; the service halts, or the monitor does. */
  @Tag("long")
  @ParameterizedTest
  @ValueSource(
      strings = {
        "external.reserve.before",
        "external.reserve.after",
        "monitor.sends.reserve-external.after",
        "monitor.receives.answer.before",
        "call.online.after",
        "monitor.sends.returned.before:3",
        "external.release.before",
        "external.release.after"
      })
  void aDeathAtAnyStep_leavesOneAttachment_orNone(String point) throws Exception {
    alpha.with(FailPoints.VARIABLE, point + "=halt").start("serve");
    create(alpha);
    alpha.cli("resource", "online", "data", "--no-wait");
    if (point.startsWith("external.release")) {
      alpha.awaitState("data", "Online");
      alpha.cli("resource", "offline", "data", "--no-wait");
    }
    Patience.until(
        "it has struck", () -> !alpha.service().isAlive() || !alpha.incidents().isEmpty());
    if (alpha.service().isAlive()) {
      alpha.end("KILL");
    }
    alpha.without(FailPoints.VARIABLE).start("serve");

    if (!point.startsWith("external.release")) {
      alpha.awaitState("data", "Online");
      assertThat(externals(alpha)).hasSize(1);
      alpha.does("resource", "offline", "data");
    }
    alpha.awaitState("data", "Offline");
    Patience.until("it is forgotten", () -> externals(alpha).isEmpty());
    assertThat(events()).endsWith("detach");
    Audited.of(alpha).assertHolds();
  }

  /** The request is with the cloud, not done yet or not answered yet, when the monitor dies. */
  @ParameterizedTest
  @ValueSource(strings = {"hold-before", "hold-after"})
  void aMonitorThatDiesInTheAttach_isFollowedByOneThatFindsOut(String weather) throws Exception {
    alpha.start("serve");
    create(alpha);
    cloud.weather(weather + "?only=attach");
    alpha.cli("resource", "online", "data", "--no-wait");
    cloud.awaitHeld(1);

    alpha.does("monitor", "kill", "shared-0");
    if (weather.equals("hold-before")) {
      cloud.awaitHeld(2); // The next life asks as well: nothing was there.
    }
    cloud.weather("fine");

    alpha.awaitState("data", "Online");
    assertThat(alpha.number("data", "failures")).isZero();
    alpha.does("resource", "offline", "data");
    assertThat(events()).startsWith("attach").endsWith("detach");
  }

  /** Nobody wants it any more, and what was asked for comes after all: it is refused. */
  @Test
  void anAttachThatComesAfterItsEnd_isRefused() throws Exception {
    alpha.start("serve");
    create(alpha);
    cloud.weather("hold-before?only=attach");
    alpha.cli("resource", "online", "data", "--no-wait");
    cloud.awaitHeld(1);
    alpha.cli("resource", "offline", "data", "--no-wait");
    alpha.cli("monitor", "kill", "shared-0", "--no-wait");
    alpha.awaitState("data", "Offline");
    Patience.until("it is forgotten", () -> externals(alpha).isEmpty());

    cloud.weather("fine");

    Patience.until("it came", () -> !cloud.refusals("data-1").isEmpty());
    assertThat(cloud.refusals("data-1")).containsExactly("Stale asked=attach");
    assertThat(cloud.events("data-1")).as("it was never attached").containsOnly("close");
  }

  @Test
  void aMonitorThatDiesInAControl_leavesItSaid_thatItMayHaveBeenDone() throws Exception {
    alpha.start("serve");
    create(alpha);
    alpha.does("resource", "online", "data");
    cloud.weather("hold-after?only=snapshot");
    Process asking =
        Distribution.builder(
                Map.of(),
                List.of(
                    Distribution.launcher().toString(),
                    "resource",
                    "control",
                    "data",
                    "Snapshot",
                    "name=before",
                    "--home",
                    alpha.home().toString()))
            .redirectErrorStream(true)
            .redirectOutput(alpha.folder().resolve("asking").toFile())
            .start();
    cloud.awaitHeld(1);

    alpha.does("monitor", "kill", "shared-0");

    assertThat(asking.waitFor()).isEqualTo(FAILED);
    assertThat(Files.readString(alpha.folder().resolve("asking"))).contains("may have been done");
    cloud.weather("fine");
    assertThat(events()).contains("snapshot name=before");
    assertThat(alpha.resource("data").required("state").asString()).isEqualTo("Online");
  }

  // ---- silence
  // -----------------------------------------------------------------------------------

  private void awaitBlocked() throws Exception {
    alpha.awaitState("data", "Failed");
    JsonNode why = alpha.why("data");
    assertThat(why.required("blockedBy").asString())
        .contains("cannot tell whether it runs", "gave no answer", "it is looked at again");
    assertThat(alpha.number("data", "failures")).isZero();
    Audited.of(alpha).assertHolds();
  }

  @Test
  @Tag("long")
  void whileTheApiIsDown_nothingIsStartedNorTerminated_andItGoesOnByItself() throws Exception {
    alpha.start("serve");
    create(alpha);
    cloud.down();
    alpha.cli("resource", "online", "data", "--no-wait");
    awaitBlocked();
    cloud.up();
    alpha.awaitState("data", "Online");
    assertThat(events()).startsWith("attach").doesNotContain(";");

    cloud.weather("down");
    alpha.does("monitor", "kill", "shared-0");
    awaitBlocked();
    assertThat(alpha.events(STATE_UNKNOWN)).as("told once each time").hasSize(2);
    cloud.weather("fine");
    alpha.awaitState("data", "Online");
    assertThat(events()).as("nobody touched it").startsWith("attach").doesNotContain(";");
    assertThat(alpha.number("data", "failures")).isZero();
  }

  @Test
  @Tag("long")
  void whileTheApiIsDown_anOfflineIsNotBelieved_andIsDoneWhenItIsBack() throws Exception {
    alpha.start("serve");
    create(alpha);
    alpha.does("resource", "online", "data");
    cloud.weather("down");

    alpha.cli("resource", "offline", "data", "--no-wait");

    awaitBlocked();
    assertThat(externals(alpha)).hasSize(1);
    cloud.weather("fine");
    alpha.awaitState("data", "Offline");
    assertThat(events()).endsWith("; detach");
    Patience.until("it is forgotten", () -> externals(alpha).isEmpty());
  }

  @Test
  void anAnswerThatIsLost_afterTheWorkWasDone_changesNothingInTheEnd() throws Exception {
    alpha.start("serve");
    create(alpha);
    cloud.weather("lose?only=attach");
    alpha.cli("resource", "online", "data", "--no-wait");
    Patience.until("it was attached", () -> !cloud.events("data-1").isEmpty());
    cloud.weather("fine");
    alpha.awaitState("data", "Online");

    cloud.weather("lose?only=detach");
    alpha.cli("resource", "offline", "data", "--no-wait");
    Patience.until("it was detached", () -> events().endsWith("detach"));
    cloud.weather("fine");
    alpha.awaitState("data", "Offline");
    Patience.until("it is forgotten", () -> externals(alpha).isEmpty());
  }

  // ---- another node
  // ------------------------------------------------------------------------------

  private Cluster beta(Path quorum) throws Exception {
    return Cluster.empty().startWaiting("--node", "beta", "--quorum", quorum.toString());
  }

  private static void awaitHolder(Cluster node) {
    Patience.until(
        "it has taken over",
        () -> node.item("status").required("service").required("ready").asBoolean());
  }

  @Test
  void aNodeThatDied_isTakenOverFrom_byAHigherEpoch_andBack() throws Exception {
    Path quorum = alpha.folder().resolve("quorum");
    alpha.start("serve", "--node", "alpha", "--quorum", quorum.toString());
    create(alpha);
    alpha.does("resource", "online", "data");
    long epoch = externals(alpha).getFirst().required("epoch").asLong();
    try (Cluster beta = beta(quorum)) {
      alpha.end("KILL");
      awaitHolder(beta);
      beta.awaitState("data", "Online");

      assertThat(events())
          .isEqualTo("attach node=alpha over=nobody; attach node=beta over=alpha:" + epoch);
      assertThat(externals(beta))
          .singleElement()
          .satisfies(
              external -> {
                assertThat(external.required("node").asString()).isEqualTo("beta");
                assertThat(external.required("epoch").asLong()).isGreaterThan(epoch);
              });
      assertThat(beta.events(TAKING_OVER)).hasSize(1);
      assertThat(beta.number("data", "failures")).isZero();

      alpha.startWaiting("--node", "alpha", "--quorum", quorum.toString());
      beta.does("group", "move", "apps", "--to", "alpha");
      alpha.awaitLine("ready ");
      alpha.awaitState("data", "Online");
      assertThat(events()).endsWith("; detach; attach node=alpha over=nobody");
      Audited.of(alpha).assertHolds();
    }
  }

  /** Whoever has it is no life of this resource: nothing is taken from him. */
  @Test
  @Tag("long")
  void aStranger_isLeftAlone_andNamed() throws Exception {
    Path quorum = alpha.folder().resolve("quorum");
    alpha.start("serve", "--node", "alpha", "--quorum", quorum.toString());
    create(alpha);
    alpha.does("resource", "online", "data");
    try (Cluster other = Cluster.empty().start("serve", "--node", "alpha")) {
      create(other);
      other.cli("resource", "online", "data", "--no-wait");

      other.awaitState("data", "Failed");

      assertThat(other.why("data").required("blockedBy").asString())
          .contains("held by a stranger at node alpha");
      assertThat(externals(other)).isEmpty();
      alpha.does("resource", "offline", "data");
      other.awaitState("data", "Online");
    }
  }

  /**
   * A monitor is stopped in the attach, its node is given up, another has the volume; then it goes
   * on. It lives among processes that the other node cannot see, as on another machine: else that
   * node would have ended it.
   */
  @Test
  void aStaleHolderThatGoesOn_isRefused() throws Exception {
    Tools.requireIsolation();
    Path quorum = alpha.folder().resolve("quorum");
    alpha.startApart("--node", "alpha", "--quorum", quorum.toString());
    create(alpha);
    try (Cluster beta = beta(quorum)) {
      cloud.weather("hold-before?only=attach&node=alpha");
      alpha.cli("resource", "online", "data", "--no-wait");
      cloud.awaitHeld(1);
      long monitor = alpha.pidOf("dev.holdfast.monitor.ResourceMonitor");
      Processes.signal(monitor, "STOP");
      Processes.signal(alpha.pidOf("dev.holdfast.service.ClusterServiceMain"), "KILL");

      awaitHolder(beta);
      beta.awaitState("data", "Online");
      assertThat(Processes.isStopped(monitor)).as("the stale one still stands").isTrue();
      assertThat(events()).isEqualTo("attach node=beta over=nobody");
      cloud.weather("fine");
      Processes.signal(monitor, "CONT");

      Patience.until("the stale request came", () -> !cloud.refusals("data-1").isEmpty());
      assertThat(cloud.refusals("data-1")).allMatch("Stale asked=attach"::equals);
      Patience.until("the stale monitor has ended", () -> !Processes.isAlive(monitor));
      assertThat(events()).isEqualTo("attach node=beta over=nobody");
      assertThat(beta.resource("data").required("state").asString()).isEqualTo("Online");
    }
  }
}
