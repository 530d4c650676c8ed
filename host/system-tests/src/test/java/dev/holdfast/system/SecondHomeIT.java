package dev.holdfast.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import tools.jackson.databind.JsonNode;

/** Two homes share a quorum directory, as two nodes of MSCS did. One story, told in order. */
@Tag("system")
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class SecondHomeIT {
  private static final int NO = 3;
  private static final int NOT_FOUND = 4;
  private static final int CONFLICT = 7;
  private static final int NODE_TOOK_OVER = 2052;
  private static final int PROCESS_OF_OTHER_NODE = 2051;
  private static final int LEFT_THERE = 2050;
  private static final int NOT_RESTORED = 1024;
  private static final String KEY = "HKLM\\Software\\Shop";

  private static Cluster alpha;
  private static Cluster beta;
  private static Path quorum;
  private static LifeJournal journal;

  /** Of what depends on the shop. */
  private static LifeJournal till;

  @BeforeAll
  static void startBoth() throws Exception {
    alpha = Cluster.empty();
    beta = Cluster.empty();
    quorum = alpha.folder().resolve("quorum");
    alpha.start("serve", flags("alpha"));
    beta.startWaiting(flags("beta"));
    alpha.does("group", "create", "apps");
    journal = LifeJournal.in(alpha.folder(), "shop");
    alpha.createTestifying("shop");
    port(alpha, "80");
    alpha.does("checkpoint", "add", "shop", "registry:Software\\Shop", "--quiet", "50ms");
    alpha.createTestifying("till", "--depends", "shop");
    till = LifeJournal.in(alpha.folder(), "till");
    alpha.does("resource", "online", "till");
  }

  @AfterAll
  static void end() throws Exception {
    beta.close();
    alpha.close();
  }

  private static String[] flags(String node) {
    return new String[] {"--node", node, "--quorum", quorum.toString()};
  }

  private static void port(Cluster node, String port) throws Exception {
    node.does("registry", "add", KEY, "-v", "Port", "-d", port);
  }

  private static String port(Cluster node) throws Exception {
    return node.does("registry", "query", KEY).out();
  }

  private static JsonNode service(Cluster node) throws Exception {
    return node.item("status").required("service");
  }

  private static void awaitSaved(Cluster holder, long generation) {
    Patience.until(
        "generation " + generation + " is saved",
        () ->
            holder.item("checkpoint", "show", "shop", "1").required("generation").asLong()
                >= generation);
  }

  @Test
  @Order(1)
  void whoWaits_answersWhatIsItsOwn_andRefusesTheRest_namingTheHolder() throws Exception {
    JsonNode service = service(beta);
    assertThat(service.required("ready").asBoolean()).isFalse();
    assertThat(service.required("node").asString()).isEqualTo("beta");
    assertThat(service.at("/waitsFor/node").asString()).isEqualTo("alpha");
    assertThat(service.at("/waitsFor/pid").asLong()).isEqualTo(alpha.service().pid());
    assertThat(service(alpha).required("waitsFor").isNull()).isTrue();

    beta.does("registry", "add", "HKLM\\Software\\Beta", "-v", "Own", "-d", "yes");
    assertThat(beta.does("registry", "query", "HKLM\\Software\\Beta").out()).contains("Own");
    beta.does("registry", "acl", "show", "HKLM\\Software\\Beta");
    beta.does("registry", "handles");
    beta.does("events");
    for (List<String> words :
        List.of(
            List.of("resource", "list"),
            List.of("group", "create", "more"),
            List.of("group", "move", "apps", "--to", "alpha"),
            List.of("checkpoint", "list"),
            List.of("registry", "query", "HKLM\\Cluster"),
            List.of("why", "shop"))) {
      Ran refused = beta.cli(words.toArray(String[]::new));
      assertThat(refused.exitCode()).as(refused.toString()).isEqualTo(CONFLICT);
      assertThat(refused.err())
          .contains("node alpha (pid " + alpha.service().pid(), alpha.home().toString());
    }
  }

  @Test
  @Order(2)
  void bothKnowTheNodes() throws Exception {
    for (Cluster node : List.of(alpha, beta)) {
      List<JsonNode> nodes = node.items("node", "list");
      assertThat(nodes.stream().map(each -> each.required("name").asString()))
          .containsExactly("alpha", "beta");
      assertThat(nodes.stream().map(each -> each.required("state").asString()))
          .containsExactly("Holder", "Waiting");
    }
    JsonNode file = Door.json(Files.readString(quorum.resolve("nodes").resolve("beta.json")));
    assertThat(file.required("role").asString()).isEqualTo("waiting");
    assertThat(file.required("socket").asString())
        .isEqualTo(beta.door().serviceFile().required("socket").asString());
    assertThat(alpha.cli("node", "show", "gamma").exitCode()).isEqualTo(NOT_FOUND);
  }

  @Test
  @Order(3)
  void aNameThatAnotherHomeHas_isRefused() throws Exception {
    try (Cluster gamma = Cluster.empty()) {
      for (String taken : List.of("alpha", "Beta")) {
        assertThat(gamma.startOrEnd("serve", flags(taken))).isFalse();
        assertThat(gamma.awaitEnd()).isEqualTo(CONFLICT);
        assertThat(gamma.errors()).contains("--node");
      }
    }
  }

  @Test
  @Order(4)
  void move_takesAllGroupsToTheNodeThatWaits_withTheirConfiguration_andBack() throws Exception {
    assertThat(alpha.cli("group", "move", "apps", "--to", "gamma").exitCode()).isEqualTo(CONFLICT);
    assertThat(alpha.cli("group", "move", "apps", "--to", "alpha").exitCode()).isEqualTo(CONFLICT);
    assertThat(alpha.cli("group", "move", "none", "--to", "beta").exitCode()).isEqualTo(NOT_FOUND);
    port(alpha, "81");

    Ran moved = alpha.does("group", "move", "apps", "--to", "beta");

    assertThat(moved.err()).contains("to node beta", "Offline", "has all groups");
    beta.awaitLine("ready ");
    beta.awaitState("shop", "Online");
    assertThat(port(beta)).contains("81");
    assertThat(beta.resource("shop").required("node").asString()).isEqualTo("beta");
    journal.assertOneLifeAtATime();
    assertThat(service(alpha).at("/waitsFor/node").asString()).isEqualTo("beta");
    assertThat(alpha.service().isAlive()).isTrue();

    port(beta, "82");
    beta.does("group", "move", "apps", "--to", "alpha");
    Patience.until("alpha has them again", () -> service(alpha).required("ready").asBoolean());
    alpha.awaitState("shop", "Online");
    assertThat(port(alpha)).contains("82");
    journal.assertOneLifeAtATime();
    assertThat(alpha.resource("shop").required("restarts").asInt()).isZero();
    assertThat(service(beta).at("/waitsFor/node").asString()).isEqualTo("alpha");
  }

  @Test
  @Order(5)
  void killed_theOtherNodeTakesOver_endsItsApplications_andRestoresTheLastGeneration()
      throws Exception {
    long before = alpha.item("checkpoint", "show", "shop", "1").required("generation").asLong();
    port(alpha, "83");
    awaitSaved(alpha, before + 1);
    LifeJournal.Entry old = journal.living().orElseThrow();

    alpha.end("KILL");

    Patience.until("beta has taken over", () -> service(beta).required("ready").asBoolean());
    beta.awaitState("shop", "Online");
    journal.assertOneLifeAtATime();
    assertThat(journal.living().orElseThrow().pid()).isNotEqualTo(old.pid());
    assertThat(port(beta)).contains("83");
    assertThat(beta.resource("shop").required("restarts").asInt()).isZero();
    assertThat(till.lastStop())
        .as("the till, which depends on the shop, was ended first")
        .isLessThanOrEqualTo(journal.lastStop());
    assertThat(beta.events(NODE_TOOK_OVER)).isNotEmpty();
    assertThat(beta.events(PROCESS_OF_OTHER_NODE))
        .anyMatch(event -> event.at("/parameters/pid").asString().equals("" + old.pid()));
    assertThat(beta.events(LEFT_THERE))
        .anyMatch(event -> event.at("/parameters/from").asString().equals("alpha"));
    Patience.named("nothing of alpha is left but what beta started")
        .untilAsserted(
            () -> assertThat(alpha.processes()).allMatch(each -> each.slot().isPresent()));
  }

  @Test
  @Order(6)
  void theNodeThatDied_comesBackAsOneThatWaits_andTakesOverInItsTurn() throws Exception {
    alpha.startWaiting(flags("alpha"));
    assertThat(service(alpha).at("/waitsFor/node").asString()).isEqualTo("beta");
    long before = beta.item("checkpoint", "show", "shop", "1").required("generation").asLong();
    port(beta, "84");
    awaitSaved(beta, before + 1);

    beta.does("service", "stop", "--keep");

    Patience.until("alpha has taken over", () -> service(alpha).required("ready").asBoolean());
    alpha.awaitState("shop", "Online");
    journal.assertOneLifeAtATime();
    assertThat(port(alpha)).contains("84");
  }

  /** Q192493: "This becomes a problem when Exchange is installed in a cluster configuration." */
  @Test
  @Order(7)
  void aRightThatIsMissingOnTheSecondNodeOnly_isFoundBeforeTheFailover_andHarmsItDuring()
      throws Exception {
    beta.startWaiting(flags("beta"));
    assertThat(alpha.cli("validate", "--only", "checkpoints").exitCode()).isZero();
    beta.does("registry", "acl", "revoke", KEY, "cluster-service", "all");

    Ran looked = alpha.cli("validate", "--only", "checkpoints");
    assertThat(looked.exitCode()).as(looked.toString()).isEqualTo(NO);
    assertThat(looked.out().lines())
        .anyMatch(line -> line.contains("alpha") && line.endsWith("ok"))
        .anyMatch(line -> line.contains("beta") && line.endsWith("AccessDenied"));

    alpha.does("group", "move", "apps", "--to", "beta");
    beta.awaitLine("ready ");
    beta.awaitState("shop", "Online");
    assertThat(beta.events(NOT_RESTORED))
        .singleElement()
        .satisfies(
            event -> {
              assertThat(event.required("cause").asString())
                  .startsWith("AccessDenied")
                  .doesNotContain("handle");
              assertThat(event.required("holders")).isEmpty();
            });
    assertThat(beta.resource("shop").required("unrestored").asBoolean()).isTrue();

    beta.does("registry", "acl", "grant", KEY, "cluster-service", "KEY_ALL_ACCESS");
    beta.does("resource", "restart", "shop");
    assertThat(beta.resource("shop").required("unrestored").asBoolean()).isFalse();
    beta.does("group", "move", "apps", "--to", "alpha");
    Patience.until("alpha has them again", () -> service(alpha).required("ready").asBoolean());
    alpha.awaitState("shop", "Online");
  }

  @Test
  @Order(8)
  void whoWaits_canBeStopped_andLeavesNothing() throws Exception {
    beta.does("service", "stop");

    assertThat(beta.awaitEnd()).isZero();
    assertThat(quorum.resolve("nodes").resolve("beta.json")).doesNotExist();
    assertThat(alpha.item("node", "show", "beta").required("state").asString()).isEqualTo("Down");
    journal.assertOneLifeAtATime();
  }

  @Test
  @Order(9)
  void anotherHomeOfTheLastHoldersName_isRefused_andTouchesNothing() throws Exception {
    alpha.end("KILL");
    try (Cluster gamma = Cluster.empty()) {
      assertThat(gamma.startOrEnd("serve", flags("alpha"))).isFalse();
      assertThat(gamma.awaitEnd()).isEqualTo(CONFLICT);
      assertThat(gamma.errors()).contains(alpha.home().toString(), "--node");
    }
    journal.assertOneLifeAtATime();
  }
}
