package dev.holdfast.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/** The command line on a service that runs: what it answers, and how it refuses. */
@Tag("system")
class CliIT {
  private static final int USAGE = 2;
  private static final int NOT_FOUND = 4;
  private static final int UNREACHABLE = 5;
  private static final int NOT_PERMITTED = 6;
  private static final int CONFLICT = 7;
  private static final int INVALID = 9;
  private static final int KILL = 9;

  private static Cluster cluster;

  @BeforeAll
  static void start() throws Exception {
    cluster = Cluster.empty();
    cluster.start("serve");
    cluster.does("group", "create", "tools");
    create("base", "CommandLine=sleep 86400");
    cluster.does("resource", "online", "base");
  }

  @AfterAll
  static void end() throws Exception {
    cluster.close();
  }

  private static void create(String name, String property, String... more) throws Exception {
    List<String> words =
        new ArrayList<>(
            List.of("resource", "create", name, "-t", "Generic Application", "-g", "tools"));
    words.addAll(List.of("-p", property));
    words.addAll(List.of(more));
    cluster.does(words.toArray(String[]::new));
  }

  private static String state(String resource) throws IOException {
    return cluster.resource(resource).required("state").asString();
  }

  // ---- refusals ----------------------------------------------------------------------------

  @ParameterizedTest
  @CsvSource({
    "4, resource show nonesuch,                       nonesuch",
    "4, resource online nonesuch,                     nonesuch",
    "4, group show nonesuch,                          nonesuch",
    "4, type show nonesuch,                           nonesuch",
    "4, monitor show nonesuch,                        nonesuch",
    "4, why nonesuch,                                 nonesuch",
    "4, events show 99999999,                         99999999",
    "4, incident show 99999999,                       99999999",
    "4, type register /nonexistent/a.zip,             /nonexistent/a.zip",
    "4, resource create x -t Nonesuch -g tools,       Nonesuch",
    "9, resource set base ComandLine=true,            CommandLine",
    "9, resource set base RestartTreshold=1,          RestartThreshold",
    "9, resource set base RestartThreshold=many,      RestartThreshold",
    "7, resource delete base,                         base",
    "7, group delete tools,                           tools",
    "7, group create tools,                           tools",
    "2, resource shwo base,                           show",
    "2, resource show,                                RESOURCE",
    "2, resource show base --ouptut json,             --output",
    "4, resource control base Rotate,                 has no control Rotate",
    "7, group move tools --to nowhere,                nowhere",
    "2, monitor threads shared-0,                     later release",
  })
  void refusal_isOneLineWithItsExitCode(int exitCode, String command, String named)
      throws Exception {
    assertRefused(cluster.cli(command.strip().split(" ")), exitCode, named.strip());
  }

  private static void assertRefused(Ran ran, int exitCode, String named) {
    assertThat(ran.exitCode()).as(ran.toString()).isEqualTo(exitCode);
    assertThat(ran.out()).as(ran.toString()).isEmpty();
    assertThat(ran.errLines()).as(ran.toString()).singleElement().asString().contains(named);
  }

  @Test
  void wrongArchive_isRefused() throws Exception {
    Path text = Files.writeString(cluster.folder().resolve("text.zip"), "not a zip at all");
    assertRefused(cluster.cli("type", "register", text.toString()), INVALID, "text.zip");

    Path cut = cluster.folder().resolve("cut.zip");
    byte[] whole = Files.readAllBytes(Distribution.sample("ticker"));
    Files.write(cut, Arrays.copyOf(whole, whole.length / 2));
    assertRefused(cluster.cli("type", "register", cut.toString()), INVALID, "cut.zip");

    Ran directory = cluster.cli("type", "register", cluster.folder().toString());
    assertRefused(directory, INVALID, cluster.folder().toString());
  }

  @Test
  void withoutService_isUnreachable_andSaysHowToStartOne() throws Exception {
    try (var nobody = Cluster.empty()) {
      assertRefused(nobody.cli("status"), UNREACHABLE, "holdfast serve");
      assertRefused(nobody.cli("resource", "online", "base"), UNREACHABLE, "holdfast serve");
    }
  }

