package dev.holdfast.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/**
 * Properties that are set while a resource is Online: what can be put in effect reaches its plugin,
 * what cannot waits for the next online, and whatever goes wrong with it leaves what runs alone.
 */
@Tag("system")
class ChangedIT {
  private static final int FAILED = 1;
  private static final int DEADLOCK = 1230;
  private static final int IN_EFFECT = 2063;
  private static final int NOT_IN_EFFECT = 2064;
  private static final String ACTOR = "actor";

  private static Cluster cluster;

  @BeforeAll
  static void start() throws Exception {
    cluster = Cluster.empty().start("serve");
    cluster.does("type", "register", Distribution.sample("scriptable").toString());
    cluster.does("type", "register", Distribution.sample("ticker").toString());
    cluster.does("group", "create", "lab");
    cluster.does("resource", "create", "clock", "-t", "Ticker", "-g", "lab", "-p", "Interval=50ms");
    cluster.does("resource", "online", "clock");
  }

  @AfterAll
  static void stop() throws Exception {
    cluster.close();
  }

  @BeforeEach
  void create() throws Exception {
    cluster.does(
        "resource",
        "create",
        ACTOR,
        "-t",
        "Scriptable",
        "-g",
        "lab",
        "--separate-monitor",
        "-p",
        "LooksAlivePollInterval=100",
        "-p",
        "DeadlockTimeout=2000",
        "-p",
        "RestartDelay=0");
    cluster.does("resource", "online", ACTOR);
  }

  @AfterEach
  void delete() throws Exception {
    cluster.does("resource", "offline", ACTOR);
    assertThat(cluster.number(ACTOR, "failures")).as("nothing here is a failure of it").isZero();
    cluster.does("resource", "delete", ACTOR);
  }

  private static List<String> notInEffect(String resource) throws Exception {
    return cluster.resource(resource).required("notInEffect").values().stream()
        .map(JsonNode::asString)
        .toList();
  }

  private static List<JsonNode> told(int event, String resource) throws Exception {
    return cluster.events(event).stream()
        .filter(each -> each.required("resource").asString("").equals(resource))
        .toList();
  }

  private static List<String> calls(String entryPoint) throws Exception {
    return Files.readAllLines(cluster.directory(ACTOR).resolve("journal")).stream()
        .filter(line -> line.contains("call=" + entryPoint + " "))
        .toList();
  }

  private static void awaitInside() {
    Patience.until("changed is entered", () -> !calls("changed").isEmpty());
  }

  // ---- as it should be -------------------------------------------------------------------------

  @Test
  void whatCanBeChanged_isInEffectAtOnce_inTheSameProcess_andTheRestAtTheNextOnline()
      throws Exception {
    assertThat(cluster.type("Ticker").required("changeable").values())
        .extracting(JsonNode::asString)
        .containsExactly("Message");
    long pid = cluster.number("clock", "pid");
    Path ticks = cluster.directory("clock").resolve("ticks");

    Ran set = cluster.does("resource", "set", "clock", "Message=tock", "Interval=60ms");

    assertThat(set.err() + set.out()).contains("in effect: Message", "next online: Interval");
    Patience.until("it says tock", () -> Files.readString(ticks).contains(" tock\n"));
    assertThat(cluster.number("clock", "pid")).isEqualTo(pid);
    assertThat(told(IN_EFFECT, "clock"))
        .last()
        .satisfies(
            event -> assertThat(event.required("message").asString()).endsWith(": Message."));
    assertThat(notInEffect("clock")).containsExactly("Interval");
    assertThat(cluster.does("resource", "show", "clock").out())
        .contains("set, and in effect at the next online: Interval");

    // Neither is forgotten when the service dies.
    cluster.end("KILL");
    cluster.start("serve");
    cluster.awaitState("clock", "Online");
    assertThat(notInEffect("clock")).containsExactly("Interval");
    assertThat(cluster.number("clock", "pid")).isEqualTo(pid);
    Audited.of(cluster).assertHolds();

    cluster.does("resource", "restart", "clock");
    assertThat(notInEffect("clock")).isEmpty();
    assertThat(cluster.resource("clock").required("detail").isNull()).isTrue();
  }

  @Test
  void whileItIsOffline_nothingIsCalled_andTheNextOnlineHasIt() throws Exception {
    cluster.does("resource", "offline", ACTOR);
    cluster.does("resource", "set", ACTOR, "AtChanged=fail never", "RunsFor=1h");

    assertThat(notInEffect(ACTOR)).isEmpty();
    cluster.does("resource", "online", ACTOR);
    assertThat(calls("changed")).isEmpty();
  }

