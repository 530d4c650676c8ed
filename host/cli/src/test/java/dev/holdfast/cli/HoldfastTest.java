package dev.holdfast.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.http.FakeCluster;
import dev.holdfast.service.api.Command;
import dev.holdfast.service.api.MonitorSignal;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

class HoldfastTest extends AgainstFakeCluster {
  @Test
  void status_showsGroupsResourcesMonitorsAndFailures() {
    assertThat(holdfast("status").out())
        .isEqualTo(
            """
            Service  ready  node alpha  pid 77  version 0.1.0  revision 42

            GROUP / resource  TYPE                       STATE   HEALTH  SINCE  MONITOR   PID   DETAIL
            web                                          Online                 alpha
            ├─ web-app        Generic Application@0.1.0  Online  Alive   2m     shared-0  5000
            └─ web-db         Generic Application@0.1.0  Online  Alive   2m     shared-0  5000

            NAME      KIND    PID   STATE  RESTARTS  EPOCH  RESOURCES
            shared-0  shared  4121  Ready  1         3      web-app, web-db

            Last failures
              22:40:00  web-app  IsAlive returned false.  event 1069  try: holdfast why web-app
            """);
  }

  @Test
  void status_asJson_isTheEnvelopeTheServiceGave() {
    JsonNode status = holdfast("status", "-o", "json").json();

    assertThat(status.path("apiVersion").asString()).isEqualTo("holdfast/v1");
    assertThat(status.path("kind").asString()).isEqualTo("Status");
    assertThat(status.path("items").size()).isEqualTo(1);
    assertThat(status.at("/items/0/service/ready").asBoolean()).isTrue();
    assertThat(status.at("/items/0/groups/0/resources/1").asString()).isEqualTo("web-db");
  }

  @Test
  void audit_judgesByTheServicesWordAndWhatItSees() throws IOException {
    JsonNode report = holdfast("audit", "-o", "json").json();

    assertThat(report.path("kind").asString()).isEqualTo("AuditReport");
    assertThat(report.at("/items/0/serviceAnswered").asBoolean()).isTrue();
    assertThat(report.at("/items/0/rules").values())
        .filteredOn(rule -> Set.of("polling", "wanted", "events").contains(name(rule)))
        .extracting(rule -> rule.path("verdict").asString())
        .containsExactly("Holds", "Holds", "Holds");

    Path left = Files.createDirectories(home.resolve("unpacked/.incoming-1"));
    Ended broken = holdfast("audit");
    assertThat(broken.code()).isEqualTo(3);
    assertThat(broken.out()).contains(left + " is half of something");
  }

  private static String name(JsonNode rule) {
    return rule.path("name").asString();
  }

  @Test
  void audit_refusesWhatItCannotCompareWith() {
    assertOneLine(holdfast("audit", "--baseline", home + "/none"), 4, "/none", "--save-baseline");
    assertOneLine(holdfast("audit", "--baseline", home + "/run/service.json"), 9, "service.json");
    assertOneLine(holdfast("audit", "--for", "soon"), 2, "--for", "soon");
    assertOneLine(holdfast("audit", "--for", "1s", "--baseline", "x"), 2, "--for");
  }

  @Test
  void statusCheck_speaksNagios() {
    assertThat(holdfast("status", "--check"))
        .isEqualTo(
            new Ended(
                0,
                "OK: 0 failed, 0 pending of 2 resources | failed=0 pending=0 online=2 lost15m=0\n",
                ""));

    cluster.put(FakeCluster.resource("web-app", "OnlinePending", List.of(), Map.of()));
    assertThat(holdfast("status", "--check").code()).isEqualTo(1);
    cluster.put(FakeCluster.resource("web-app", "Failed", List.of(), Map.of()));
    assertThat(holdfast("status", "--check").code()).isEqualTo(2);
    server.close();
    Ended unknown = holdfast("status", "--check");
    assertThat(unknown.code()).isEqualTo(3);
    assertThat(unknown.out()).startsWith("UNKNOWN: ");
  }

  @Test
  void flags_mayStandAnywhere() {
    assertThat(holdfast("-o", "name", "resource", "list").out()).isEqualTo("web-app\nweb-db\n");
    assertThat(holdfast("resource", "-o", "name", "list").out()).isEqualTo("web-app\nweb-db\n");
    assertThat(holdfast("resource", "list", "-oname").out()).isEqualTo("web-app\nweb-db\n");
  }

