package dev.holdfast.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;

/**
 * A plugin ends its monitor, by each way there is. One incident tells how, and whose call was in
 * flight; applications are untouched, and all others are found again without paying for it.
 */
@Tag("system")
class PluginDeathIT {
  private static final String CULPRIT = "culprit";
  private static final int SEPARATED = 2024;
  private static final List<String> OTHERS = List.of("application", "quiet", "inside");

  private static Cluster cluster;

  @BeforeAll
  static void start() throws Exception {
    cluster = Cluster.empty().start("serve");
    cluster.does("type", "register", Distribution.sample("scriptable").toString());
    cluster.does("group", "create", "lab");
    create(
        "application", "Generic Application", Map.of("CommandLine", List.of("/bin/sleep 10000")));
    create("quiet", "Scriptable", Map.of());
    create("inside", "Scriptable In Monitor", Map.of());
    cluster.change("POST", "/v1/groups/lab/online", Map.of());
  }

  @AfterAll
  static void stop() throws Exception {
    cluster.close();
  }

  @AfterEach
  void removeCulprit() throws IOException {
    if (cluster.resources().stream()
        .anyMatch(each -> each.required("name").asString().equals(CULPRIT))) {
      cluster.change("POST", "/v1/resources/culprit/offline", Map.of());
      cluster.change("DELETE", "/v1/resources/culprit", Map.of());
    }
  }

  private static void create(String name, String type, Map<String, List<String>> properties)
      throws IOException {
    cluster.change(
        "POST",
        "/v1/resources",
        Map.of("name", name, "type", type, "group", "lab", "properties", properties));
  }

  /**
   * A way to die.
   *
   * @param property where
   * @param step how
   * @param entryPoint the call that is in flight then
   * @param code what the monitor's process exits with
   * @param reason what the incident says of it
   */
  record Death(String property, String step, String entryPoint, int code, String reason) {}

  static Stream<Death> deaths() {
    return Stream.of(
        new Death("AtIsAlive", "exit 0", "isAlive", 0, "exited with code 0"),
        new Death("AtOnline", "halt 7", "online", 7, "exited with code 7"),
        new Death("AtOffline", "exit 3", "offline", 3, "exited with code 3"),
        new Death("AtLooksAlive", "exhaust-heap", "looksAlive", 3, "OutOfMemory"),
        new Death("AtFind", "segfault", "find", 1, "the JVM crashed"),
        new Death("AtTerminate", "in-static-init halt 9", "terminate", 9, "exited with code 9"));
  }

  @ParameterizedTest
  @MethodSource("deaths")
  void pluginEndsItsMonitor_isOneIncident_andCostsNobodyElse(Death death) throws Exception {
    Map<String, Long> pids = pids();
    int before = cluster.incidents().size();
    create(
        CULPRIT,
        "Scriptable",
        Map.of(
            death.property(),
            List.of("once " + death.step()),
            "LooksAlivePollInterval",
            List.of("100"),
            "IsAlivePollInterval",
            List.of("100")));

    cluster.change("POST", "/v1/resources/culprit/online", Map.of());
    if (death.property().equals("AtTerminate")) {
      cluster.does("resource", "fail", CULPRIT);
    } else if (death.property().equals("AtOffline")) {
      cluster.change("POST", "/v1/resources/culprit/offline", Map.of());
    }

    JsonNode incident = awaitCompleteIncident(before);
    JsonNode exit = incident.required("exit");
    assertThat(exit.required("code").asInt(-1)).as(incident.toString()).isEqualTo(death.code());
    assertThat(exit.required("reason").asString()).contains(death.reason());
    assertThat(incident.required("culprit").asString("")).isEqualTo(CULPRIT);
    assertThat(incident.required("calls").values())
        .anySatisfy(
            call -> {
              assertThat(call.required("resource").asString("")).isEqualTo(CULPRIT);
              assertThat(call.required("entryPoint").asString()).isEqualTo(death.entryPoint());
              assertThat(call.required("plugin").asString()).startsWith("scriptable@");
            });
    assertThatAllIsWell(pids);
    assertThat(cluster.incidents()).as("one incident").hasSize(before + 1);
    JsonNode culprit = cluster.resource(CULPRIT);
    assertThat(culprit.required("monitor").asString()).isEqualTo("own-" + CULPRIT);
    assertThat(cluster.resource("quiet").required("monitor").asString()).isEqualTo("shared-0");
    assertThat(cluster.events(SEPARATED))
        .last()
        .satisfies(event -> assertThat(event.required("resource").asString()).isEqualTo(CULPRIT));
  }