  @Test
  void whatCannotBeChanged_callsNothing_andWhatRunsKeepsWhatItHas() throws Exception {
    Ran set = cluster.does("resource", "set", ACTOR, "RunsFor=1h");

    assertThat(set.err() + set.out()).contains("takes effect at the next online: RunsFor");
    assertThat(notInEffect(ACTOR)).containsExactly("RunsFor");
    assertThat(calls("changed")).isEmpty();
  }

  // ---- as it should not be ---------------------------------------------------------------------

  @Test
  void oneThatThrows_isSaid_andIsTriedAgainWhenItIsSetAgain() throws Exception {
    long pid = cluster.number(ACTOR, "pid");
    String step = "AtChanged=once throw NoDisk ENVIRONMENT HERE the disk is full";

    Ran set = cluster.cli("resource", "set", ACTOR, step);

    assertThat(set.exitCode()).isEqualTo(FAILED);
    assertThat(set.err()).contains("the disk is full", "stays set", "next online");
    assertThat(told(NOT_IN_EFFECT, ACTOR))
        .last()
        .satisfies(
            event -> assertThat(event.required("message").asString()).endsWith("the disk is full"));
    assertThat(cluster.does("why", ACTOR).out()).contains("the disk is full");
    assertThat(notInEffect(ACTOR)).containsExactly("AtChanged");
    assertThat(cluster.resource(ACTOR).required("state").asString()).isEqualTo("Online");
    assertThat(cluster.number(ACTOR, "pid")).isEqualTo(pid);

    cluster.does("resource", "set", ACTOR, step);
    assertThat(notInEffect(ACTOR)).isEmpty();
    assertThat(calls("changed")).as("two calls, of two lines each").hasSize(4);
  }

  @Test
  void oneThatHangs_isGivenUpAfterPendingTimeout_andCostsItsMonitor_notTheApplication()
      throws Exception {
    cluster.does("resource", "set", ACTOR, "PendingTimeout=1000");
    long pid = cluster.number(ACTOR, "pid");
    long monitor = cluster.number(ACTOR, "monitorPid");

    Ran set = cluster.cli("resource", "set", ACTOR, "AtChanged=hang");

    assertThat(set.exitCode()).isEqualTo(FAILED);
    assertThat(set.err()).contains("PendingTimeout 1s");
    Patience.until(
        "another monitor has it",
        () -> {
          JsonNode actor = cluster.resource(ACTOR);
          long other = actor.required("monitorPid").asLong(monitor);
          return other != monitor && actor.required("health").asString().equals("Alive");
        });
    assertThat(told(DEADLOCK, ACTOR)).hasSize(1);
    assertThat(cluster.number(ACTOR, "pid")).isEqualTo(pid);
    assertThat(notInEffect(ACTOR)).containsExactly("AtChanged");
    assertThat(calls("changed")).as("it is not called again").hasSize(1);
  }

  @Test
  void aMonitorThatIsKilledInIt_isToldAsPerhapsDone_andWhatRunsIsAdopted() throws Exception {
    long pid = cluster.number(ACTOR, "pid");
    cluster.does("resource", "set", ACTOR, "AtChanged=wait", "--no-wait");
    awaitInside();
    assertThat(cluster.resource(ACTOR).required("detail").asString())
        .isEqualTo("being changed while it is online: AtChanged");

    cluster.does("monitor", "kill", "own-" + ACTOR);

    assertThat(told(NOT_IN_EFFECT, ACTOR))
        .last()
        .satisfies(
            event ->
                assertThat(event.required("message").asString())
                    .contains("may have been done, in part or as a whole"));
    cluster.awaitState(ACTOR, "Online");
    assertThat(cluster.number(ACTOR, "pid")).isEqualTo(pid);
    assertThat(notInEffect(ACTOR)).containsExactly("AtChanged");
    assertThat(calls("changed")).as("it is not called again").hasSize(1);
    assertThat(cluster.incidents())
        .last()
        .satisfies(
            incident ->
                assertThat(incident.required("calls").values())
                    .anySatisfy(
                        call ->
                            assertThat(call.required("entryPoint").asString())
                                .isEqualTo("changed")));
  }

  @Test
  void anOfflineCutsItShort() throws Exception {
    cluster.does("resource", "set", ACTOR, "AtChanged=wait", "--no-wait");
    awaitInside();

    cluster.does("resource", "offline", ACTOR);

    assertThat(calls("changed").getLast()).contains("InterruptedException");
    assertThat(notInEffect(ACTOR)).as("the next online has it").isEmpty();
  }
}
