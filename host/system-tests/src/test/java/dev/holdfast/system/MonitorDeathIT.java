package dev.holdfast.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.parallel.Isolated;
import tools.jackson.databind.JsonNode;

/** Q242398: the monitor that holds them dies, and nobody loses anything. */
@Isolated("It has visitors come so and so often, and a time in which no monitor lives.")
@Tag("system")
class MonitorDeathIT {
  private static final int DEATHS = 10;
  private static final double RATE_MIN = 200;
  private static final int MONITOR_DIED = 1146;
  private static final int KILL = 9;
  private static final String SHARED = "shared-0";

  /** Time enough for two commands also on a machine that is busy. */
  private static final String HELD_BACK = "20s";

  @Test
  void tenDeaths_loseNeitherProcessNorRequestNorIdentity(TestReporter reporter) throws Exception {
    try (var demo = Cluster.empty().start("demo")) {
      Map<String, DemoSites.Identity> identities = DemoSites.identities(demo);
      Map<String, List<JsonNode>> essence = DemoSites.essence(demo);
      Map<String, Long> adoptions = numbers(demo, "adoptions");
      List<Long> killed = new ArrayList<>();
      List<Long> recoveryMillis = new ArrayList<>();
      try (var visitorsOfA = DemoSites.visit(demo, "site-a");
          var visitorsOfB = DemoSites.visit(demo, "site-b")) {
        Patience.until(
            "visitors are served",
            () -> visitorsOfA.served() > RATE_MIN && visitorsOfB.served() > RATE_MIN);

        for (int i = 0; i < DEATHS; i++) {
          long monitor = demo.number("site-a", "monitorPid");
          long start = System.nanoTime();
          Processes.signal(monitor, "KILL");
          Patience.until("a new monitor holds everything", () -> areHeldByOther(demo, monitor));
          recoveryMillis.add((System.nanoTime() - start) / 1_000_000);
          killed.add(monitor);
        }

        long served = visitorsOfA.served();
        Patience.until("visitors are served still", () -> visitorsOfA.served() > served + 100);
        Collections.sort(recoveryMillis);
        reporter.publishEntry(
            Map.of(
                "recoveryMillis", recoveryMillis.toString(),
                "requests", visitorsOfA.served() + " + " + visitorsOfB.served(),
                "rates", "%.0f/s + %.0f/s".formatted(visitorsOfA.rate(), visitorsOfB.rate())));
        assertThat(visitorsOfA.failures()).isEmpty();
        assertThat(visitorsOfB.failures()).isEmpty();
        assertThat(visitorsOfA.rate()).isGreaterThanOrEqualTo(RATE_MIN);
        assertThat(visitorsOfB.rate()).isGreaterThanOrEqualTo(RATE_MIN);
      }

      assertThat(killed).doesNotHaveDuplicates();
      assertThat(DemoSites.identities(demo)).isEqualTo(identities);
      assertThat(DemoSites.essence(demo)).isEqualTo(essence);
      adoptions.replaceAll((_, before) -> before + DEATHS);
      assertThat(numbers(demo, "adoptions")).isEqualTo(adoptions);
      assertThat(demo.resources())
          .allSatisfy(
              resource -> {
                assertThat(resource.required("state").asString()).isEqualTo("Online");
                assertThat(resource.required("failures").asInt()).isZero();
                assertThat(resource.required("restarts").asInt()).isZero();
                assertThat(resource.required("lastExit").isNull()).isTrue();
              });
      assertThatEachDeathIsAnIncident(demo, killed);
    }
  }

  private static boolean areHeldByOther(Cluster demo, long monitor) throws Exception {
    return demo.resources().stream()
        .allMatch(
            resource ->
                resource.required("monitorPid").isNumber()
                    && resource.required("monitorPid").asLong() != monitor
                    && resource.required("unsupervisedSince").isNull()
                    && resource.required("state").asString().equals("Online"));
  }

  private static Map<String, Long> numbers(Cluster demo, String field) throws Exception {
    var numbers = new HashMap<String, Long>();
    for (String resource : DemoSites.RESOURCES) {
      numbers.put(resource, demo.number(resource, field));
    }
    return numbers;
  }

