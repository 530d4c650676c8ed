package dev.holdfast.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.TestReporter;

/**
 * {@code holdfast audit} of a cluster that is well, whatever is done to it: no rule is broken, and
 * the applications' own journals say the same. One story, told in order.
 */
@Tag("system")
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class AuditIT {
  private static final int DEATHS = 10;

  /** Three seconds each; {@code -Dholdfast.audit.runs=60} for a longer look. */
  private static final int RUNS = Integer.getInteger("holdfast.audit.runs", 10);

  private static final List<String> APPLICATIONS = List.of("one", "two", "three");

  private static Cluster cluster;

  @BeforeAll
  static void start() throws Exception {
    cluster = Cluster.empty();
    cluster.start("serve");
    cluster.does("group", "create", "apps");
    cluster.createTestifying("one");
    cluster.createTestifying("two", "--depends", "one");
    cluster.createTestifying("three", "--separate-monitor");
    cluster.does("group", "online", "apps");
  }

  @AfterAll
  static void end() throws Exception {
    cluster.close();
  }

  private static LifeJournal journal(String name) {
    return LifeJournal.in(cluster.folder(), name);
  }

  private static void assertWell() throws Exception {
    Audited.of(cluster).assertHolds();
    for (String name : APPLICATIONS) {
      journal(name).assertOneLifeAtATime();
      assertThat(journal(name).starts().getLast().pid()).isEqualTo(cluster.number(name, "pid"));
    }
  }

  @Test
  @Order(1)
  void whatNobodyTouched_holds() throws Exception {
    assertWell();
    assertThat(journal("one").starts()).hasSize(1);

    Ran table = cluster.does("audit");
    assertThat(table.out()).contains("all 12 rules hold");
    assertThat(table.err()).isEmpty();
    Audited.of(cluster, "--for", "1s").assertHolds();
  }

  @Test
  @Order(2)
  void afterTenDeathsOfAMonitor_everyRuleHolds_andNoApplicationWasTouched() throws Exception {
    for (int i = 0; i < DEATHS; i++) {
      long monitor = cluster.number("one", "monitorPid");
      Processes.signal(monitor, "KILL");
      Patience.until(
          "another monitor holds it",
          () ->
              cluster.resource("one").required("monitorPid").isNumber()
                  && cluster.number("one", "monitorPid") != monitor);
    }
    cluster.awaitSupervised();

    assertWell();
    assertThat(journal("one").starts()).hasSize(1);
  }

  @Test
  @Order(3)
  void afterTheServicesDeath_everyRuleHolds_andNoApplicationWasTouched() throws Exception {
    cluster.end("KILL");
    cluster.start("serve");
    cluster.awaitSupervised();

    assertWell();
    assertThat(journal("one").starts()).hasSize(1);
  }

  /** A cluster that is never still: what an audit sees is never of one moment. */
  @Tag("long")
  @Test
  @Order(4)
  void underALoadOfRestarts_noAlarmIsFalse(TestReporter reporter) throws Exception {
    var enough = new AtomicBoolean();
    var kills = new AtomicInteger();
    List<Integer> looks = new ArrayList<>();
    var killer =
        CompletableFuture.runAsync(
            () -> {
              while (!enough.get()) {
                for (String name : APPLICATIONS) {
                  killOnce(name, enough);
                  kills.incrementAndGet();
                }
              }
            },
            // The common pool has one thread on two processors, and others wait for it.
            Thread.ofPlatform()::start);
    try {
      for (int run = 0; run < RUNS; run++) {
        Audited audited = Audited.of(cluster).assertHolds();
        looks.add(audited.report().required("looks").asInt());
        if (run % 10 == 9) {
          Processes.signal(cluster.number("three", "monitorPid"), "KILL");
          cluster.awaitSupervised();
        }
      }
    } finally {
      enough.set(true);
      killer.join();
    }
    APPLICATIONS.forEach(name -> cluster.awaitState(name, "Online"));

    assertWell();
    assertThat(kills.get()).isGreaterThan(RUNS);
    reporter.publishEntry(Map.of("looks", looks.toString(), "kills", kills.toString()));
  }

  /** Kills an application, if it lives just now, and waits until its next life has begun. */
  private static void killOnce(String name, AtomicBoolean enough) {
    int lives = journal(name).starts().size();
    journal(name)
        .living()
        .flatMap(life -> ProcessHandle.of(life.pid()))
        .ifPresent(ProcessHandle::destroyForcibly);
    Patience.until(
        name + " lives again", () -> enough.get() || journal(name).starts().size() > lives);
  }
}
