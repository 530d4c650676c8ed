package dev.holdfast.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/**
 * A setting that a resource does not live with, which a checkpoint would restore for ever; and what
 * people did to themselves with checkpoints, told before it hurts (Q290651).
 */
@Tag("system")
class PoisonedConfigurationIT {
  private static final int OK = 0;
  private static final int CONFLICT = 7;
  private static final int INVALID = 9;
  private static final int SUSPECTED = 2036;
  private static final int ROLLED_BACK = 2037;

  private static Cluster cluster;
  private static int made;

  @BeforeAll
  static void start() throws Exception {
    cluster = Cluster.empty().start("serve");
    cluster.does("group", "create", "apps");
  }

  @AfterAll
  static void end() throws Exception {
    cluster.close();
  }

  /** A program that ends with 3 when its Port is poison; its file, and a checkpoint of that. */
  private record Service(String name, Path conf) {
    static Service create(String... flags) throws Exception {
      made++;
      var service = new Service("service-" + made, cluster.folder().resolve(made + ".conf"));
      service.port("80");
      String command =
          "sh -c 'while ! grep -q poison %s; do sleep 0.1; done; exit 3'".formatted(service.conf);
      createApplication(
          service.name,
          command,
          "-p",
          "RestartThreshold=3",
          "-p",
          "RestartDelay=0",
          "-p",
          "LooksAlivePollInterval=500",
          "-p",
          "RestartAction=RestartNoNotify");
      List<String> words =
          new ArrayList<>(List.of("checkpoint", "add", service.name, "file:" + service.conf));
      words.addAll(List.of("--quiet", "20ms", "--max-delay", "100ms"));
      words.addAll(List.of(flags));
      cluster.does(words.toArray(String[]::new));
      cluster.does("resource", "online", service.name);
      return service;
    }