  /** While the type is loaded there is no resource to blame, but a plugin. */
  @Test
  void pluginEndsItsMonitorWhileItIsLoaded_isNamedInTheIncident() throws Exception {
    create(CULPRIT, "Scriptable", Map.of("AtStaticInit", List.of("once halt 11")));
    cluster.change("POST", "/v1/resources/culprit/online", Map.of());
    Map<String, Long> pids = pids();
    int before = cluster.incidents().size();

    Processes.signal(cluster.number("application", "monitorPid"), "KILL");

    JsonNode incident = awaitCompleteIncident(before + 1);
    assertThat(incident.required("exit").required("code").asInt(-1)).isEqualTo(11);
    assertThat(incident.required("calls").values())
        .anySatisfy(
            call -> {
              assertThat(call.required("resource").isNull()).isTrue();
              assertThat(call.required("entryPoint").asString()).isEqualTo("load");
              assertThat(call.required("plugin").asString()).startsWith("scriptable@");
            });
    assertThatAllIsWell(pids);
    assertThat(cluster.incidents()).as("the kill, and what came of it").hasSize(before + 2);
  }

  /** A stack that is full is an error like any other: the check is broken, and nobody dies. */
  @Test
  void stackOverflow_endsACheck_andNoMonitor() throws Exception {
    int before = cluster.incidents().size();
    long monitor = cluster.number("application", "monitorPid");
    create(
        CULPRIT,
        "Scriptable",
        Map.of("AtIsAlive", List.of("once overflow-stack"), "IsAlivePollInterval", List.of("100")));
    cluster.change("POST", "/v1/resources/culprit/online", Map.of());
    Path journal = cluster.directory(CULPRIT).resolve("journal");

    Patience.until(
        "the check was broken once, and made again",
        () -> {
          List<String> checks =
              Files.readAllLines(journal).stream()
                  .filter(line -> line.contains("call=isAlive"))
                  .toList();
          return checks.stream().anyMatch(line -> line.contains("StackOverflowError"))
              && checks.getLast().contains("answer=Alive");
        });

    assertThat(cluster.number("application", "monitorPid")).isEqualTo(monitor);
    assertThat(cluster.incidents()).hasSize(before);
    assertThat(cluster.resource(CULPRIT).required("state").asString()).isEqualTo("Online");
  }

  /** The shared monitor first, and then the one in which it is asked again; no resource is made. */
  @Test
  void pluginEndsItsMonitorWhileItChecksProperties_isNoResource_andCostsNobodyElse()
      throws Exception {
    Map<String, Long> pids = pids();
    int before = cluster.incidents().size();

    Ran refused =
        cluster.cli(
            "resource",
            "create",
            CULPRIT,
            "-t",
            "Scriptable",
            "-g",
            "lab",
            "-p",
            "AtValidate=halt 12");

    assertThat(refused.exitCode()).as(refused.toString()).isEqualTo(1);
    assertThat(refused.errLines())
        .singleElement()
        .asString()
        .contains("Scriptable could not be asked", "exited with code 12", "Nothing was changed");
    JsonNode incident = awaitCompleteIncident(before);
    assertThat(incident.required("exit").required("code").asInt(-1)).isEqualTo(12);
    assertThat(incident.required("calls").values())
        .anySatisfy(
            call -> {
              assertThat(call.required("entryPoint").asString()).isEqualTo("validate");
              assertThat(call.required("plugin").asString()).startsWith("scriptable@");
            });
    assertThatAllIsWell(pids);
    assertThat(cluster.incidents()).as("of the shared monitor").hasSize(before + 1);
    assertThat(cluster.resources())
        .extracting(each -> each.required("name").asString())
        .doesNotContain(CULPRIT);
  }

  private static Map<String, Long> pids() throws IOException {
    var pids = new HashMap<String, Long>();
    for (String name : List.of("application", "quiet")) {
      pids.put(name, cluster.number(name, "pid"));
    }
    return pids;
  }

  /** The incident that is one more than there were, when all its victims have been found. */
  private static JsonNode awaitCompleteIncident(int before) {
    Patience.until(
        "an incident is complete",
        () ->
            cluster.incidents().size() > before
                && cluster.incidents().get(before).required("timings").has("allFoundMillis"));
    try {
      return cluster.incidents().get(before);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void assertThatAllIsWell(Map<String, Long> pids) throws IOException {
    cluster.awaitSupervised();
    for (String name : OTHERS) {
      cluster.awaitState(name, "Online");
      JsonNode other = cluster.resource(name);
      assertThat(other.required("failures").asInt()).as("failures of %s", name).isZero();
      if (pids.containsKey(name)) { // what lived in the monitor is brought online anew
        assertThat(other.required("restarts").asInt()).as("restarts of %s", name).isZero();
      }
    }
    assertThat(pids()).isEqualTo(pids);
  }
}
