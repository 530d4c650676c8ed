package dev.holdfast.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Service, monitor and application killed right after each other, in each order, and two of them as
 * close together as it goes. What counts is the word of the applications' own journals.
 */
@Tag("system")
class DeathOrdersIT {
  private static final String KILLED = "killed";
  private static final String BYSTANDER = "bystander";

  enum Victim {
    SERVICE,
    MONITOR,
    APPLICATION
  }

  private static Cluster cluster;

  @BeforeAll
  static void start() throws Exception {
    cluster = Cluster.empty();
    cluster.start("serve");
    cluster.does("group", "create", "apps");
    cluster.createTestifying(KILLED);
    cluster.createTestifying(BYSTANDER);
    cluster.does("group", "online", "apps");
  }

  @AfterAll
  static void end() throws Exception {
    cluster.close();
  }

  private static Stream<List<Victim>> orders() {
    return Stream.of(
        List.of(Victim.SERVICE, Victim.MONITOR, Victim.APPLICATION),
        List.of(Victim.SERVICE, Victim.APPLICATION, Victim.MONITOR),
        List.of(Victim.MONITOR, Victim.SERVICE, Victim.APPLICATION),
        List.of(Victim.MONITOR, Victim.APPLICATION, Victim.SERVICE),
        List.of(Victim.APPLICATION, Victim.SERVICE, Victim.MONITOR),
        List.of(Victim.APPLICATION, Victim.MONITOR, Victim.SERVICE),
        List.of(Victim.SERVICE, Victim.MONITOR),
        List.of(Victim.SERVICE, Victim.APPLICATION),
        List.of(Victim.MONITOR, Victim.APPLICATION));
  }

  @ParameterizedTest
  @MethodSource("orders")
  void whoeverDies_inWhateverOrder_theKilledIsStartedOnce_andNobodyElse(List<Victim> victims)
      throws Exception {
    int lives = journal(KILLED).starts().size();
    long monitor = pidOf(Victim.MONITOR);
    List<Long> doomed = new ArrayList<>();
    for (Victim victim : victims) {
      doomed.add(pidOf(victim));
    }

    // A monitor whose service died may have left by itself.
    doomed.forEach(pid -> ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly));

    if (victims.contains(Victim.SERVICE)) {
      assertThat(cluster.awaitEnd()).as("the service was killed").isEqualTo(128 + 9);
      cluster.start("serve");
    }
    int expected = lives + (victims.contains(Victim.APPLICATION) ? 1 : 0);
    Patience.until(
        KILLED + " has had its lives", () -> journal(KILLED).starts().size() >= expected);
    Patience.until(
        KILLED + " is supervised by another monitor",
        () ->
            cluster.resource(KILLED).required("monitorPid").isNumber()
                && cluster.number(KILLED, "monitorPid") != monitor);
    for (String name : List.of(KILLED, BYSTANDER)) {
      cluster.awaitState(name, "Online");
      journal(name).assertOneLifeAtATime();
      assertThat(cluster.number(name, "pid")).isEqualTo(journal(name).starts().getLast().pid());
    }
    Audited.of(cluster).assertHolds();

    assertThat(journal(KILLED).starts()).hasSize(expected);
    assertThat(journal(BYSTANDER).starts()).hasSize(1);
  }

  private static long pidOf(Victim victim) throws IOException {
    return switch (victim) {
      case SERVICE -> cluster.service().pid();
      case MONITOR -> cluster.number(KILLED, "monitorPid");
      case APPLICATION -> cluster.number(KILLED, "pid");
    };
  }

  private static LifeJournal journal(String name) {
    return LifeJournal.in(cluster.folder(), name);
  }
}