  @Test
  void resourceList_inEveryFormat() {
    assertThat(holdfast("resource", "list").out())
        .startsWith(
            "NAME     GROUP  TYPE                 STATE   HEALTH  MONITOR   PID   SINCE  DETAIL\n");
    assertThat(holdfast("resource", "list", "-o", "wide").out())
        .contains("ADOPTIONS", "UNRESTORED");
    assertThat(holdfast("resource", "list", "-o", "jsonl").out().lines())
        .hasSize(2)
        .allSatisfy(line -> assertThat(line).startsWith("{\"id\":\"id-of-"));
    assertThat(holdfast("resource", "list", "-o", "yaml").out())
        .startsWith(
            """
            apiVersion: holdfast/v1
            kind: ResourceList
            items:
              - id: id-of-web-app
                name: web-app
            """);
  }

  @Test
  void resourceShow_hasTheFieldsAsTheServiceNamesThem() {
    assertThat(holdfast("resource", "show", "web-app").out())
        .contains("typeStatus         Registered\n")
        .contains("properties\n")
        .contains("    Port   8080\n")
        .contains("    Paths  a, b\n")
        .contains("unsupervisedSince  -\n");
    assertThat(
            holdfast("resource", "show", "web-app", "-o", "json")
                .json()
                .at("/items/0/properties/Port")
                .isNumber())
        .isTrue();
  }

  @Test
  void aChange_narratesOnStderr_andSaysHowItEnded() {
    assertThat(holdfast("resource", "offline", "web-app"))
        .isEqualTo(
            new Ended(0, "", "    22:40:00 web-app    Offline  2.1s\ndone in 9.3s: Online 2/2\n"));
    assertThat(cluster.commands).containsExactly(new Command.OfflineResource("web-app"));
  }

  @Test
  void aQuietChange_saysNothing_andJsonTellsTheOperation() {
    assertThat(holdfast("resource", "offline", "web-app", "-q")).isEqualTo(new Ended(0, "", ""));

    Ended ended = holdfast("resource", "online", "web-app", "-q", "-o", "json");
    assertThat(ended.json().path("kind").asString()).isEqualTo("Operation");
    assertThat(ended.json().at("/items/0/state").asString()).isEqualTo("done");
  }

  @Test
  void aChangeThatFails_endsWithItsReason() {
    Ended ended = holdfast("resource", "restart", "web-app");

    assertThat(ended.code()).isEqualTo(1);
    assertThat(ended.err())
        .isEqualTo("    22:40:00 web-app    Offline\nholdfast: web-app did not come online.\n");
  }

  @Test
  void aChangeThatTakesTooLong_goesOn() {
    cluster.holdOperations = true;

    Ended ended = holdfast("resource", "offline", "web-app", "--wait=1s");

    assertThat(ended.code()).isEqualTo(8);
    assertThat(ended.err())
        .endsWith("holdfast: Timed out after 1s; operation op-1 (offline web-app) goes on.\n");
  }

  @Test
  void patch_isOneStep_orATool() {
    for (String step : List.of("--begin", "--commit", "--abort")) {
      assertThat(holdfast("resource", "patch", "web-app", step).code()).isZero();
    }
    assertThat(
            holdfast(
                    "resource",
                    "patch",
                    "web-app",
                    "-q",
                    "--",
                    "isinteg",
                    "-patch",
                    "-v",
                    "--begin")
                .code())
        .isZero();

    assertThat(cluster.commands)
        .containsExactly(
            new Command.BeginPatch("web-app"),
            new Command.CommitPatch("web-app"),
            new Command.AbortPatch("web-app"),
            new Command.RunPatch("web-app", List.of("isinteg", "-patch", "-v", "--begin")));
    assertOneLine(holdfast("resource", "patch", "web-app"), 2, "--begin", "-- CMD");
    assertOneLine(holdfast("resource", "patch", "web-app", "--begin", "--abort"), 2, "one of");
    assertOneLine(holdfast("resource", "patch", "web-app", "--begin", "--", "x"), 2, "one of");
  }

  @Test
  void noWait_returnsAtOnce() {
    cluster.holdOperations = true;

    assertThat(holdfast("resource", "offline", "web-app", "--no-wait"))
        .isEqualTo(new Ended(0, "", "accepted: operation op-1 (offline web-app)\n"));
  }

  @Test
  void waitAloneDoesNotSwallowTheNextWord() {
    assertThat(holdfast("resource", "offline", "--wait", "web-app").code()).isZero();
    assertOneLine(holdfast("resource", "offline", "web-app", "--wait=soon"), 2, "no duration");
  }

  @Test
  void dryRun_isPassedOn() {
    assertThat(holdfast("resource", "offline", "web-app", "--dry-run").err())
        .contains("would be Offline");
    assertThat(cluster.askers.getFirst().dryRun()).isTrue();
    assertThat(cluster.resource("web-app").state()).isEqualTo("Online");
  }