  @Test
  void otherUser_mayReadAndNotChange() throws Exception {
    Tools.need("setpriv");
    Tools.need(
        Files.getOwner(Path.of("/proc/self")).getName().equals("root"),
        "only root can become somebody else");
    Path copy = readableCopyOfTheDistribution();

    assertThat(asNobody(copy, "status", "-o", "json").exitCode()).isZero();
    Ran show = asNobody(copy, "resource", "show", "base", "-o", "json");
    assertThat(show.exitCode()).as(show.toString()).isZero();
    assertThat(Door.json(show.out()).required("items").get(0).required("name").asString())
        .isEqualTo("base");
    assertRefused(asNobody(copy, "resource", "offline", "base"), NOT_PERMITTED, "nobody");
    assertRefused(asNobody(copy, "service", "stop"), NOT_PERMITTED, "nobody");
    assertRefused(asNobody(copy, "audit"), NOT_PERMITTED, "owner");
    assertThat(state("base")).isEqualTo("Online");
  }

  /** The checkout may be where others cannot read. */
  private static Path readableCopyOfTheDistribution() throws IOException {
    Path copy = cluster.folder().resolve("dist");
    try (Stream<Path> files = Files.walk(Distribution.root())) {
      for (Path file : files.toList()) {
        Files.copy(file, copy.resolve(Distribution.root().relativize(file).toString()));
      }
    }
    return copy;
  }

  private static Ran asNobody(Path distribution, String... words) throws Exception {
    List<String> command =
        new ArrayList<>(
            List.of("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--"));
    command.add(distribution.resolve("bin/holdfast").toString());
    command.addAll(List.of(words));
    command.addAll(List.of("--home", cluster.home().toString()));
    return Distribution.run(cluster.folder(), Map.of(), command);
  }

  // ---- answers -----------------------------------------------------------------------------

  @Test
  void everyField_isThere() throws Exception {
    create("mortal", "CommandLine=sleep 86400", "-p", "RestartDelay=0");
    cluster.does("resource", "online", "mortal");
    Processes.signal(cluster.number("mortal", "pid"), "KILL");
    Patience.until(
        "mortal was restarted",
        () -> cluster.number("mortal", "restarts") == 1 && state("mortal").equals("Online"));
    cluster.does("monitor", "kill", "shared-0");
    cluster.awaitSupervised();

    JsonNode status = cluster.item("status");
    JsonFields.assertAllIn(status, JsonFields.STATUS);
    JsonFields.assertAllIn(status.required("service"), JsonFields.SERVICE);
    assertThat(status.required("service").required("ready").asBoolean()).isTrue();
    assertThat(status.required("service").required("pid").asLong())
        .isEqualTo(cluster.service().pid());
    assertThat(status.required("failures").isEmpty()).isFalse();
    JsonFields.assertAllIn(cluster.item("service", "status"), JsonFields.SERVICE);
    assertListAndShow("resource", JsonFields.RESOURCE, "name");
    assertListAndShow("type", JsonFields.TYPE, "name");
    assertListAndShow("group", JsonFields.GROUP, "name");
    assertListAndShow("monitor", JsonFields.MONITOR, "name");
    assertListAndShow("incident", JsonFields.INCIDENT, "seq");

    JsonNode mortal = cluster.item("resource", "show", "mortal");
    JsonFields.assertAllIn(mortal.required("lastExit"), JsonFields.LAST_EXIT);
    assertThat(mortal.required("lastExit").required("signal").asInt()).isEqualTo(KILL);
    assertThat(mortal.required("properties").required("RestartDelay").isNumber()).isTrue();
    JsonFields.assertTime(mortal.required("since"));
    JsonNode incident = cluster.items("incident", "list").getLast();
    JsonFields.assertAllIn(incident.required("exit"), JsonFields.MONITOR_EXIT);

    List<JsonNode> events = cluster.items("events");
    events.forEach(event -> JsonFields.assertAllIn(event, JsonFields.EVENT));
    events.forEach(event -> JsonFields.assertTime(event.required("time")));
    assertThat(events).extracting(event -> event.required("seq").asLong()).isSorted();
    String last = Long.toString(events.getLast().required("seq").asLong());
    JsonFields.assertAllIn(cluster.item("events", "show", last), JsonFields.EVENT);
  }

