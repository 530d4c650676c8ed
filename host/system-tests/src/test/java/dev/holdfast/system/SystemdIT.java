package dev.holdfast.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;
import tools.jackson.databind.JsonNode;

/**
 * The cluster service as a unit of a systemd, installed as {@code host/docs/systemd.md} says: its
 * restart, its death and its hanging interrupt no application, and its stop ends them in order.
 */
@Isolated("Other homes' audits would find the container's processes.")
@Tag("system")
class SystemdIT {
  private static final String UNIT = "holdfast";
  private static final String APPLICATION = "sleep 86400";
  private static final String DROP_IN = "/etc/systemd/system/holdfast.service.d/watchdog.conf";

  /** The unit's own is for a machine under load; here nobody else is. */
  private static final String SHORT_WATCHDOG = "[Service]\nWatchdogSec=4s\nTimeoutAbortSec=1s\n";

  /** A hundred changes a second. */
  private static final String CHANGE_UNTIL_IT_HANGS =
      """
      n=0
      while [ $n -lt 1000 ] && curl --silent --show-error --fail --max-time 2 --output /dev/null \\
          --unix-socket /run/holdfast-*/api.sock -X PATCH -H 'Content-Type: application/json' \\
          -d '{"properties":{"Description":["'$n'"]}}' http://localhost/v1/groups/apps/properties
      do
        n=$((n + 1))
      done
      test $n -gt 0 -a $n -lt 1000
      """;

  private static Container container;

  @BeforeAll
  static void install() throws Exception {
    Tools.need("curl");
    container = Container.boot();
    // The page's own commands, in a shell that stops at the first that fails.
    container.shell(String.join("\n", DocumentCommands.of("host/docs/systemd.md")));
    container.does("holdfast", "group", "create", "apps");
    container.does(
        "holdfast",
        "resource",
        "create",
        "sleeper",
        "-t",
        "Generic Application",
        "-g",
        "apps",
        "-p",
        "CommandLine=" + APPLICATION);
  }

  @AfterAll
  static void end() throws Exception {
    if (container != null) {
      container.close();
    }
  }

  @BeforeEach
  void run() throws Exception {
    container.does("systemctl", "start", UNIT);
    container.does("holdfast", "resource", "online", "sleeper");
  }

  private static JsonNode sleeper() throws IOException, InterruptedException {
    return Door.json(container.does("holdfast", "resource", "show", "sleeper", "-o", "json").out())
        .required("items")
        .required(0);
  }

  private static long mainPid() throws IOException, InterruptedException {
    return Long.parseLong(container.property(UNIT, "MainPID"));
  }

  private static List<Long> applications() throws IOException, InterruptedException {
    return container
        .run("pgrep", "--full", "^" + APPLICATION + "$")
        .out()
        .lines()
        .map(Long::valueOf)
        .toList();
  }

  /**
   * The same process, and no other beside it; held by a monitor, and never brought online again.
   */
  private static void assertAdopted(JsonNode before) throws Exception {
    JsonNode after = sleeper();
    assertThat(after.required("state").asString()).isEqualTo("Online");
    assertThat(after.required("pid")).isEqualTo(before.required("pid"));
    assertThat(after.required("adoptions").asInt())
        .isEqualTo(before.required("adoptions").asInt() + 1);
    assertThat(after.required("failures")).isEqualTo(before.required("failures"));
    assertThat(after.required("monitorPid").isNumber()).isTrue();
    assertThat(applications()).containsExactly(before.required("pid").asLong());
  }

  private static void awaitAnother(long main) {
    Patience.until(
        "systemd has started the service again",
        () ->
            mainPid() != main
                && mainPid() != 0
                && container.property(UNIT, "ActiveState").equals("active"));
  }

  @Test
  void systemdFindsNothingWrongWithTheUnit() throws Exception {
    Ran ran = container.does("systemd-analyze", "verify", "holdfast.service");

    assertThat(ran.out() + ran.err()).isEmpty();
    assertThat(container.property(UNIT, "KillMode")).isEqualTo("process");
    assertThat(container.property(UNIT, "OOMPolicy")).isEqualTo("continue");
    assertThat(container.property(UNIT, "UnitFileState")).isEqualTo("enabled");
  }

  @Test
  void theStatusSaysWhatItDoes_asSoonAsThatChanges() throws Exception {
    assertThat(container.property(UNIT, "StatusText")).isEqualTo("Supervises 1 resource: 1 Online");

    container.does("holdfast", "resource", "offline", "sleeper");

    Patience.until(
        "the status says so",
        () -> container.property(UNIT, "StatusText").equals("Supervises 1 resource: 1 Offline"));
    assertThat(container.does("systemctl", "status", "--no-pager", UNIT).out())
        .contains("Status: \"Supervises 1 resource: 1 Offline\"");
  }

