package dev.holdfast.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import tools.jackson.databind.JsonNode;

/** The main job, as somebody meets it who typed {@code holdfast demo}. One story, told in order. */
@Tag("system")
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class DemoIT {
  private static final int ENDED_IN_ORDER = 0;
  private static final int INTERRUPTED = 130;
  private static final int STATE_CHANGED = 1637;

  private static Cluster demo;

  @BeforeAll
  static void startDemo() throws Exception {
    demo = Cluster.empty();
    demo.start("demo");
  }

  @AfterAll
  static void end() throws Exception {
    demo.close();
  }

  @Test
  @Order(1)
  void twoSitesAndATicker_inOneGroup_theSecondSiteDependingOnTheFirst() throws Exception {
    List<JsonNode> resources = demo.items("resource", "list");

    assertThat(resources)
        .extracting(resource -> resource.required("name").asString())
        .containsExactlyElementsOf(DemoSites.RESOURCES);
    assertThat(resources)
        .allSatisfy(
            resource -> {
              assertThat(resource.required("state").asString()).isEqualTo("Online");
              assertThat(resource.required("group").asString()).isEqualTo("demo");
            });
    assertThat(demo.resource("site-b").required("dependsOn").values())
        .extracting(JsonNode::asString)
        .containsExactly("site-a");
    JsonNode ticker = demo.item("type", "show", "Ticker");
    JsonNode application = demo.item("type", "show", "Generic Application");
    assertThat(ticker.required("plugin")).isNotEqualTo(application.required("plugin"));
    assertThat(ticker.required("digest")).isNotEqualTo(application.required("digest"));
    assertThat(demo.does("resource", "logs", "ticker").exitCode()).isZero();
  }

  @Test
  @Order(2)
  void eachSiteServesItsOwnFolder() throws Exception {
    for (String site : DemoSites.SITES) {
      assertThat(Visitors.page(DemoSites.url(demo, site))).contains("This is " + site);
    }
  }

  @Test
  @Order(3)
  void everyHintIsAWholeCommandThatWorks() throws Exception {
    List<String> hints =
        demo.output()
            .lines()
            .dropWhile(line -> !line.startsWith("Try"))
            .skip(1)
            .map(String::strip)
            .takeWhile(line -> !line.isEmpty())
            .filter(line -> !line.startsWith("#"))
            .toList();

    assertThat(hints).hasSizeGreaterThanOrEqualTo(5);
    for (String hint : hints) {
      Ran ran = Distribution.run(demo.folder(), Map.of(), List.of("sh", "-c", hint));
      assertThat(ran.exitCode()).as(ran.toString()).isZero();
    }
    DemoSites.RESOURCES.forEach(resource -> demo.awaitState(resource, "Online"));
    demo.awaitSupervised();
  }

  @Test
  @Order(4)
  void interrupt_takesEverythingOfflineInOrder_andLeavesNoProcess() throws Exception {
    Map<String, URI> sites = urls();

    int code = demo.end("INT");

    demo.awaitNothingLeft();
    assertThat(code).isEqualTo(ENDED_IN_ORDER);
    demo.start("demo");
    assertThat(urls()).as("the same ports as before").isEqualTo(sites);
    long offlineB = lastTimeOffline("site-b");
    long offlineA = lastTimeOffline("site-a");
    assertThat(offlineB).as("the dependent goes first").isLessThan(offlineA);
    assertThat(lastTimeOffline("ticker")).isPositive();
  }

  /** The number of the event by which a resource was last Offline. */
  private static long lastTimeOffline(String resource) throws IOException {
    return demo.events(STATE_CHANGED).stream()
        .filter(event -> event.required("resource").asString("").equals(resource))
        .filter(event -> event.required("parameters").required("to").asString().equals("Offline"))
        .mapToLong(event -> event.required("seq").asLong())
        .max()
        .orElseThrow();
  }

  private static Map<String, URI> urls() throws IOException {
    return Map.of("site-a", DemoSites.url(demo, "site-a"), "site-b", DemoSites.url(demo, "site-b"));
  }

  @Test
  @Order(5)
  void secondInterrupt_terminatesAtOnce_leavingNoProcess() throws Exception {
    // Longer than anybody waits here: only the second signal can end it.
    demo.does("resource", "set", "site-b", "StopGrace=30m", "PendingTimeout=3600000");
    Processes.signal(demo.number("site-b", "pid"), "STOP");

    Processes.signal(demo.service().pid(), "INT");
    demo.awaitState("site-b", "OfflinePending");
    int code = demo.end("INT");

    assertThat(code).isEqualTo(INTERRUPTED);
    demo.awaitNothingLeft();
    assertThat(demo.home().resolve("run/service.json")).doesNotExist();
    assertThat(Files.readString(demo.home().resolve("service.log"))).doesNotContain("Exception");
  }
}