  private static void assertListAndShow(String noun, List<String> fields, String key)
      throws Exception {
    List<JsonNode> all = cluster.items(noun, "list");
    assertThat(all).isNotEmpty();
    all.forEach(each -> JsonFields.assertAllIn(each, fields));
    JsonNode one = cluster.item(noun, "show", all.getLast().required(key).asString());
    JsonFields.assertAllIn(one, fields);
  }

  @Test
  void versionAndExitCodes_needNoService() throws Exception {
    try (var nobody = Cluster.empty()) {
      assertThat(nobody.does("version").out()).contains("0.1.0");
      assertThat(nobody.items("exit-codes"))
          .extracting(code -> code.required("code").asInt())
          .containsExactly(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 70);
    }
  }

  // ---- round trips -------------------------------------------------------------------------

  @Test
  void resource_fromCreateToDelete() throws Exception {
    create("trip", "CommandLine=sleep 86400", "--depends", "base", "-p", "RestartDelay=0");
    assertThat(state("trip")).isEqualTo("Offline");
    cluster.does("resource", "online", "trip");
    long first = cluster.number("trip", "pid");

    cluster.does("resource", "set", "trip", "Description=a trip", "StopGrace=2s");
    assertThat(properties("trip").required("Description").asString()).isEqualTo("a trip");
    assertThat(properties("trip").required("StopGrace").asString()).isEqualTo("2s");
    cluster.does("resource", "restart", "trip");
    assertThat(cluster.number("trip", "pid")).isNotEqualTo(first);
    assertThat(Processes.isAlive(first)).isFalse();

    cluster.does("resource", "fail", "trip");
    Patience.until(
        "trip was restarted",
        () -> cluster.number("trip", "restarts") == 1 && state("trip").equals("Online"));
    assertThat(cluster.number("trip", "failures")).isEqualTo(1);
    cluster.does("resource", "reset-failures", "trip");
    assertThat(cluster.number("trip", "failures")).isZero();
    Ran controls = cluster.does("resource", "control", "trip");
    assertThat(controls.out()).isBlank();
    assertThat(controls.err()).contains("Type Generic Application declares no controls.");

    cluster.does("resource", "offline", "trip");
    assertThat(state("trip")).isEqualTo("Offline");
    assertThat(cluster.resource("trip").required("wanted").asString()).isEqualTo("Offline");
    assertThat(cluster.resource("trip").required("pid").isNull()).isTrue();
    cluster.does("resource", "delete", "trip");
    assertRefused(cluster.cli("resource", "show", "trip"), NOT_FOUND, "trip");
  }

  private static JsonNode properties(String resource) throws IOException {
    return cluster.resource(resource).required("properties");
  }

  @Test
  void maintenance_anEndIsNoFailure() throws Exception {
    create("patient", "CommandLine=sleep 86400", "-p", "RestartDelay=0");
    cluster.does("resource", "online", "patient");
    cluster.does("resource", "maintenance", "on", "patient");

    Processes.signal(cluster.number("patient", "pid"), "KILL");
    Patience.until("its end was seen", () -> cluster.resource("patient").required("pid").isNull());
    assertThat(cluster.number("patient", "failures")).isZero();
    assertThat(cluster.number("patient", "restarts")).isZero();

    cluster.does("resource", "maintenance", "off", "patient");
    Patience.until(
        "patient runs again",
        () ->
            state("patient").equals("Online")
                && !cluster.resource("patient").required("pid").isNull());
  }

