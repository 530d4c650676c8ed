package dev.holdfast.system;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.failpoint.FailPoints;
import dev.holdfast.failpoint.HitsFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** Whole clusters from files, with the real service, real applications, and real deaths. */
@Tag("system")
class ClusterFileIT {
  private static final int NO = 3;
  private static final int CONFLICT = 7;
  private static final int INVALID = 9;

  private Cluster cluster;
  private Path configuration;

  @BeforeEach
  void make() throws IOException {
    cluster = Cluster.empty();
    configuration = Files.createDirectories(cluster.folder().resolve("etc"));
    Files.writeString(configuration.resolve("app.conf"), "port=8080\n");
  }

  @AfterEach
  void end() throws IOException {
    cluster.close();
  }

  private String file(String groups) throws IOException {
    Path file = cluster.folder().resolve("cluster.yaml");
    Files.writeString(file, "apiVersion: holdfast/v1\nkind: Cluster\ngroups:\n" + groups);
    return file.toString();
  }

  /** db, and app which depends on it, with a checkpoint; all Online. */
  private String shop() throws IOException {
    return file(
        """
          - name: shop
            description: what people buy
            wanted: Online
            resources:
              - name: db
                type: Generic Application
                properties:
                  CommandLine: sleep 100000
              - name: app
                type: Generic Application
                dependsOn: [db]
                properties:
                  CommandLine: sleep 200000
                  RestartThreshold: 5
                checkpoints:
                  - file: %s
                    keep: 4
        """
            .formatted(configuration));
  }

  private void assertIsShop() throws Exception {
    assertThat(cluster.resources())
        .extracting(
            each -> each.required("name").asString() + " " + each.required("state").asString())
        .containsExactly("db Online", "app Online");
    assertThat(cluster.resource("app").required("dependsOn").get(0).asString()).isEqualTo("db");
    JsonNode checkpoint = cluster.item("checkpoint", "list", "app");
    assertThat(checkpoint.path("keep").asInt()).isEqualTo(4);
    assertThat(cluster.cli("diff", "-f", shop(), "--prune").exitCode()).isZero();
  }

  // ---- from nothing, and back
  // ----------------------------------------------------------------------

  @Test
  void aFileMakesACluster_andItsExportMakesTheSameAgain() throws Exception {
    cluster.start("serve");

    Ran diff = cluster.cli("diff", "-f", shop());
    cluster.does("apply", "-f", shop());

    assertThat(diff.exitCode()).isEqualTo(NO);
    assertThat(diff.out()).contains("+ resource app in shop", "+ checkpoint file:");
    assertIsShop();
    long pid = cluster.number("app", "pid");
    String exported = cluster.does("export").out();
    Path file = Files.writeString(cluster.folder().resolve("exported.yaml"), exported);
    assertThat(cluster.does("apply", "-f", file.toString(), "--prune").err())
        .contains("nothing to change");
    assertThat(cluster.number("app", "pid")).isEqualTo(pid);

    cluster.does("apply", "-f", file("  - name: empty\n"), "--prune");
    assertThat(cluster.resources()).isEmpty();
    cluster.does("apply", "-f", file.toString(), "--prune");
    assertIsShop();
    assertThat(cluster.does("export").out()).isEqualTo(exported);
    Path json =
        Files.writeString(
            cluster.folder().resolve("exported.json"), cluster.does("export", "-o", "json").out());
    assertThat(cluster.cli("diff", "-f", json.toString(), "--prune").exitCode()).isZero();
  }

  @Test
  void aPropertyIsChanged_withoutARestart_andAProviderIsAddedUnderWhatRuns() throws Exception {
    cluster.start("serve").does("apply", "-f", shop());
    long pid = cluster.number("app", "pid");
    String changed = Files.readString(Path.of(shop())).replace("sleep 200000", "sleep 300000");
    Path file = Files.writeString(cluster.folder().resolve("changed.yaml"), changed);

    Ran told = cluster.does("apply", "-f", file.toString());

    assertThat(told.err())
        .contains("CommandLine sleep 200000 → sleep 300000; takes effect at the next online");
    assertThat(cluster.number("app", "pid")).isEqualTo(pid);
    cluster.does("resource", "restart", "app");
    assertThat(cluster.number("app", "pid")).isNotEqualTo(pid);

    Files.writeString(
        file,
        changed.replace("[db]", "[db, disk]")
            + """
                  - name: disk
                    type: Generic Application
                    properties: {CommandLine: sleep 400000}
            """);
    assertThat(cluster.does("apply", "-f", file.toString()).err())
        .contains("goes offline until disk is Online");
    assertThat(cluster.resources())
        .extracting(each -> each.required("state").asString())
        .containsOnly("Online");
  }

