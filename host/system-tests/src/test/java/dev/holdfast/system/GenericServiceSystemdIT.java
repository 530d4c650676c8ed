package dev.holdfast.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;
import tools.jackson.databind.JsonNode;

/** Real units of a real systemd, in a container; who starts them, and who dies in between. */
@Tag("system")
@Isolated
class GenericServiceSystemdIT {
  private static final int FAILED = 1;
  private static final int CONFLICT = 7;

  private static Container container;

  @BeforeAll
  static void boot() throws Exception {
    container = Container.boot();
    container.does("systemd-run", "--unit=holdfast", "holdfast", "serve", "--no-http");
    Patience.until(
        "the service answers", () -> container.run("holdfast", "status").exitCode() == 0);
    container.does("holdfast", "group", "create", "units");
  }

  @AfterAll
  static void end() throws Exception {
    if (container != null) {
      container.close();
    }
  }

  @Test
  void whatHoldfastStarted_isFoundByTheNextMonitor() throws Exception {
    resource("mine", "ExecStart=/bin/sleep 86400");
    holdfast("resource", "online", "mine");
    String run = container.property("mine.service", "InvocationID");

    holdfast("monitor", "kill", "shared-0");
    Patience.until("it is found again", () -> field("mine", "unsupervisedSince").isEmpty());

    awaitState("mine", "Online");
    assertThat(container.property("mine.service", "InvocationID")).isEqualTo(run);
    assertThat(field("mine", "restarts")).isEqualTo("0");
    holdfast("resource", "offline", "mine");
    assertThat(container.property("mine.service", "ActiveState")).isEqualTo("inactive");
  }

  @Test
  void whatWasStartedOutside_isNotStartedTwice_andAdopted() throws Exception {
    resource("theirs", "ExecStart=/bin/sleep 86400");
    Ran early = container.run("holdfast", "resource", "online", "theirs", "--adopt");
    assertThat(early.exitCode()).as(early.toString()).isEqualTo(CONFLICT);
    container.does("systemctl", "start", "theirs");
    String run = container.property("theirs.service", "InvocationID");

    Ran refused = container.run("holdfast", "resource", "online", "theirs");
    assertThat(refused.exitCode()).as(refused.toString()).isEqualTo(FAILED);
    assertThat(refused.err()).contains("held by someone outside Holdfast");
    assertThat(holdfast("why", "theirs").out()).contains("--adopt");
    container.run("holdfast", "resource", "offline", "theirs", "--no-wait");
    assertThat(container.property("theirs.service", "InvocationID")).isEqualTo(run);

    Patience.until(
        "it is adopted",
        () -> container.run("holdfast", "resource", "online", "theirs", "--adopt").exitCode() == 0);

    assertThat(container.property("theirs.service", "InvocationID")).isEqualTo(run);
    assertThat(field("theirs", "state")).isEqualTo("Online");
    holdfast("resource", "offline", "theirs");
    assertThat(container.property("theirs.service", "ActiveState")).isEqualTo("inactive");
  }

  @Test
  void whoStartsItAnew_hasIt() throws Exception {
    resource("taken", "ExecStart=/bin/sleep 86400");
    holdfast("resource", "online", "taken");

    container.does("systemctl", "restart", "taken");

    awaitState("taken", "Failed");
    assertThat(container.property("taken.service", "ActiveState")).isEqualTo("active");
    assertThat(field("taken", "detail")).contains("held by someone outside Holdfast");
    holdfast("resource", "online", "taken", "--adopt");
    holdfast("resource", "offline", "taken");
  }

  @Test
  void whatIsKilled_isStartedAgain_andTold() throws Exception {
    resource("killed", "ExecStart=/bin/sleep 86400");
    holdfast("resource", "online", "killed");
    String run = container.property("killed.service", "InvocationID");

    container.signal(Long.parseLong(container.property("killed.service", "MainPID")), "KILL");

    Patience.until(
        "it is started again",
        () -> field("killed", "restarts").equals("1") && field("killed", "state").equals("Online"));
    assertThat(container.property("killed.service", "InvocationID")).isNotEqualTo(run);
    assertThat(holdfast("events", "--id", "1042").out())
        .contains(
            "killed.service is failed (failed), result signal, main process ended by signal 9");
    holdfast("resource", "offline", "killed");
  }

  @Test
  void whatCannotBeStarted_saysWhy_withItsJournal() throws Exception {
    resource(
        "failing", "Type=oneshot", "ExecStart=/bin/sh -c 'echo cannot open /etc/nope; exit 3'");

    holdfast("resource", "set", "failing", "RestartAction=DontRestart");
    Ran failed = container.run("holdfast", "resource", "online", "failing");

    assertThat(failed.exitCode()).isNotZero();
    assertThat(holdfast("events", "--id", "1041").out())
        .contains("main process exited with 3")
        .contains("cannot open /etc/nope");
    assertThat(holdfast("why", "failing").out()).contains("cannot open /etc/nope");
    container.run("holdfast", "resource", "offline", "failing");
  }