    /** As an editor does: whoever reads sees one or the other. */
    void port(String port) throws Exception {
      Path fresh = conf.resolveSibling(conf.getFileName() + ".new");
      Files.writeString(fresh, "Port=" + port + "\n");
      Files.move(fresh, conf, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    List<JsonNode> events(int id) throws Exception {
      return cluster.door().items("/v1/events?id=" + id + "&resource=" + name);
    }

    List<String> causes() throws Exception {
      return cluster.door().items("/v1/resources/" + name + "/checkpoints/1/generations").stream()
          .map(each -> each.required("cause").asString())
          .toList();
    }
  }

  private static void createApplication(String name, String commandLine, String... more)
      throws Exception {
    List<String> words =
        new ArrayList<>(
            List.of("resource", "create", name, "-g", "apps", "-t", "Generic Application"));
    words.addAll(List.of("-p", "CommandLine=" + commandLine));
    words.addAll(List.of(more));
    cluster.does(words.toArray(String[]::new));
  }

  /** A resource with a checkpoint of a key. */
  private record Keyed(String name, String key) {
    static Keyed create() throws Exception {
      made++;
      var keyed = new Keyed("keyed-" + made, PoisonedConfigurationIT.key("Software\\Keyed" + made));
      createApplication(keyed.name, "sleep 100000");
      cluster.does("checkpoint", "add", keyed.name, "registry:" + keyed.key);
      return keyed;
    }
  }

  // ---- a poisoned configuration ----------------------------------------------------------------

  @Test
  void withThePolicy_itIsRolledBack_whenItFailsWithItAgain_andThatIsToldWithTheDifference()
      throws Exception {
    Service service = Service.create("--roll-back-within", "10m");

    service.port("poison");

    Patience.until("it was rolled back", () -> !service.events(ROLLED_BACK).isEmpty());
    cluster.awaitState(service.name(), "Online");
    assertThat(service.conf()).hasContent("Port=80");
    assertThat(service.events(SUSPECTED)).hasSize(1);
    assertThat(service.events(ROLLED_BACK).getFirst().required("message").asString())
        .contains(service.name(), "Port", "80", "poison");
    // It is saved once it is quiet, or when the program has died of it: whatever comes first.
    assertThat(service.causes()).hasSize(3).startsWith("Added").endsWith("RolledBack");
    assertThat(cluster.resource(service.name()).required("unrestored").asBoolean()).isFalse();
  }

  @Test
  void withoutThePolicy_itIsKept_andWhyNamesWhatItChangedAndTheRollback() throws Exception {
    Service service = Service.create();

    service.port("poison");

    Patience.until(
        "it has failed with it again, and why says how to go back",
        () ->
            cluster.resource(service.name()).required("restarts").asInt() > 1
                && cluster
                    .why(service.name())
                    .required("unblock")
                    .asString("")
                    .startsWith("holdfast checkpoint rollback"));
    assertThat(service.events(ROLLED_BACK)).isEmpty();
    assertThat(service.causes()).hasSize(2).startsWith("Added");
    Patience.named("why has the change, and the command that undoes it")
        .untilAsserted(
            () ->
                assertThat(cluster.does("why", service.name()).out())
                    .containsPattern(
                        "failed \\d+ s after generation 2 changed .*Port=80.* became .*Port=poison")
                    .contains(rollback(service)));

    Ran pasted = cluster.paste(rollback(service));

    assertThat(pasted.exitCode()).as(pasted.toString()).isEqualTo(OK);
    cluster.awaitState(service.name(), "Online");
    assertThat(service.conf()).hasContent("Port=80");
  }

  private static String rollback(Service service) {
    return "holdfast checkpoint rollback %s 1 --to 1 && holdfast resource restart %s"
        .formatted(service.name(), service.name());
  }

  @Test
  void withThePolicy_aFailureLongAfter_isNotBlamedOnIt() throws Exception {
    Service service = Service.create("--roll-back-within", "1s");
    service.port("81");
    Patience.until("it is saved", () -> service.causes().contains("Changed"));
    Patience.until(
        "a second has passed since",
        () ->
            cluster
                    .item("checkpoint", "show", service.name(), "1", "--generation", "2")
                    .required("savedAt")
                    .asString()
                    .compareTo(Instant.now().minusSeconds(2).toString())
                < 0);

    cluster.does("resource", "fail", service.name());

    assertThat(service.events(SUSPECTED)).isEmpty();
    assertThat(service.conf()).hasContent("Port=81");
  }

  // ---- what is told at add ---------------------------------------------------------------------

  private static Ran add(String resource, String path, String... more) throws Exception {
    List<String> words =
        new ArrayList<>(List.of("checkpoint", "add", resource, "registry:" + path));
    words.addAll(List.of(more));
    return cluster.cli(words.toArray(String[]::new));
  }

  private static String key(String path) throws Exception {
    cluster.does("registry", "add", "HKLM\\" + path, "-v", "Start", "-t", "REG_DWORD", "-d", "2");
    return path;
  }

  @Test
  void aWholeServiceKey_isWarnedOf_becauseItsStartIsRestored_andItsParametersAreNot()
      throws Exception {
    Keyed service = Keyed.create();
    String key = key("SYSTEM\\CurrentControlSet\\Services\\Lint");
    key(key + "\\Parameters");

    Ran whole = add(service.name(), key, "--dry-run");
    Ran parameters = add(service.name(), key + "\\Parameters", "--dry-run");

    assertThat(whole.exitCode()).as(whole.toString()).isEqualTo(OK);
    assertThat(whole.err()).contains("whole service key", "Start", "Parameters instead", "Q290651");
    assertThat(parameters.err()).doesNotContain("Q290651");
    assertThat(add(service.name(), "system\\controlset001\\services\\LINT", "--dry-run").err())
        .as("by its other name")
        .contains("whole service key");
  }

  @Test
  void keysOfTwoResources_thatAreTheSame_orLieWithinEachOther_areWarnedOf() throws Exception {
    Keyed one = Keyed.create();
    Keyed other = Keyed.create();
    key(one.key() + "\\Deep");

    Ran same = add(other.name(), one.key(), "--dry-run");
    Ran within = add(other.name(), one.key() + "\\Deep", "--dry-run");
    Ran above = add(other.name(), "Software", "--dry-run");

    for (Ran ran : List.of(same, within, above)) {
      assertThat(ran.exitCode()).as(ran.toString()).isEqualTo(OK);
      assertThat(ran.err()).contains(one.name(), "each restores what the other saved");
    }
    assertThat(same.err()).contains("is the same as checkpoint 1 of " + one.name());
    assertThat(within.err()).contains("is within checkpoint 1 of " + one.name());
    assertThat(above.err()).contains("is above checkpoint 1 of " + one.name());
  }

  @Test
  void aPathTwice_isRefused_inWhateverCase() throws Exception {
    Keyed service = Keyed.create();

    for (String path : List.of(service.key(), service.key().toUpperCase(Locale.ROOT))) {
      Ran ran = add(service.name(), path);
      assertThat(ran.exitCode()).as(ran.toString()).isEqualTo(CONFLICT);
      assertThat(ran.err()).contains("as checkpoint 1");
    }
    assertThat(cluster.items("checkpoint", "list", service.name())).hasSize(1);
  }

  @Test
  void ofFourThatAddOneKeyAtOnce_oneSucceeds_andThreeAreRefusedClearly() throws Exception {
    for (int round = 0; round < 3; round++) {
      made++;
      String resource = "adding-" + made;
      createApplication(resource, "sleep 1000");
      String key = key("Software\\Adding" + made);
      List<CompletableFuture<String>> four =
          Stream.generate(() -> CompletableFuture.supplyAsync(() -> addByDoor(resource, key)))
              .limit(4)
              .toList();
      List<String> outcomes = four.stream().map(CompletableFuture::join).toList();

      assertThat(outcomes).filteredOn(each -> each.equals("added")).hasSize(1);
      assertThat(outcomes)
          .filteredOn(each -> !each.equals("added"))
          .hasSize(3)
          .allMatch(each -> each.contains("409") && each.contains("as checkpoint 1"));
      assertThat(cluster.items("checkpoint", "list", resource)).hasSize(1);
    }
  }

  private static String addByDoor(String resource, String key) {
    try {
      var _ =
          cluster
              .door()
              .tell(
                  "POST",
                  "/v1/resources/" + resource + "/checkpoints",
                  Map.of("of", "registry:" + key));
      return "added";
    } catch (IOException e) {
      return String.valueOf(e.getMessage());
    }
  }

  @Test
  void aLeadingBackslash_andAKeyOfTheClusterDatabase_areRefused() throws Exception {
    Keyed service = Keyed.create();

    Ran leading = add(service.name(), "\\" + service.key());
    Ran database = add(service.name(), "Cluster\\Groups");

    assertThat(leading.exitCode()).as(leading.toString()).isEqualTo(INVALID);
    assertThat(leading.err()).contains("backslash");
    assertThat(database.exitCode()).as(database.toString()).isEqualTo(INVALID);
    assertThat(database.err()).contains("the same on every node");
  }
}
