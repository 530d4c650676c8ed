package dev.holdfast.system;

import static dev.holdfast.system.ExchangeCluster.MAIL;
import static dev.holdfast.system.ExchangeCluster.RESOLVED;
import static dev.holdfast.system.ExchangeCluster.STORE;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import tools.jackson.databind.JsonNode;

/**
 * Q316772, sentence by sentence: a process keeps keys open that another had it open, and is in the
 * way of a restore. One story, told in order.
 */
@Tag("system")
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class Q316772IT {
  private static final String DIAGNOSTICS = "MSExchangeIMC\\Diagnostics";
  private static final String PARAMETERS = "MSExchangeIMC\\Parameters";
  private static final String STORE_SYSTEM = "MSExchangeIS\\ParametersSystem";

  private static ExchangeCluster exchange;
  private static Process winlogon;

  @BeforeAll
  static void twoServicesRun_andTheirKeysFollowThem() throws Exception {
    exchange = ExchangeCluster.start();
    exchange.set(PARAMETERS, "Greeting", "saved");
    exchange.set(DIAGNOSTICS, "Level", "1");
    exchange.set(STORE_SYSTEM, "Circular", "saved");
    exchange.create(MAIL, exchange.commandLine("internet-mail"));
    exchange.create(STORE, "sleep 100000");
    exchange.checkpoint(MAIL, "MSExchangeIMC");
    exchange.checkpoint(STORE, STORE_SYSTEM);
    exchange.online(MAIL);
    exchange.online(STORE);
    winlogon = exchange.startWinlogon();
  }

  @AfterAll
  static void end() throws Exception {
    exchange.close();
  }

  private static List<JsonNode> handles(String below) throws Exception {
    return exchange.cluster().items("registry", "handles", ExchangeCluster.key(below));
  }

  @Test
  @Order(1)
  void evenAfterYouQuitTheAdministratorProgram_winlogonKeepsTheseKeysLocked() throws Exception {
    exchange.administer(RESOLVED + DIAGNOSTICS);

    assertThat(winlogon.isAlive()).isTrue();
    assertThat(handles("MSExchangeIMC"))
        .singleElement()
        .satisfies(
            handle -> {
              assertThat(handle.path("process").asString("")).isEqualTo("winlogon");
              assertThat(handle.path("pid").asLong(0)).isEqualTo(winlogon.pid());
            });
  }

  @Test
  @Order(2)
  void whenYouTakeItOffline_andBringItOnlineAgain_theCheckpointCannotBeWritten() throws Exception {
    exchange.offline(MAIL);
    exchange.set(PARAMETERS, "Greeting", "stale");
    exchange.online(MAIL);

    assertThat(exchange.value(PARAMETERS, "Greeting")).isEqualTo("stale");
    assertThat(exchange.notRestored(MAIL)).hasSize(1);
    assertThat(exchange.cluster().items("events", "--id", "2033", "--resource", MAIL))
        .as("that the edit was overwritten is not claimed before it was")
        .singleElement()
        .satisfies(
            edit ->
                assertThat(edit.path("message").asString(""))
                    .contains("kept as generation 2", "to be overwritten"));
  }

  @Test
  @Order(3)
  void anErrorMessageIsLogged_toTheLetter() throws Exception {
    JsonNode event = exchange.notRestored(MAIL).getFirst();

    assertThat(event.path("id").asInt(0)).isEqualTo(1024);
    assertThat(event.path("source").asString("")).isEqualTo("ClusSvc");
    assertThat(event.path("type").asString("")).isEqualTo("Error");
    assertThat(event.path("category").asString("")).isEqualTo("(64)");
    assertThat(event.path("message").asString(""))
        .isEqualTo(ExchangeCluster.description(MAIL, "MSExchangeIMC"));
  }

  @Test
  @Order(4)
  void theMessageIsPrintedAsTheArticlesPrintIt() throws Exception {
    String seq = exchange.notRestored(MAIL).getFirst().path("seq").asString("");
    Ran shown = exchange.cluster().does("events", "show", seq, "--format", "kb");

    List<String> description =
        List.of(
            "  Source: ClusSvc",
            "  Type: Error",
            "  Category: (64)",
            "  Description: The registry checkpoint for cluster resource Microsoft Exchange",
            "  Internet Mail Service could not be restored to registry key",
            "  HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Services\\MSExchangeIMC. The",
            "  resource may not function correctly. Make sure that no other processes have",
            "  open handles to registry keys in this registry subtree.");
    assertThat(shown.out().lines())
        .startsWith("  Event ID: 1024")
        .containsSubsequence(description)
        .contains("  Event: 1024");
    assertThat(shown.out().lines().filter(description.get(3)::equals)).hasSize(2);
  }

  @Test
  @Order(5)
  void thisOccursBecauseTheKeyIsBeingUsed_andTheEventSaysByWhom_withBothPaths() throws Exception {
    JsonNode event = exchange.notRestored(MAIL).getFirst();

    assertThat(event.path("cause").asString("")).startsWith("HandleHeld");
    assertThat(event.path("holders").values())
        .singleElement()
        .satisfies(
            holder -> {
              assertThat(holder.path("process").asString("")).isEqualTo("winlogon");
              assertThat(holder.path("pid").asLong(0)).isEqualTo(winlogon.pid());
              assertThat(holder.path("key").asString(""))
                  .isEqualToIgnoringCase(RESOLVED + DIAGNOSTICS);
              assertThat(holder.path("resolvedKey").asString(""))
                  .isEqualToIgnoringCase(RESOLVED + DIAGNOSTICS);
              assertThat(holder.path("since").asString("")).endsWith("Z");
            });
    assertThat(exchange.checkpoint(MAIL).path("path").asString(""))
        .as("the checkpoint's path keeps what was typed, the holder's leads elsewhere")
        .isEqualTo("SYSTEM\\CurrentControlSet\\Services\\MSExchangeIMC");
  }

  @Test
  @Order(6)
  void theResourceMayNotFunctionCorrectly_butIsOnline_andSaysSo() throws Exception {
    JsonNode mail = exchange.resource(MAIL);

    assertThat(mail.path("state").asString("")).isEqualTo("Online");
    assertThat(mail.path("unrestored").asBoolean(false)).isTrue();
    assertThat(exchange.cluster().does("resource", "list").out().lines())
        .filteredOn(line -> line.contains("running on unrestored configuration"))
        .singleElement()
        .satisfies(line -> assertThat(line).startsWith(MAIL));
    Patience.until(
        "it says what it runs with",
        () ->
            exchange
                .cluster()
                .does("resource", "logs", MAIL)
                .out()
                .contains("runs with  Greeting=stale"));
  }

  @Test
  @Order(7)
  void aHandleToAnotherServicesKey_harmsThatServiceOnly() throws Exception {
    assertThat(exchange.notRestored(STORE)).isEmpty();
    assertThat(exchange.resource(STORE).path("unrestored").asBoolean(true)).isFalse();

    exchange.administer(ExchangeCluster.key(STORE_SYSTEM));
    exchange.offline(STORE);
    exchange.online(STORE);

    assertThat(exchange.notRestored(STORE))
        .singleElement()
        .satisfies(
            event -> {
              assertThat(event.path("message").asString(""))
                  .isEqualTo(ExchangeCluster.description(STORE, STORE_SYSTEM));
              assertThat(event.path("holders").values())
                  .singleElement()
                  .satisfies(
                      holder -> {
                        assertThat(holder.path("key").asString(""))
                            .isEqualToIgnoringCase(ExchangeCluster.key(STORE_SYSTEM));
                        assertThat(holder.path("resolvedKey").asString(""))
                            .isEqualToIgnoringCase(RESOLVED + STORE_SYSTEM);
                      });
            });
    assertThat(exchange.notRestored(MAIL)).hasSize(1);
  }

  @Test
  @Order(8)
  void onceTheHandleIsClosed_andTheServiceIsRestarted_theCheckpointIsWritten() throws Exception {
    String handle = handles("MSExchangeIMC").getFirst().path("id").asString("");
    exchange.cluster().does("registry", "handles", "--close", handle);
    exchange.cluster().does("resource", "restart", MAIL);

    assertThat(winlogon.isAlive()).as("nobody had to end the holder").isTrue();
    assertThat(exchange.value(PARAMETERS, "Greeting")).isEqualTo("saved");
    assertThat(exchange.resource(MAIL).path("unrestored").asBoolean(true)).isFalse();
    assertThat(exchange.notRestored(MAIL)).hasSize(1);
    assertThat(exchange.resource(STORE).path("unrestored").asBoolean(false)).isTrue();
  }

  @Test
  @Order(9)
  void theEndOfTheHolder_whichTheRollupPackageWas_curesTheOther() throws Exception {
    winlogon.destroyForcibly().waitFor();
    Patience.until("its handles are gone", () -> handles("MSExchangeIS").isEmpty());
    exchange.cluster().does("resource", "restart", STORE);

    assertThat(exchange.resource(STORE).path("unrestored").asBoolean(true)).isFalse();
    assertThat(exchange.value(STORE_SYSTEM, "Circular")).isEqualTo("saved");
  }
}