  @Test
  void whatIsMaskedOrMissing_isNotOpened() throws Exception {
    resource("masked", "ExecStart=/bin/sleep 86400");
    container.shell(
        "ln -sfn /dev/null /run/systemd/system/masked.service; systemctl daemon-reload");
    create("missing");

    assertThat(container.run("holdfast", "resource", "online", "masked").err())
        .contains("masked.service is masked");
    assertThat(container.run("holdfast", "resource", "online", "missing").err())
        .contains("systemd knows no unit missing.service");
    assertThat(holdfast("events", "--id", "1040").out()).contains("masked").contains("missing");
    container.run("holdfast", "resource", "offline", "masked", "--no-wait");
  }

  /** systemd, too, starts it again: that is no failure, and no stranger. */
  @Test
  void whatFlaps_staysOurs_andIsStopped() throws Exception {
    resource(
        "flapping",
        "ExecStart=/bin/sh -c 'sleep 0.5; exit 1'",
        "Restart=on-failure",
        "RestartSec=200ms",
        "StartLimitInterval=0");

    holdfast("resource", "online", "flapping");

    Patience.until(
        "it was seen started again",
        () ->
            holdfast("events", "--resource", "flapping")
                .out()
                .contains("started it again by itself"));
    assertThat(holdfast("events", "--resource", "flapping").out())
        .contains("systemctl edit flapping.service")
        .doesNotContain("held by");
    holdfast("resource", "offline", "flapping");
    assertThat(container.property("flapping.service", "ActiveState")).isIn("inactive", "failed");
  }

  @Test
  void whatIsEnabledAtBoot_isDegraded_untilTheCommandThatItNamesIsTyped() throws Exception {
    resource("enabled", "ExecStart=/bin/sleep 86400");
    holdfast("resource", "set", "enabled", "IsAlivePollInterval=500");
    container.does("systemctl", "enable", "enabled");
    holdfast("resource", "online", "enabled");

    Patience.until("it is Degraded", () -> field("enabled", "health").equals("Degraded"));
    assertThat(field("enabled", "detail")).endsWith("systemctl disable enabled.service");
    container.does("systemctl", "disable", "enabled");
    Patience.until("it is Alive", () -> field("enabled", "health").equals("Alive"));
    holdfast("resource", "offline", "enabled");
  }

  @Test
  void whatTakesNinetySecondsToStop_isGivenItsTime_andThenEnded() throws Exception {
    resource(
        "slow",
        "ExecStart=/bin/sh -c 'trap \"\" TERM; while :; do sleep 1; done'",
        "TimeoutStopSec=90");
    holdfast("resource", "set", "slow", "PendingTimeout=8000");
    holdfast("resource", "online", "slow");

    holdfast("resource", "offline", "slow");

    assertThat(container.property("slow.service", "Result")).isEqualTo("signal");
    assertThat(holdfast("events").out()).contains("slow.service is deactivating (stop-sigterm)");
  }

  @Test
  void theCommandsOfThePageAreAsItSays() throws Exception {
    unit("web", "ExecStart=/bin/sleep 86400");
    String page = Files.readString(Path.of("../docs/generic-service.md"));
    List<String> blocks = List.of(page.split("```"));
    int commands = 0;
    for (int i = 1; i < blocks.size(); i += 2) {
      for (String line : blocks.get(i).lines().filter(line -> !line.isBlank()).toList()) {
        Ran ran = container.run("sh", "-c", line);
        assertThat(ran.exitCode()).as(ran.toString()).isZero();
        commands++;
      }
    }
    assertThat(commands).isGreaterThan(5);
  }

  // ---- what is there -----------------------------------------------------------------------

  private static void unit(String name, String... service) throws Exception {
    container.write(
        "/run/systemd/system/" + name + ".service",
        "[Service]\n" + String.join("\n", service) + "\n[Install]\nWantedBy=multi-user.target\n");
    container.does("systemctl", "daemon-reload");
  }

  private static void create(String name) throws Exception {
    holdfast(
        "resource",
        "create",
        name,
        "-g",
        "units",
        "-t",
        "Generic Service",
        "-p",
        "ServiceName=" + name);
  }

  private static void resource(String name, String... service) throws Exception {
    unit(name, service);
    create(name);
  }

  private static Ran holdfast(String... words) throws Exception {
    var command = new ArrayList<>(List.of("holdfast"));
    command.addAll(List.of(words));
    return container.does(command.toArray(String[]::new));
  }

  /** A field of a resource, as text; empty when it has none. */
  private static String field(String resource, String field) throws Exception {
    JsonNode shown = Door.json(holdfast("resource", "show", resource, "-o", "json").out());
    return shown.required("items").get(0).path(field).asString("");
  }

  private static void awaitState(String resource, String state) {
    Patience.until(resource + " is " + state, () -> field(resource, "state").equals(state));
  }
}