  @Test
  void group_onlineAndOffline() throws Exception {
    cluster.does("group", "create", "pair");
    for (String name : List.of("left", "right")) {
      cluster.does(
          "resource",
          "create",
          name,
          "-t",
          "Generic Application",
          "-g",
          "pair",
          "-p",
          "CommandLine=sleep 86400");
    }
    cluster.does("group", "online", "pair");
    assertThat(cluster.item("group", "show", "pair").required("state").asString())
        .isEqualTo("Online");
    cluster.does("resource", "offline", "left");
    assertThat(cluster.item("group", "show", "pair").required("state").asString())
        .isEqualTo("PartialOnline");
    cluster.does("group", "offline", "pair");
    assertThat(state("right")).isEqualTo("Offline");
    cluster.does("resource", "delete", "left");
    cluster.does("resource", "delete", "right");
    cluster.does("group", "delete", "pair");
    assertRefused(cluster.cli("group", "show", "pair"), NOT_FOUND, "pair");
  }

  @Test
  void dryRun_changesNothing() throws Exception {
    cluster.does("resource", "offline", "base", "--dry-run");
    assertThat(state("base")).isEqualTo("Online");
    assertRefused(cluster.cli("resource", "set", "base", "Nope=1", "--dry-run"), INVALID, "Nope");
  }

  @Test
  void unusableFlag_isUsage() throws Exception {
    assertRefused(cluster.cli("status", "-o", "xml"), USAGE, "xml");
    assertRefused(cluster.cli("resource", "maintenance", "maybe", "base"), USAGE, "maybe");
    assertRefused(cluster.cli("resource", "online", "base", "--wait=soon"), USAGE, "soon");
  }

  @Test
  void typeInUse_isUnregisteredByForceOnly() throws Exception {
    Path scriptable = Distribution.sample("scriptable");
    cluster.does("type", "register", scriptable.toString());
    cluster.does("resource", "create", "actor", "-t", "Scriptable", "-g", "tools");

    assertRefused(cluster.cli("type", "unregister", "Scriptable"), CONFLICT, "actor");
    cluster.does("type", "unregister", "Scriptable", "--force");
    JsonNode actor = cluster.item("resource", "show", "actor");
    assertThat(actor.required("type").asString()).isEqualTo("Scriptable");
    assertThat(actor.required("typeStatus").asString()).isEqualTo("NotRegistered");

    cluster.does("type", "register", scriptable.toString());
    assertThat(cluster.resource("actor").required("typeStatus").asString()).isEqualTo("Registered");
    cluster.does("resource", "delete", "actor");
  }

  // ---- an archive that is gone -------------------------------------------------------------

  @Test
  void archiveThatIsGone_harmsNoApplication_andIsFoundAgainWithoutRegistering() throws Exception {
    try (var other = Cluster.empty().start("demo")) {
      Map<String, DemoSites.Identity> identities = DemoSites.identities(other);
      Path archive = Path.of(other.item("type", "show", "Ticker").required("archive").asString());
      Path aside = other.folder().resolve("aside.zip");
      Files.move(archive, aside);
      long monitor = other.number("ticker", "monitorPid");

      Processes.signal(monitor, "KILL");
      awaitTypeStatus(other, "PluginMissing");

      JsonNode ticker = other.item("resource", "show", "ticker");
      assertThat(ticker.required("type").asString()).isEqualTo("Ticker");
      assertThat(ticker.required("state").asString()).isEqualTo("Online");
      assertThat(ticker.required("unsupervisedSince").isString()).isTrue();
      assertThat(ticker.required("detail").asString()).contains(archive.toString());
      assertThat(other.item("type", "show", "Ticker").required("status").asString())
          .isEqualTo("PluginMissing");
      assertThat(DemoSites.identities(other)).isEqualTo(identities);
      Patience.until(
          "the sites are held by a new monitor",
          () -> other.resource("site-b").required("monitorPid").isNumber());

      Files.move(aside, archive);
      awaitTypeStatus(other, "Registered");
      other.awaitSupervised();
      assertThat(DemoSites.identities(other)).isEqualTo(identities);
    }
  }

  private static void awaitTypeStatus(Cluster cluster, String status) {
    Patience.until(
        "the type of ticker is " + status,
        () -> cluster.resource("ticker").required("typeStatus").asString().equals(status));
  }
}
