package dev.holdfast.system;

import static dev.holdfast.system.ExchangeCluster.MAIL;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/**
 * Q174070, sentence by sentence: when the registry keys of a resource are saved, and when they are
 * restored. Each test has a resource and a key of its own.
 */
@Tag("system")
class Q174070IT {
  private static final int INVALID = 9;
  private static final int DRIFT = 2033;

  private static ExchangeCluster exchange;
  private static int made;

  @BeforeAll
  static void start() throws Exception {
    exchange = ExchangeCluster.start();
  }

  @AfterAll
  static void end() throws Exception {
    exchange.close();
  }

  /** A resource with a key, in which Port is 25; Offline. */
  private record Service(String name, String below) {
    static Service create() throws Exception {
      made++;
      var service = new Service("service-" + made, "Service" + made + "\\Parameters");
      service.set("25");
      exchange.create(service.name, "sleep 100000");
      return service;
    }

    Service checkpointed(String... flags) throws Exception {
      exchange.checkpoint(name, below, flags);
      return this;
    }

    Service online() throws Exception {
      exchange.online(name);
      return this;
    }

    void set(String port) throws Exception {
      exchange.set(below, "Port", port);
    }

    String port() throws Exception {
      return exchange.value(below, "Port");
    }

    List<String> causes() throws Exception {
      return exchange.history(name).stream().map(each -> each.path("cause").asString("")).toList();
    }

    long current() throws Exception {
      return exchange.checkpoint(name).path("generation").asLong(0);
    }

    void awaitGeneration(long number) {
      Patience.until(name + " has generation " + number, () -> current() == number);
    }

    /** What differs between a generation and what is live, or another. */
    List<JsonNode> diff(String... generations) throws Exception {
      List<String> words = new ArrayList<>(List.of("checkpoint", "diff", name, "1"));
      words.addAll(List.of(generations));
      return List.copyOf(
          exchange.cluster().item(words.toArray(String[]::new)).path("differences").values());
    }
  }

  // ---- the ability ---------------------------------------------------------------------------

  @Test
  void designatedKeysAreAssociatedWithAGenericApplication() throws Exception {
    Service service = Service.create().checkpointed();

    assertThat(exchange.resource(service.name()).path("type").asString(""))
        .isEqualTo("Generic Application");
    JsonNode checkpoint = exchange.checkpoint(service.name());
    assertThat(checkpoint.path("id").asInt(0)).isEqualTo(1);
    assertThat(checkpoint.path("source").asString("")).isEqualTo("registry");
    assertThat(checkpoint.path("path").asString(""))
        .isEqualTo(ExchangeCluster.SERVICES + service.below());
  }

  @Test
  void theKeysAreBelowHklm_andNothingElseIsTaken() throws Exception {
    Service service = Service.create();
    for (String other : List.of("registry:\\Software\\X", "registry:", "Software\\X")) {
      Ran refused = exchange.cluster().cli("checkpoint", "add", service.name(), other);
      assertThat(refused.exitCode()).as(refused.toString()).isEqualTo(INVALID);
      assertThat(refused.errLines()).hasSize(1);
    }
    assertThat(exchange.cluster().items("checkpoint", "list", service.name())).isEmpty();
  }

  @Test
  void aProgramThatUpdatesItsKeyWhileItRuns_andKnowsNothingOfClusters_isSaved() throws Exception {
    exchange.set("MSExchangeIMC\\Parameters", "Greeting", "hello");
    exchange.create(MAIL, exchange.commandLine("internet-mail --count-starts"));
    exchange.checkpoint(MAIL, "MSExchangeIMC\\Parameters");
    exchange.online(MAIL);
    Patience.until(
        "its own change is saved",
        () -> exchange.checkpoint(MAIL).path("generation").asLong(0) == 2);
    exchange.offline(MAIL);
    exchange.online(MAIL);
    Patience.until(
        "it counts on from what was saved",
        () -> exchange.value("MSExchangeIMC\\Parameters", "Starts").equals("2"));
  }

  // ---- the four triggers ---------------------------------------------------------------------