  // ---- what is refused
  // -----------------------------------------------------------------------------

  @Test
  void whatIsWrong_isToldWithItsPlaces_andNothingIsChanged() throws Exception {
    cluster.start("serve");
    String wrong =
        file(
            """
              - name: shop
                resources:
                  - name: db
                    type: Generic Aplication
                  - name: app
                    type: Generic Application
                    dependsOn: [bd]
                    properties:
                      ComandLine: sleep 1
                    checkpoints:
                      - file: /nowhere/at/all
            """);

    Ran ran = cluster.cli("apply", "-f", wrong);

    assertThat(ran.exitCode()).isEqualTo(INVALID);
    List<String> told =
        List.of(
            ":7:9: There is no type Generic Aplication. Did you mean Generic Application?",
            ":10:21: app cannot depend on bd, which is neither in the file nor in the cluster. Did"
                + " you mean db?",
            ":12:11: Generic Application has no property ComandLine. Did you mean CommandLine?");
    assertThat(ran.errLines()).hasSize(told.size() + 1);
    for (int i = 0; i < told.size(); i++) {
      assertThat(ran.errLines().get(i)).startsWith(wrong + told.get(i));
    }
    assertThat(ran.errLines().getLast())
        .isEqualTo("holdfast: " + wrong + ": 3 problems; nothing was changed.");
    assertThat(cluster.items("group", "list")).isEmpty();
  }

  @Test
  void whatOnlyTheNodeKnows_isRefusedBeforeAnythingIsChanged() throws Exception {
    cluster.start("serve");
    String file =
        Files.readString(Path.of(shop())).replace(configuration.toString(), "/nowhere/at/all");
    Path missing = Files.writeString(cluster.folder().resolve("missing.yaml"), file);

    Ran ran = cluster.cli("apply", "-f", missing.toString());

    assertThat(ran.exitCode()).isEqualTo(INVALID);
    assertThat(ran.err()).contains(missing + ":19:13: file:/nowhere/at/all was not added");
    assertThat(cluster.resources()).isEmpty();
  }

  @Test
  void ofTwoAtOnce_oneWins_andTheOtherIsTold() throws Exception {
    cluster.start("serve");
    String first = shop();
    Path second = Files.copy(Path.of(first), cluster.folder().resolve("second.yaml"));
    List<Process> both = new ArrayList<>();
    for (String each : List.of(first, second.toString())) {
      both.add(
          Distribution.builder(
                  Map.of(),
                  List.of(
                      Distribution.launcher().toString(),
                      "apply",
                      "-f",
                      each,
                      "--home",
                      cluster.home().toString()))
              .redirectErrorStream(true)
              .redirectOutput(cluster.folder().resolve("apply-" + both.size()).toFile())
              .start());
    }

    List<Integer> codes = new ArrayList<>();
    for (Process each : both) {
      codes.add(each.waitFor());
    }

    // Who comes when the other is through finds that nothing is to be done.
    assertThat(codes).contains(0).isSubsetOf(0, CONFLICT);
    assertIsShop();
  }

