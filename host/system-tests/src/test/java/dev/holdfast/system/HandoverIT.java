package dev.holdfast.system;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.failpoint.FailPoints;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What may come between when two homes share a quorum directory: signals, and one another. */
@Tag("system")
class HandoverIT {
  private static final int CONFLICT = 7;

  private Cluster alpha;
  private Cluster beta;
  private Path quorum;

  @BeforeEach
  void make() throws Exception {
    alpha = Cluster.empty();
    beta = Cluster.empty();
    quorum = alpha.folder().resolve("quorum");
  }

  @AfterEach
  void end() throws Exception {
    beta.close();
    alpha.close();
  }

  private String[] flags(String node) {
    return new String[] {"--node", node, "--quorum", quorum.toString()};
  }

  private void startBoth() throws Exception {
    alpha.start("serve", flags("alpha"));
    beta.startWaiting(flags("beta"));
    alpha.does("group", "create", "apps");
  }

  private CompletableFuture<Ran> move() {
    return CompletableFuture.supplyAsync(
        () -> {
          try {
            return alpha.cli("group", "move", "apps", "--to", "beta");
          } catch (Exception e) {
            throw new AssertionError(e);
          }
        });
  }

  @Test
  @Tag("long")
  void aSigtermWhileEverythingGoesOffline_letsThatEndInOrder_andEndsTheNodeThen() throws Exception {
    startBoth();
    Path seen = alpha.folder().resolve("seen");
    alpha.does(
        "resource",
        "create",
        "slow",
        "-g",
        "apps",
        "-t",
        "Generic Application",
        "-p",
        "StopGrace=60s",
        "-p",
        "CommandLine=sh -c 'trap \"sleep 2; echo in order >%s; exit\" TERM; while :; do sleep 0.1; done'"
            .formatted(seen));
    alpha.does("resource", "online", "slow");
    CompletableFuture<Ran> moved = move();
    alpha.awaitState("slow", "OfflinePending");

    Processes.signal(alpha.service().pid(), "TERM");

    assertThat(alpha.awaitEnd()).isZero();
    assertThat(seen).hasContent("in order");
    beta.awaitLine("ready ");
    beta.awaitState("slow", "Online");
    moved.get();
  }

  /** The life that handed over is over, and the one that is to wait has not begun. */
  @Test
  @Tag("long")
  void aSigtermBetweenTwoLives_isForTheSecond() throws Exception {
    String opening = "service.open-api.before";
    alpha.with(FailPoints.VARIABLE, opening + ":2=delay:3000");
    startBoth();
    CompletableFuture<Ran> moved = move();
    Patience.until("the second life opens its doors", () -> alpha.errors().contains(opening));

    Processes.signal(alpha.service().pid(), "TERM");

    assertThat(alpha.awaitEnd()).isZero();
    beta.awaitLine("ready ");
    moved.get();
    assertThat(quorum.resolve("nodes").resolve("alpha.json")).doesNotExist();
  }

  @Test
  void ofTwoHomesOfOneNameThatStartAtOneMoment_oneIsRefused() throws Exception {
    List<Cluster> both = List.of(alpha, beta);
    List<CompletableFuture<Void>> started =
        both.stream().map(each -> CompletableFuture.runAsync(() -> startUntilKnown(each))).toList();
    started.forEach(CompletableFuture::join);

    List<Cluster> refused = both.stream().filter(each -> !each.service().isAlive()).toList();

    assertThat(refused).hasSize(1);
    assertThat(refused.getFirst().awaitEnd()).isEqualTo(CONFLICT);
    Cluster other =
        both.stream().filter(each -> each.service().isAlive()).findFirst().orElseThrow();
    assertThat(refused.getFirst().errors()).contains("has a node alpha already", "--node");
    assertThat(other.items("node", "list")).hasSize(1);
  }

  /** It may wait for a moment for the other, which has the quorum directory and not the name. */
  private void startUntilKnown(Cluster cluster) {
    try {
      var _ = cluster.startOrEnd("serve", flags("alpha"));
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }
}
