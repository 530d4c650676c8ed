package dev.holdfast.system;

import static dev.holdfast.system.ExchangeCluster.EVENT;
import static dev.holdfast.system.ExchangeCluster.MAIL;
import static dev.holdfast.system.ExchangeCluster.STORE;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import tools.jackson.databind.JsonNode;

/**
 * Q192493, sentence by sentence: a setup that forgets one of three keys, and a message that blames
 * open handles. One story, told in order.
 */
@Tag("system")
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class Q192493IT {
  private static final String FORGOTTEN = "MSExchangeES";

  private static ExchangeCluster exchange;

  @BeforeAll
  static void setupFailsToAddPermissionsToOneKeyOfThree() throws Exception {
    exchange = ExchangeCluster.start();
    for (String below : List.of("MSExchangeIS", "MSExchangeIMC", FORGOTTEN)) {
      exchange.set(below + "\\Parameters", "Version", "5.5");
    }
    exchange.create(STORE, "sleep 100000");
    exchange.create(MAIL, exchange.commandLine("internet-mail"));
    exchange.create(EVENT, exchange.commandLine("event-service"));
    revoke(FORGOTTEN, "write");
  }

  @AfterAll
  static void end() throws Exception {
    exchange.close();
  }

  private static void revoke(String below, String rights) throws Exception {
    exchange
        .cluster()
        .does("registry", "acl", "revoke", ExchangeCluster.key(below), "cluster-service", rights);
  }

  private static JsonNode lastEvent() throws Exception {
    return exchange.notRestored(EVENT).getLast();
  }

  @Test
  @Order(1)
  void allOtherServicesHaveTheAccountInTheirPermissions_andTheCheckpointThatDoesNotIsTold()
      throws Exception {
    assertThat(exchange.checkpoint(STORE, "MSExchangeIS").err()).doesNotContain("Q192493");
    assertThat(exchange.checkpoint(MAIL, "MSExchangeIMC").err()).doesNotContain("Q192493");
    assertThat(exchange.checkpoint(EVENT, FORGOTTEN).err())
        .contains(
            "does not grant the cluster service what a restore takes",
            "as its siblings do (MSExchangeIMC, MSExchangeIS)",
            "AccessDenied (Q192493)",
            "acl grant",
            "--grant");
  }

  @Test
  @Order(2)
  void theServiceAccountNeedsAccess_withoutItErrorsAreReported_toTheLetter() throws Exception {
    exchange.cluster().does("group", "online", "exchange");

    JsonNode event = lastEvent();
    assertThat(event.path("source").asString("")).isEqualTo("ClusSvc");
    assertThat(event.path("type").asString("")).isEqualTo("Error");
    assertThat(event.path("category").asString("")).isEqualTo("(64)");
    assertThat(event.path("message").asString(""))
        .isEqualTo(ExchangeCluster.description(EVENT, FORGOTTEN));
    String seq = event.path("seq").asString("");
    List<String> printed =
        exchange.cluster().does("events", "show", seq, "--format", "kb").out().lines().toList();
    assertThat(
            printed.subList(printed.indexOf("  Event: 1024"), printed.size()).stream()
                .map(String::strip)
                .collect(Collectors.joining(" ")))
        .isEqualTo(
            "Event: 1024 Source: ClusSvc Type: Error Category: (64) Description: "
                + ExchangeCluster.description(EVENT, FORGOTTEN));
  }

  @Test
  @Order(3)
  void theCauseIsThePermissions_whateverTheMessageSays_andNobodyIsNamedAsHolder() throws Exception {
    JsonNode event = lastEvent();

    assertThat(event.path("cause").asString(""))
        .startsWith("AccessDenied")
        .contains("MSExchangeES", "cluster-service asked for", "no entry grants KEY_SET_VALUE")
        .doesNotContainIgnoringCase("handle");
    assertThat(event.path("holders").values()).isEmpty();
  }

  @Test
  @Order(4)
  void onlyTheForgottenKeysServiceRunsUnrestored() throws Exception {
    assertThat(exchange.resource(EVENT).path("unrestored").asBoolean(false)).isTrue();
    for (String other : List.of(MAIL, STORE)) {
      assertThat(exchange.resource(other).path("unrestored").asBoolean(true)).isFalse();
      assertThat(exchange.notRestored(other)).isEmpty();
    }
  }

  @Test
  @Order(5)
  void onceTheAccountIsGrantedAccess_theKeyIsRestored() throws Exception {
    int before = exchange.notRestored(EVENT).size();
    exchange
        .cluster()
        .does(
            "registry",
            "acl",
            "grant",
            ExchangeCluster.key(FORGOTTEN),
            "cluster-service",
            "KEY_ALL_ACCESS");
    exchange.cluster().does("resource", "restart", EVENT);

    assertThat(exchange.notRestored(EVENT)).hasSize(before);
    assertThat(exchange.resource(EVENT).path("unrestored").asBoolean(true)).isFalse();
  }

  @Test
  @Order(6)
  void aSetupThatAddsTheCheckpointWithGrant_forgetsNothing() throws Exception {
    exchange.cluster().does("checkpoint", "remove", EVENT, "1");
    revoke(FORGOTTEN, "all");
    assertThat(exchange.checkpoint(EVENT, FORGOTTEN, "--grant").err()).doesNotContain("Q192493");
    int before = exchange.notRestored(EVENT).size();
    exchange.cluster().does("resource", "restart", EVENT);

    assertThat(exchange.notRestored(EVENT)).hasSize(before);
  }
}
