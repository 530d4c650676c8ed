package dev.holdfast.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.parallel.Isolated;
import tools.jackson.databind.JsonNode;

/**
 * Processes that do not die and do not answer: stopped by SIGSTOP, paused, starved of processor
 * time. What is stopped for good is replaced; what only pauses is blamed for nothing.
 *
 * <p>{@code -Dholdfast.load.seconds=600} holds the load for ten minutes.
 */
@Isolated(
    "It measures silences, and has half a second for a pause; under load it takes every core.")
@Tag("system")
class PauseIT {
  private static final String APPLICATION = "app";
  private static final int LOAD = 8;
  private static final Duration LOADED =
      Duration.ofSeconds(Long.getLong("holdfast.load.seconds", 60));

  /** A second is what a garbage collection or a live migration may take. */
  private static final Duration SHORT_PAUSE = Duration.ofSeconds(1);

  private static final Duration REPLACED_WITHIN = Duration.ofSeconds(2);
  private static final Pattern SILENCE =
      Pattern.compile("stopped \\(state T\\) and no heartbeat for (\\d+) ms");

  private static Cluster cluster;

  @BeforeAll
  static void start() throws Exception {
    cluster = Cluster.empty();
    cluster.start("serve");
    cluster.does("group", "create", "apps");
    cluster.createTestifying(APPLICATION);
    cluster.does("group", "online", "apps");
  }

  @AfterAll
  static void end() throws IOException {
    cluster.close();
  }

  @BeforeEach
  void isSupervised() {
    cluster.awaitSupervised();
  }

  private static LifeJournal journal() {
    return LifeJournal.in(cluster.folder(), APPLICATION);
  }

  @Test
  void aStoppedMonitor_isFoundByItsHeartbeat_andReplaced(TestReporter reporter) throws Exception {
    int incidents = cluster.incidents().size();
    long monitor = cluster.monitor("shared-0").required("pid").asLong();
    List<LifeJournal.Entry> lives = journal().starts();
    long stopped = System.nanoTime();
    Processes.signal(monitor, "STOP");

    Patience.until(
        "another monitor supervises",
        () ->
            cluster.monitor("shared-0").required("pid").asLong(monitor) != monitor
                && cluster.resource(APPLICATION).required("unsupervisedSince").isNull()
                && cluster.resource(APPLICATION).required("monitorPid").isNumber());

    long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - stopped);
    Patience.until("it is one incident", () -> cluster.incidents().size() == incidents + 1);
    JsonNode exit = cluster.incidents().getLast().required("exit");
    Matcher silence = SILENCE.matcher(exit.required("reason").asString());
    assertThat(silence.find()).as(exit.toString()).isTrue();
    assertThat(Duration.ofMillis(Long.parseLong(silence.group(1)))).isLessThan(REPLACED_WITHIN);
    assertThat(journal().starts()).isEqualTo(lives);
    journal().assertOneLifeAtATime();
    reporter.publishEntry(
        Map.of("silence ms", silence.group(1), "stopped to supervised ms", Long.toString(millis)));
  }

  @Test
  void aMonitorThatPausesForASecond_isBlamedForNothing() throws Exception {
    int incidents = cluster.incidents().size();
    long monitor = cluster.monitor("shared-0").required("pid").asLong();

    Processes.signal(monitor, "STOP");
    Thread.sleep(SHORT_PAUSE);
    Processes.signal(monitor, "CONT");

    Audited.of(cluster).assertHolds();
    assertThat(cluster.monitor("shared-0").required("pid").asLong()).isEqualTo(monitor);
    assertThat(cluster.incidents()).hasSize(incidents);
  }

  @Test
  void aServiceThatWasStopped_blamesNobodyForItsOwnAbsence() throws Exception {
    int incidents = cluster.incidents().size();
    long monitor = cluster.monitor("shared-0").required("pid").asLong();
    List<LifeJournal.Entry> lives = journal().starts();

    Processes.signal(cluster.service().pid(), "STOP");
    Patience.until("it is stopped", () -> Processes.isStopped(cluster.service().pid()));
    // Longer than any monitor may be silent.
    Thread.sleep(Duration.ofSeconds(5));
    Processes.signal(cluster.service().pid(), "CONT");

    Audited.of(cluster).assertHolds();
    assertThat(cluster.monitor("shared-0").required("pid").asLong()).isEqualTo(monitor);
    assertThat(cluster.incidents()).hasSize(incidents);
    assertThat(journal().starts()).isEqualTo(lives);
  }

  @Test
  @Tag("long")
  void underLoad_nobodyIsBlamed() throws Exception {
    int incidents = cluster.incidents().size();
    long monitor = cluster.monitor("shared-0").required("pid").asLong();
    List<LifeJournal.Entry> lives = journal().starts();
    var busy = new ArrayList<Process>();
    try {
      for (int i = 0; i < LOAD; i++) {
        busy.add(new ProcessBuilder("sh", "-c", "while :; do :; done").start());
      }
      Thread.sleep(LOADED);
    } finally {
      busy.forEach(Process::destroyForcibly);
    }

    Audited.of(cluster).assertHolds();
    assertThat(cluster.monitor("shared-0").required("pid").asLong()).isEqualTo(monitor);
    assertThat(cluster.incidents()).hasSize(incidents);
    assertThat(journal().starts()).isEqualTo(lives);
  }
}