  @Test
  void aRestart_interruptsNoApplication() throws Exception {
    JsonNode before = sleeper();
    long main = mainPid();

    container.does("systemctl", "restart", UNIT);

    assertThat(mainPid()).isNotEqualTo(main);
    assertAdopted(before);
  }

  @Test
  void whenItIsKilled_systemdStartsItAgain_andItTakesTheApplicationOver() throws Exception {
    JsonNode before = sleeper();
    long main = mainPid();

    container.signal(main, "KILL");

    awaitAnother(main);
    assertAdopted(before);
  }

  @Test
  void whenItHangs_itsStacksGoToTheJournal_andItIsKilledAndStartedAgain() throws Exception {
    dropIn(SHORT_WATCHDOG);
    container.does("systemctl", "restart", UNIT);
    JsonNode before = sleeper();
    long main = mainPid();

    container.signal(main, "STOP");

    awaitAnother(main);
    assertAdopted(before);
    assertThat(container.journal(UNIT))
        .contains("Watchdog timeout (limit 4s)!")
        .contains("Full thread dump")
        .contains("\"decisions\"");
  }

  /** All others go on, also the one that counts heartbeats: a timer would say that all is well. */
  @Test
  @Tag("long")
  void whenOneOfItsThreadsHangs_itIsKilledAndStartedAgain() throws Exception {
    dropIn(
        SHORT_WATCHDOG + "Environment=HOLDFAST_FAILPOINT=step.carry-out.before:150=delay:600000\n");
    container.does("systemctl", "restart", UNIT);
    JsonNode before = sleeper();
    long main = mainPid();
    dropIn(SHORT_WATCHDOG);

    container.shell(CHANGE_UNTIL_IT_HANGS);

    awaitAnother(main);
    assertAdopted(before);
  }

  private static void dropIn(String lines) throws IOException, InterruptedException {
    container.write(DROP_IN, lines);
    container.does("systemctl", "daemon-reload");
  }

  @AfterEach
  void asItWasInstalled() throws Exception {
    container.does("rm", "-f", DROP_IN);
    container.does("systemctl", "daemon-reload");
  }

  @Test
  void aNodeThatWaitsForTheQuorum_isReady_andItsStatusSaysForWhom() throws Exception {
    container.does(
        "systemd-run",
        "--unit=second",
        "--property=Type=notify",
        "--property=WatchdogSec=4s",
        Container.HOLDFAST + "/bin/holdfast",
        "serve",
        "--home",
        "/var/lib/second",
        "--quorum",
        "/var/lib/holdfast/quorum",
        "--node",
        "second");

    assertThat(container.property("second", "ActiveState")).isEqualTo("active");
    assertThat(container.property("second", "StatusText"))
        .startsWith("Waits for the quorum /var/lib/holdfast/quorum, held by ");
    String sign = container.property("second", "WatchdogTimestampMonotonic");
    Patience.until(
        "it says that it is alive",
        () -> !container.property("second", "WatchdogTimestampMonotonic").equals(sign));
    container.does("systemctl", "stop", "second");
  }

  @Test
  void aStop_takesEverythingOffline_andTheNextStartBringsItBack() throws Exception {
    JsonNode before = sleeper();

    container.does("systemctl", "stop", UNIT);

    assertThat(container.property(UNIT, "ActiveState")).isEqualTo("inactive");
    assertThat(container.property(UNIT, "Result")).isEqualTo("success");
    assertThat(applications()).isEmpty();
    container.does("systemctl", "start", UNIT);
    Patience.until(
        "it is Online again", () -> sleeper().required("state").asString().equals("Online"));
    assertThat(sleeper().required("pid")).isNotEqualTo(before.required("pid"));
    assertThat(sleeper().required("failures").asInt()).isZero();
  }

  @Test
  void aStopThatKeeps_isNoFailure_andTheNextStartTakesOver() throws Exception {
    JsonNode before = sleeper();

    container.does("holdfast", "service", "stop", "--keep");

    Patience.until(
        "the unit is inactive", () -> container.property(UNIT, "ActiveState").equals("inactive"));
    assertThat(container.property(UNIT, "Result")).isEqualTo("success");
    assertThat(applications()).containsExactly(before.required("pid").asLong());
    container.does("systemctl", "start", UNIT);
    assertAdopted(before);
  }

  @Test
  void whoIsStartedByTheService_cannotSpeakInItsName() throws Exception {
    List<String> pids =
        List.of(sleeper().required("pid").asString(), sleeper().required("monitorPid").asString());

    assertThat(environment("" + mainPid())).contains("NOTIFY_SOCKET=").contains("WATCHDOG_USEC=");
    for (String pid : pids) {
      assertThat(environment(pid))
          .contains("PATH=")
          .doesNotContain("NOTIFY_SOCKET", "WATCHDOG_", "INVOCATION_ID", "JOURNAL_STREAM");
    }
  }

  private static String environment(String pid) throws IOException, InterruptedException {
    return container.shell("tr '\\0' '\\n' </proc/" + pid + "/environ").out();
  }
}
