package dev.holdfast.system;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.failpoint.FailPoints;
import dev.holdfast.failpoint.HitsFile;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * A monitor dies, its replacement dies while it connects, the next one in the next step of its
 * recovery, ten times in a row: the application does not notice, and it is eleven incidents.
 */
@Tag("system")
class RecoveryDeathsIT {
  /**
   * A recovery's own chain, in which nothing begins before the one before it is done; so each of
   * them is the death of another monitor.
   */
  private static final List<String> STEPS =
      List.of(
          "monitor.sends.hello.before",
          "monitor.receives.welcome.before",
          "monitor.receives.load-plugin.before",
          "call.load.before",
          "call.load.after",
          "monitor.receives.open-resource.before",
          "call.open.before",
          "call.open.after",
          "call.find.before",
          "call.find.after");

  private static final String APPLICATION = "app";

  @Tag("long")
  @Test
  void tenDeathsInARow_eachInTheNextStepOfTheRecovery_costNobodyAnything() throws Exception {
    try (Cluster cluster = Cluster.empty()) {
      Path file = cluster.folder().resolve("hits");
      HitsFile hits = HitsFile.create(file);
      cluster.with(FailPoints.HITS_VARIABLE, file.toString());
      cluster.with(
          FailPoints.VARIABLE,
          STEPS.stream().map(step -> step + "=halt").collect(Collectors.joining(",")));
      cluster.start("serve");
      cluster.does("group", "create", "apps");
      cluster.createTestifying(APPLICATION);
      cluster.does("group", "online", "apps");
      LifeJournal journal = LifeJournal.in(cluster.folder(), APPLICATION);
      Patience.until("it lives", () -> journal.living().isPresent());
      List<LifeJournal.Entry> lives = journal.starts();

      hits.counting(true);
      Processes.signal(cluster.monitor("shared-0").required("pid").asLong(), "KILL");
      for (String step : STEPS) {
        Patience.until(
            "a monitor has died at " + step,
            () -> Objects.requireNonNull(hits.hits().get(step)) > 0);
      }

      Patience.until(
          "each death is an incident", () -> cluster.incidents().size() == STEPS.size() + 1);
      cluster.awaitSupervised();
      assertThat(journal.starts()).isEqualTo(lives);
      journal.assertOneLifeAtATime();
      cluster.awaitState(APPLICATION, "Online");
      assertThat(cluster.number(APPLICATION, "failures")).isZero();
      Audited.of(cluster).assertHolds();
    }
  }
}