  /** As the service does, whose file is gone last of all; a stop waits for that. */
  private void endWhenAsked() {
    try {
      while (cluster.commands.stream().noneMatch(Command.StopService.class::isInstance)) {
        Thread.onSpinWait();
      }
      Files.delete(home.resolve("run/service.json"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void everyChange_reachesTheServiceAsItIsMeant() throws Exception {
    holdfast("group", "create", "g 1");
    holdfast("group", "online", "web");
    holdfast("group", "offline", "web");
    holdfast("group", "set", "web", "Description=a=b");
    holdfast(
        "resource",
        "create",
        "r",
        "-t",
        "T",
        "-g",
        "web",
        "-p",
        "A=1",
        "-p",
        "B=x y",
        "-p",
        "A=2",
        "--separate-monitor",
        "--depends",
        "[web-db] and web-app");
    holdfast("resource", "delete", "web-app");
    holdfast("resource", "fail", "web-app");
    holdfast("resource", "set", "web-app", "RestartDelay=0", "RestartThreshold=");
    holdfast("resource", "set", "web-app", "--private", "RestartDelay=1");
    holdfast("resource", "reset-failures", "web-app");
    holdfast("resource", "maintenance", "on", "web-app");
    holdfast("type", "unregister", "Generic Application", "--force");
    holdfast("monitor", "kill", "shared-0", "--signal", "stop");
    holdfast("monitor", "restart", "shared-0");
    holdfast("group", "move", "web", "--to", "beta", "--no-wait");
    Thread ending = Thread.ofPlatform().daemon().start(this::endWhenAsked);
    holdfast("service", "stop", "--keep");
    ending.join();

    assertThat(cluster.commands)
        .containsExactly(
            new Command.CreateGroup("g 1"),
            new Command.OnlineGroup("web"),
            new Command.OfflineGroup("web"),
            new Command.SetGroup("web", Map.of("Description", List.of("a=b"))),
            new Command.CreateResource(
                "r",
                "T",
                "web",
                Map.of("A", List.of("1", "2"), "B", List.of("x y")),
                true,
                List.of("web-db", "web-app")),
            new Command.DeleteResource("web-app"),
            new Command.FailResource("web-app"),
            new Command.SetResource(
                "web-app",
                Map.of("RestartDelay", List.of("0"), "RestartThreshold", List.of()),
                false),
            new Command.SetResource("web-app", Map.of("RestartDelay", List.of("1")), true),
            new Command.ResetFailures("web-app"),
            new Command.Maintenance("web-app", true),
            new Command.UnregisterType("Generic Application", true),
            new Command.KillMonitor("shared-0", MonitorSignal.STOP),
            new Command.RestartMonitor("shared-0"),
            new Command.MoveGroup("web", "beta"),
            new Command.StopService(true));
  }

  @Test
  void nodes_areListed() {
    assertThat(holdfast("node", "list").out())
        .isEqualTo(
            """
            NAME   STATE   PID  SINCE                     GROUPS  HOME
            alpha  Holder  77   2026-11-21T22:40:00.120Z  web     /a
            beta   Down    -    -                         -       -
            """);
    assertThat(holdfast("node", "show", "alpha").out()).contains("Holder");
    assertOneLine(holdfast("node", "show", "gamma"), 4, "There is no node gamma.");
  }

  @Test
  void refusals_areOneLineWithTheRightCode() throws IOException {
    Path zip = Files.writeString(home.resolve("wrong.zip"), "no archive");

    assertOneLine(
        holdfast("resource", "show", "web-ap"),
        4,
        "There is no resource web-ap. The nearest is web-app.");
    assertOneLine(holdfast("resource", "online", "nothing"), 4, "nothing");
    assertOneLine(holdfast("group", "delete", "web"), 7, "has 2 resources; delete them first");
    assertOneLine(
        holdfast("resource", "set", "web-app", "RestartDelai=0"), 9, "the nearest is RestartDelay");
    assertOneLine(holdfast("type", "register", zip.toString()), 9, "not a plugin archive");
    assertOneLine(holdfast("type", "register", home.toString()), 9, "not a file");
    assertOneLine(
        holdfast("type", "register", "/nowhere/x.zip"), 4, "There is no file /nowhere/x.zip");
    assertOneLine(holdfast("monitor", "kill", "shared-0", "--signal", "HUP"), 2, "--signal");
    assertOneLine(holdfast("why", "nobody"), 4, "nobody");
    assertOneLine(holdfast("incident", "show", "9"), 4, "incident 9");
    assertOneLine(holdfast("events", "--since", "yesterday"), 2, "no duration");
    assertOneLine(holdfast("resource", "set", "web-app", "NoValue"), 2, "Name=value");
    assertOneLine(
        holdfast("resource", "create", "r", "-t", "T", "-g", "g", "--depends", "a or b"),
        2,
        "later");
  }

  @Test
  void aBugOfTheService_isAnInternalError() {
    cluster.bug = new IllegalStateException("broken");

    assertOneLine(holdfast("status"), 70, "broken");
    assertThat(holdfast("status", "-v").err()).contains("\tat dev.holdfast.cli");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "resource",
        "resorce list",
        "resource lits",
        "resource list -z",
        "resource online a b",
        "status --chek",
        "resource create",
        "-o xml status",
        "graph",
        "completion bash",
        "resource control",
        "resource patch web-app",
        "group move web",
        "monitor threads shared-0",
        "events show one",
        "checkpoint",
        "checkpoint add web-app",
        "checkpoint add web-app file:/x --on-restore-failure ignore",
        "checkpoint add web-app file:/x --on-drift fail",
        "checkpoint add web-app file:/x --keep some",
        "checkpoint add web-app file:/x --quiet soon",
        "checkpoint add web-app file:/x --max-delay 1.5s",
        "checkpoint add web-app file:/x --quiet",
        "checkpoint remove web-app",
        "checkpoint remove web-app one",
        "checkpoint save web-app one",
        "checkpoint show web-app 1 --generation newest",
        "checkpoint show web-app 1 --format zip",
        "checkpoint show web-app 1 -f x",
        "checkpoint diff web-app 1 2 3 4",
        "checkpoint rollback web-app 1",
        "checkpoint verify web-app 1"
      })
  void wrongUsage_isOneLineAndTwo(String line) {
    assertOneLine(holdfast(line.isEmpty() ? new String[0] : line.split(" ", -1)), 2);
  }

  @Test
  void aSlip_isAnsweredWithTheNearest() {
    assertThat(holdfast("resorce", "list").err()).contains("nearest is resource");
    assertThat(holdfast("resource", "lits").err()).contains("nearest is list");
    assertThat(holdfast("status", "--chek").err()).contains("nearest is --check");
    assertThat(holdfast("status", "--fromat").err()).doesNotContain("nearest");
  }

  @Test
  void withoutAService_theStartingCommandIsTold() throws IOException {
    server.close();
    assertOneLine(
        holdfast("status"),
        5,
        "(pid 77) does not listen any more",
        "holdfast serve --home " + home);

    Files.delete(home.resolve("run/service.json"));
    assertOneLine(holdfast("status"), 5, "No cluster service runs on " + home);

    Files.writeString(home.resolve("run/service.json"), "{torn");
    assertOneLine(holdfast("status"), 5, "not JSON");
  }

  @Test
  void why_tellsTheChainAndTheWayOut() {
    assertThat(holdfast("why", "web-app").out())
        .isEqualTo(
            """
            web-app is Failed (wanted Online) since 22:31:37
             1. 22:40:00  IsAlive returned false: "HTTP 503 from /health"           event 1069
             2. 22:40:00  restart 1 of 3 (restartThreshold 3 in restartPeriod 15m)
            Blocked by  nothing: both dependencies are Online
            Unblock     holdfast resource reset-failures web-app
            """);
  }

  @Test
  void events_areListedFilteredAndShown() {
    assertThat(holdfast("events").out().lines()).hasSize(3);
    assertThat(holdfast("events", "--id", "1146", "-o", "name").out()).isEqualTo("1\n");
    assertThat(holdfast("events", "--level", "error", "-o", "name").out()).isEqualTo("1\n");
    assertThat(holdfast("events", "show", "1", "--format", "kb").out())
        .startsWith("  Event ID: 1146\n  Source: ClusSvc\n  Type: Error\n");
    assertThat(holdfast("incident", "list", "-o", "json").json().at("/items/0/exit/signal").asInt())
        .isEqualTo(9);
    assertThat(holdfast("incident", "show", "1").out()).contains("reason  killed");
  }

  @Test
  void anEvent_isPrintedAsBothArticlesDo() {
    cluster.events.add(
        FakeCluster.event(
            3, 1024, "Error", "The registry checkpoint for cluster resource web-app could not be"));

    assertThat(holdfast("events", "show", "3", "--format", "kb"))
        .isEqualTo(
            new Ended(
                0,
                """
                  Event ID: 1024
                  Source: ClusSvc
                  Type: Error
                  Category: Monitor
                  Description: The registry checkpoint for cluster resource web-app could not be

                  Event: 1024
                  Source: ClusSvc
                  Type: Error
                  Category: Monitor
                  Description: The registry checkpoint for cluster resource web-app could not be
                """,
                "as Q316772 prints it:\nas Q192493 prints it:\n"));
    assertThat(holdfast("events", "show", "3", "--format", "kb", "-q").err()).isEmpty();
    assertThat(holdfast("events", "show", "3", "--format", "kb", "-o", "json").json())
        .isEqualTo(holdfast("events", "show", "3", "-o", "json").json());
  }

  @Test
  void logs_areShownAsTheyAre_andFollowed() {
    assertThat(holdfast("resource", "logs", "web-app").out()).isEqualTo(cluster.text);
    assertThat(holdfast("resource", "logs", "web-app", "--tail", "12").out())
        .isEqualTo("second line\n");
    assertThat(holdfast("resource", "logs", "web-app", "-f").out())
        .isEqualTo(cluster.text + "third\n");
  }

  @Test
  void eventsFollowed_comeAsTheyAreWritten_untilTheServiceEnds() throws Exception {
    Thread stopper =
        Thread.ofPlatform()
            .start(
                () -> {
                  while (cluster.feedsOpen.get() == 0) {
                    Thread.onSpinWait();
                  }
                  cluster.events.add(FakeCluster.event(3, 1069, "Error", "late"));
                  while (cluster.feedsRead.get() < 3) {
                    Thread.onSpinWait();
                  }
                  server.close();
                });

    Ended ended = holdfast("events", "-f");

    assertThat(stopper.join(Duration.ofSeconds(30))).isTrue();
    assertThat(ended.code()).isZero();
    assertThat(ended.out().lines())
        .hasSize(3)
        .last()
        .isEqualTo("2026-11-21 22:40:00  1069  Error        late");
  }

  @Test
  void whatComesFromElsewhere_cannotCommandTheTerminal() {
    cluster.text = "\u001b]0;owned\u0007 text\n";
    cluster.events.add(FakeCluster.event(3, 1, "Error", "\u001b[2Jgone"));

    assertThat(holdfast("resource", "logs", "web-app").out()).doesNotContain("\u001b", "\u0007");
    assertThat(holdfast("events").out()).doesNotContain("\u001b");
  }

  @Test
  void typeVerify_isZeroWhenAllAreWell() {
    assertThat(holdfast("type", "verify").code()).isZero();
    assertThat(holdfast("type", "list", "-o", "wide").out()).contains("sha256:ab");
  }

  @Test
  void serviceStatus_versionAndExitCodes() {
    assertThat(holdfast("service", "status", "-o", "json").json().at("/items/0/pid").asInt())
        .isEqualTo(77);
    assertThat(holdfast("version").out()).startsWith("holdfast 0.1.0 (Java 25");
    assertThat(holdfast("exit-codes").out())
        .startsWith("CODE  MEANING\n0     ok\n1     operation failed\n")
        .endsWith("70    internal error\n");
  }

  @Test
  void failPoints_areListedWithoutAService_withWhatTheyStandFor() {
    assertThat(holdfast("debug", "failpoints").out())
        .startsWith("NAME ")
        .contains("hive.sync.before ")
        .contains("before: an application is forked");
    var items = holdfast("debug", "failpoints", "-o", "json").json().path("items");
    assertThat(items.size()).isGreaterThan(100);
    assertThat(items.get(0).path("name").asString()).isEqualTo("home.format.before");
    assertThat(items.get(0).path("process").asString()).isEqualTo("service");
    assertThat(items.get(0).path("storage").asBoolean()).isTrue();
    assertThat(items.get(0).path("hits").isNull()).isTrue();
  }

  @Test
  void hitsOfFailPoints_areCountedInAFileThatIsMade_andInNoOtherFile(@TempDir Path folder)
      throws IOException {
    Path hits = folder.resolve("hits");
    assertThat(holdfast("debug", "failpoints", "--hits", hits.toString(), "--count", "ON").out())
        .contains("HITS");
    assertThat(hits).exists();

    Path other = Files.writeString(folder.resolve("other"), "something else");
    Ended ended = holdfast("debug", "failpoints", "--hits", other.toString());
    assertThat(ended.code()).isEqualTo(1);
    assertThat(ended.err()).contains("is no file of fail point hits of this version");
    assertThat(other).hasContent("something else");

    assertThat(holdfast("debug", "failpoints", "--count", "OFF").code()).isEqualTo(2);
  }
}
