package dev.holdfast.system;

import static dev.holdfast.system.ExchangeCluster.STORE;
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

/**
 * Q288562, as far as it goes without {@code resource patch}: what a tool repairs while the store is
 * offline is undone by the restore, told, and counts when somebody says so. One story, in order.
 */
@Tag("system")
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class IsintegIT {
  private static final String KEY = "MSExchangeIS\\ParametersPrivate";
  private static final String IDENTITY = "Store Identity";
  private static final String DEMAND = "Run isinteg -patch.";

  private static ExchangeCluster exchange;
  private static Path store;

  @BeforeAll
  static void theStoreRuns_andItsKeyFollowsIt() throws Exception {
    exchange = ExchangeCluster.start();
    store = exchange.cluster().folder().resolve("priv.edb");
    exchange.create(STORE, exchange.commandLine("information-store '" + store + "'"));
    exchange.cluster().does("resource", "set", STORE, "RestartAction=0");
    exchange.online(STORE);
    awaitLog("information store runs as", 1);
    exchange.checkpoint(STORE, KEY);
  }

  @AfterAll
  static void end() throws Exception {
    exchange.close();
  }

  private static void awaitLog(String said, int times) {
    Patience.named("the store says \"%s\" %d times".formatted(said, times))
        .untilAsserted(
            () ->
                assertThat(exchange.cluster().does("resource", "logs", STORE).out().lines())
                    .filteredOn(line -> line.contains(said))
                    .hasSize(times));
  }

  private static void awaitFailed() {
    Patience.until(
        "the store has failed",
        () -> exchange.resource(STORE).path("state").asString("").equals("Failed"));
  }

  /** The end of an online of a store that does not start is no matter here. */
  private static void tryOnline() throws Exception {
    exchange.cluster().cli("resource", "online", STORE);
    awaitFailed();
  }

  private static void isinteg() throws Exception {
    assertThat(exchange.start("isinteg", store.toString()).waitFor()).isZero();
  }

  @Test
  @Order(1)
  void afterYouRestoreABackup_youReceiveAMessageThatYouNeedToRunIsinteg() throws Exception {
    exchange.offline(STORE);
    Files.writeString(store, "of the backup\n");
    tryOnline();

    awaitLog(DEMAND, 1);
  }

  @Test
  @Order(2)
  void theKeyIsNotUpdatedCorrectly_whenYouRunIsintegBesideTheCluster_butThatIsTold()
      throws Exception {
    String before = exchange.value(KEY, IDENTITY);
    isinteg();
    String patched = exchange.value(KEY, IDENTITY);
    assertThat(patched).isNotEqualTo(before);
    tryOnline();

    awaitLog(DEMAND, 2);
    assertThat(exchange.value(KEY, IDENTITY)).isEqualTo(before);
    assertThat(exchange.cluster().items("events", "--id", "2033", "--resource", STORE))
        .singleElement()
        .satisfies(
            edit ->
                assertThat(edit.path("message").asString("")).contains(before, patched, "kept"));
    assertThat(exchange.history(STORE))
        .extracting(each -> each.path("cause").asString(""))
        .isEqualTo(List.of("Added", "Drift"));
  }

  @Test
  @Order(3)
  void whatIsintegDid_countsWhenItIsSaved() throws Exception {
    isinteg();
    String patched = exchange.value(KEY, IDENTITY);
    exchange.cluster().does("checkpoint", "save", STORE);
    exchange.online(STORE);

    awaitLog("information store runs as " + patched, 1);
    assertThat(exchange.value(KEY, IDENTITY)).isEqualTo(patched);
  }
}