  @Test
  void anAgentIsToBeRegisteredFirst_andIsThenATypeAsAnyOther() throws Exception {
    Path agents = Path.of("/usr/lib/ocf/resource.d/heartbeat/Dummy");
    Tools.need(Files.exists(agents), "Debian's resource-agents are not installed");
    cluster.start("serve");
    String file =
        file(
            """
              - name: agents
                wanted: Online
                resources:
                  - name: dummy
                    type: ocf:heartbeat:Dummy
                    properties:
                      state: %s
                      StartTimeout: 7s
            """
                .formatted(cluster.folder().resolve("dummy.state")));

    Ran refused = cluster.cli("apply", "-f", file);

    assertThat(refused.exitCode()).as(refused.toString()).isEqualTo(INVALID);
    assertThat(refused.err())
        .contains(":8:9: There is no type ocf:heartbeat:Dummy. Register it first:")
        .contains("holdfast type register 'ocf:heartbeat:Dummy'");
    cluster.does("type", "register", "ocf:heartbeat:Dummy");
    cluster.does("apply", "-f", file);
    assertThat(cluster.resource("dummy").required("state").asString()).isEqualTo("Online");
    assertThat(cluster.cli("diff", "-f", file, "--prune").exitCode()).isZero();
    Path exported =
        Files.writeString(cluster.folder().resolve("exported.yaml"), cluster.does("export").out());
    assertThat(exported).content().contains("ocf:heartbeat:Dummy", "StartTimeout: \"7s\"");
    assertThat(cluster.cli("diff", "-f", exported.toString(), "--prune").exitCode()).isZero();
    assertThat(cluster.does("export", "--schema").out())
        .contains("properties of ocf:heartbeat:Dummy")
        .doesNotContain("ocf:*");
  }

  // ---- killed in the middle
  // ------------------------------------------------------------------------

  @Tag("long")
  @Test
  void killedRightAfterACommit_theSameFileComesToTheSameEnd() throws Exception {
    assertThat(deaths("hive.sync.after", 2)).isEqualTo(2);
  }

  /** At each commit of an apply, right before and right after it is durable. */
  @ParameterizedTest
  @ValueSource(strings = {"hive.sync.before", "hive.sync.after", "step.carry-out.before"})
  @Tag("long")
  void killedAnywhere_theSameFileComesToTheSameEnd(String point) throws Exception {
    assertThat(deaths(point, 6)).isGreaterThanOrEqualTo(3);
  }

  /** How often the service died when it was to die at the first, the second, … of these points. */
  private int deaths(String point, int hits) throws Exception {
    int deaths = 0;
    for (int hit = 1; hit <= hits; hit++) {
      Path counted = cluster.folder().resolve("hits-" + hit);
      HitsFile counter = HitsFile.create(counted);
      cluster
          .with(FailPoints.HITS_VARIABLE, counted.toString())
          .with(FailPoints.VARIABLE, point + ":" + hit + "=halt");
      cluster.start("serve");
      counter.counting(true);
      String file = hit % 2 == 1 ? shop() : other();

      Ran ran = cluster.cli("apply", "-f", file, "--prune");

      counter.counting(false);
      if (ran.exitCode() != 0 || cluster.cli("service", "status").exitCode() != 0) {
        assertThat(cluster.awaitEnd()).isEqualTo(FailPoints.HALTED);
        deaths++;
        cluster.without(FailPoints.VARIABLE).start("serve");
        cluster.does("apply", "-f", file, "--prune");
      }
      assertThat(cluster.cli("diff", "-f", file, "--prune").exitCode()).isZero();
      assertThat(states()).containsOnlyKeys(hit % 2 == 1 ? List.of("app", "db") : List.of("app"));
      assertThat(states().values()).containsOnly("Online");
      cluster.does("service", "stop", "--keep");
      cluster.awaitEnd();
    }
    return deaths;
  }

  /** app alone, in another group, without its checkpoint. */
  private String other() throws IOException {
    return file(
        """
          - name: other
            wanted: Online
            resources:
              - name: app
                type: Generic Application
                properties:
                  CommandLine: sleep 200000
        """);
  }

  private Map<String, String> states() throws IOException {
    Map<String, String> states = new TreeMap<>();
    for (JsonNode each : cluster.resources()) {
      states.put(each.required("name").asString(), each.required("state").asString());
    }
    return states;
  }

  // ---- at scale, and for editors
  // -------------------------------------------------------------------

  @Test
  void theSchemaKnowsTheTypesThatAreRegistered() throws Exception {
    cluster.start("serve");

    JsonNode schema = Door.json(cluster.does("export", "--schema").out());

    JsonNode properties = schema.at("/$defs/properties of Generic Application/properties");
    assertThat(properties.has("CommandLine")).as(schema.toString()).isTrue();
    assertThat(properties.has("RestartThreshold")).isTrue();
  }
}
