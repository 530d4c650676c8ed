package dev.holdfast.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.TestReporter;
import tools.jackson.databind.JsonNode;

/** The service dies, or is asked to go, and the next one takes over. One story, told in order. */
@Tag("system")
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ServiceDeathIT {
  private static final int CONFLICT = 7;
  private static final int ENDED_IN_ORDER = 0;

  private static Cluster cluster;

  @BeforeAll
  static void startDemo() throws Exception {
    cluster = Cluster.empty();
    cluster.start("demo");
  }

  @AfterAll
  static void end() throws Exception {
    cluster.close();
  }

  @Test
  @Order(1)
  void secondServiceOnOneHome_isRefused_namingTheFirstOnesPid() throws Exception {
    for (String noun : List.of("serve", "demo")) {
      Ran second = cluster.cli(noun);

      assertThat(second.exitCode()).as(second.toString()).isEqualTo(CONFLICT);
      assertThat(second.out()).isEmpty();
      assertThat(second.errLines())
          .singleElement()
          .asString()
          .contains("pid " + cluster.service().pid());
    }
    assertThat(cluster.resources())
        .allMatch(resource -> resource.required("state").asString().equals("Online"));
  }

  @Test
  @Order(2)
  void killed_applicationsGoOn_andTheNextServiceAdoptsEachOfThem(TestReporter reporter)
      throws Exception {
    Map<String, DemoSites.Identity> identities = DemoSites.identities(cluster);
    Map<String, List<JsonNode>> essence = DemoSites.essence(cluster);
    List<JsonNode> types = cluster.items("type", "list");
    List<String> slots = DemoSites.slots(cluster);
    Map<String, Long> adoptions = adoptions();
    assertThat(slots).hasSameSizeAs(DemoSites.RESOURCES);
    try (var visitorsOfA = DemoSites.visit(cluster, "site-a");
        var visitorsOfB = DemoSites.visit(cluster, "site-b")) {
      cluster.end("KILL");
      assertThat(DemoSites.slots(cluster)).as("while no service runs").isEqualTo(slots);

      long start = System.nanoTime();
      cluster.start("serve");
      reporter.publishEntry("readyMillis", "" + (System.nanoTime() - start) / 1_000_000);

      cluster.awaitSupervised();
      assertThat(visitorsOfA.failures()).isEmpty();
      assertThat(visitorsOfB.failures()).isEmpty();
      assertThat(visitorsOfA.served()).isPositive();
      assertThat(visitorsOfB.served()).isPositive();
    }

    assertThat(DemoSites.identities(cluster)).isEqualTo(identities);
    assertThat(DemoSites.slots(cluster)).as("none was started twice").isEqualTo(slots);
    assertThat(DemoSites.essence(cluster)).isEqualTo(essence);
    assertThat(cluster.items("type", "list")).isEqualTo(types);
    adoptions.replaceAll((_, before) -> before + 1);
    assertThat(adoptions()).isEqualTo(adoptions);
    assertThat(cluster.resources())
        .allSatisfy(
            resource -> {
              assertThat(resource.required("state").asString()).isEqualTo("Online");
              assertThat(resource.required("restarts").asInt()).isZero();
            });
  }

  private static Map<String, Long> adoptions() throws Exception {
    var adoptions = new HashMap<String, Long>();
    for (String resource : DemoSites.RESOURCES) {
      adoptions.put(resource, cluster.number(resource, "adoptions"));
    }
    return adoptions;
  }

  @Test
  @Order(3)
  void applicationThatEndsWhileNoServiceRuns_isStartedAgainOnce() throws Exception {
    Map<String, DemoSites.Identity> before = DemoSites.identities(cluster);

    cluster.end("KILL");
    Processes.signal(Objects.requireNonNull(before.get("ticker")).pid(), "KILL");
    cluster.start("serve");
    // What is adopted is Online until it is looked at; the one that ended has no process then.
    Patience.until("ticker has another process", () -> hasAnotherProcess("ticker", before));
    DemoSites.RESOURCES.forEach(resource -> cluster.awaitState(resource, "Online"));
    cluster.awaitSupervised();

    Map<String, DemoSites.Identity> after = DemoSites.identities(cluster);
    assertThat(after.get("ticker")).isNotEqualTo(before.get("ticker"));
    assertThat(after.get("site-a")).isEqualTo(before.get("site-a"));
    assertThat(after.get("site-b")).isEqualTo(before.get("site-b"));
  }

  private static boolean hasAnotherProcess(String resource, Map<String, DemoSites.Identity> before)
      throws IOException {
    long ended = Objects.requireNonNull(before.get(resource)).pid();
    return cluster.resource(resource).required("pid").asLong(ended) != ended;
  }

  @Test
  @Order(4)
  void stopWithKeep_leavesApplications_andTheNextServiceAdoptsThem() throws Exception {
    Map<String, DemoSites.Identity> identities = DemoSites.identities(cluster);
    Patience.named("what a killed shell left has ended")
        .untilAsserted(
            () -> assertThat(DemoSites.slots(cluster)).hasSameSizeAs(DemoSites.RESOURCES));
    List<String> slots = DemoSites.slots(cluster);

    cluster.does("service", "stop", "--keep");

    assertThat(cluster.awaitEnd()).isEqualTo(ENDED_IN_ORDER);
    Patience.named("only applications are left")
        .untilAsserted(
            () -> assertThat(cluster.processes()).allMatch(left -> left.slot().isPresent()));
    assertThat(DemoSites.slots(cluster)).isEqualTo(slots);
    Ran status = cluster.cli("status");
    assertThat(status.exitCode()).as(status.toString()).isEqualTo(5);
    cluster.start("serve");
    cluster.awaitSupervised();
    assertThat(DemoSites.identities(cluster)).isEqualTo(identities);
    assertThat(DemoSites.slots(cluster)).isEqualTo(slots);
  }

  @Test
  @Order(5)
  void stop_takesEverythingOffline_andTheNextServiceBringsItOnlineAgain() throws Exception {
    cluster.does("service", "stop");

    assertThat(cluster.awaitEnd()).isEqualTo(ENDED_IN_ORDER);
    cluster.awaitNothingLeft();
    cluster.start("serve");
    DemoSites.RESOURCES.forEach(resource -> cluster.awaitState(resource, "Online"));
    assertThat(DemoSites.slots(cluster)).hasSameSizeAs(DemoSites.RESOURCES);
  }
}