  private static void assertThatEachDeathIsAnIncident(Cluster demo, List<Long> killed)
      throws Exception {
    List<JsonNode> events = demo.items("events", "--id", Integer.toString(MONITOR_DIED));
    List<JsonNode> incidents = demo.items("incident", "list");

    assertThat(events)
        .extracting(event -> event.required("parameters").required("pid").asString())
        .containsExactlyElementsOf(killed.stream().map(pid -> Long.toString(pid)).toList());
    assertThat(incidents)
        .extracting(incident -> incident.required("pid").asLong())
        .containsExactlyElementsOf(killed);
    assertThat(events)
        .extracting(event -> event.required("incident").asLong())
        .containsExactlyElementsOf(
            incidents.stream().map(incident -> incident.required("seq").asLong()).toList());
    assertThat(incidents)
        .allSatisfy(
            incident -> {
              assertThat(incident.required("monitor").asString()).isEqualTo(SHARED);
              assertThat(incident.required("exit").required("signal").asInt()).isEqualTo(KILL);
              assertThat(incident.required("exit").required("code").isNull()).isTrue();
              assertThat(incident.required("exit").required("reason").asString()).isNotEmpty();
              assertThat(incident.required("calls").isArray()).isTrue();
              assertThat(incident.required("actions").isEmpty()).isFalse();
              assertThat(incident.required("victims").values())
                  .extracting(JsonNode::asString)
                  .containsExactlyInAnyOrderElementsOf(DemoSites.RESOURCES);
            });
  }

  @Tag("long")
  @Test
  void whileNoMonitorLives_everyQuestionIsAnsweredInFull() throws Exception {
    try (var demo =
        Cluster.empty().with("HOLDFAST_MONITOR_REPLACEMENT_DELAY", HELD_BACK).start("demo")) {
      Map<String, DemoSites.Identity> identities = DemoSites.identities(demo);
      Map<String, List<JsonNode>> essence = DemoSites.essence(demo);
      Processes.signal(demo.number("site-a", "monitorPid"), "KILL");
      Patience.until(
          "no resource is held by a monitor",
          () -> demo.resources().stream().allMatch(r -> r.required("monitorPid").isNull()));

      List<JsonNode> types = demo.items("type", "list");
      List<JsonNode> resources = demo.items("resource", "list");

      assertThat(demo.monitor(SHARED).required("pid").isNull())
          .as("no monitor lives all that time")
          .isTrue();
      assertThat(types)
          .extracting(type -> type.required("name").asString())
          .contains("Generic Application", "Ticker");
      assertThat(types)
          .allSatisfy(
              type -> {
                assertThat(type.required("status").asString()).isEqualTo("Registered");
                assertThat(type.required("plugin").asString()).isNotEmpty();
                assertThat(type.required("archive").asString()).isNotEmpty();
                assertThat(type.required("digest").asString()).startsWith("sha256:");
              });
      assertThat(resources).hasSameSizeAs(DemoSites.RESOURCES);
      assertThat(resources)
          .allSatisfy(
              resource -> {
                assertThat(resource.required("type").asString()).isNotEmpty();
                assertThat(resource.required("typeStatus").asString()).isEqualTo("Registered");
                assertThat(resource.required("state").asString()).isEqualTo("Online");
                assertThat(resource.required("unsupervisedSince").asString()).endsWith("Z");
                assertThat(resource.required("monitorPid").isNull()).isTrue();
                assertThat(resource.required("pid").isNumber()).isTrue();
              });
      assertThat(DemoSites.essence(demo)).isEqualTo(essence);
      for (String site : DemoSites.SITES) {
        assertThat(Visitors.page(DemoSites.url(demo, site))).contains("This is " + site);
      }

      demo.awaitSupervised();
      assertThat(demo.resources())
          .allSatisfy(each -> assertThat(each.required("unsupervisedSince").isNull()).isTrue());
      assertThat(DemoSites.identities(demo)).isEqualTo(identities);
    }
  }
}