  @Test
  void whenYouSpecifyANewRegistryKey_itIsCheckpointed() throws Exception {
    Service service = Service.create().checkpointed();

    assertThat(service.causes()).containsExactly("Added");
    assertThat(service.diff()).as("from what was saved to what is live").isEmpty();
  }

  @Test
  void whenTheResourceGoesOnline_theKeyIsUpdatedWithTheCheckpointedInformation() throws Exception {
    Service service = Service.create().checkpointed();
    exchange.cluster().does("registry", "delete", ExchangeCluster.key(service.below()), "-r");
    service.online();

    assertThat(service.port()).isEqualTo("25");
    assertThat(exchange.resource(service.name()).path("unrestored").asBoolean(true)).isFalse();
  }

  @Test
  void whenTheResourceIsBroughtOffline_allItsCheckpointsAreSaved() throws Exception {
    Service service = Service.create();
    exchange.set("Second" + service.below(), "Port", "25");
    // So long that no change is saved for being a change.
    service.checkpointed("--quiet", "1h", "--max-delay", "1h");
    exchange.checkpoint(
        service.name(), "Second" + service.below(), "--quiet", "1h", "--max-delay", "1h");
    service.online();
    service.set("26");
    exchange.set("Second" + service.below(), "Port", "26");
    exchange.offline(service.name());

    for (String id : List.of("1", "2")) {
      List<JsonNode> history =
          exchange.cluster().items("checkpoint", "history", service.name(), id);
      assertThat(history).hasSize(2);
      assertThat(history.getLast().path("cause").asString("")).isEqualTo("Offline");
    }
  }

  @Test
  void whenItIsOnline_andTheKeyIsChanged_theUpdateIsWrittenToTheCheckpoint() throws Exception {
    Service service = Service.create().checkpointed().online();
    service.set("26");
    service.awaitGeneration(2);

    assertThat(service.causes()).containsExactly("Added", "Changed");
    assertThat(service.diff("1", "2"))
        .singleElement()
        .satisfies(
            difference -> {
              assertThat(difference.path("from").asString("")).contains("25");
              assertThat(difference.path("to").asString("")).contains("26");
            });
  }

  // ---- changes by hand -----------------------------------------------------------------------

  @Test
  void aChangeByHandWhileItIsOffline_isLost_butIsToldAndKept() throws Exception {
    Service service = Service.create().checkpointed().online();
    exchange.offline(service.name());
    service.set("2525");
    service.online();

    assertThat(service.port()).as("lost, as the article says").isEqualTo("25");
    List<JsonNode> told =
        exchange.cluster().items("events", "--id", "" + DRIFT, "--resource", service.name());
    assertThat(told).hasSize(1);
    assertThat(told.getFirst().path("message").asString("")).contains("Port", "25", "2525");
    assertThat(service.causes()).containsExactly("Added", "Drift");
    assertThat(service.current()).isEqualTo(1);

    // What was lost can be had back.
    exchange.cluster().does("checkpoint", "rollback", service.name(), "1", "--to", "2");
    exchange.cluster().does("resource", "restart", service.name());
    assertThat(service.port()).isEqualTo("2525");
  }

  @Test
  void aChangeByHandWhileItIsOnline_isNotLost() throws Exception {
    Service service = Service.create().checkpointed().online();
    service.set("2525");
    exchange.offline(service.name());
    service.online();

    assertThat(service.port()).isEqualTo("2525");
    assertThat(exchange.cluster().items("events", "--id", "" + DRIFT, "--resource", service.name()))
        .isEmpty();
  }

  // ---- what is not for checkpoints -----------------------------------------------------------

  @Test
  void keysUnderHklmCluster_areForTheClusterItself() throws Exception {
    Service service = Service.create();
    for (String path : List.of("Cluster", "cluster\\Resources")) {
      Ran refused = exchange.cluster().cli("checkpoint", "add", service.name(), "registry:" + path);
      assertThat(refused.exitCode()).as(refused.toString()).isEqualTo(INVALID);
      assertThat(refused.err()).contains("the same on every node");
    }
  }
}
