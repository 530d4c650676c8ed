package dev.holdfast.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** An application dies: its parent, the service, sees it, and the restart policy decides. */
@Tag("system")
class ApplicationDeathIT {
  private static final int KILL = 9;
  private static final int PROCESS_ENDED = 2006;
  private static final int RESOURCE_FAILED = 1069;

  private static Cluster cluster;

  @BeforeAll
  static void start() throws Exception {
    cluster = Cluster.empty();
    cluster.start("serve");
    cluster.does("group", "create", "apps");
  }

  @AfterAll
  static void end() throws Exception {
    cluster.close();
  }

  private static void givenOnline(String name, String... properties) throws Exception {
    var words =
        new ArrayList<>(
            List.of("resource", "create", name, "-t", "Generic Application", "-g", "apps"));
    for (String property : properties) {
      words.addAll(List.of("-p", property));
    }
    cluster.does(words.toArray(String[]::new));
    cluster.does("resource", "online", name);
  }

  private static long restartedAfterKill(String name) throws Exception {
    long pid = cluster.number(name, "pid");
    Processes.signal(pid, "KILL");
    Patience.until(
        name + " runs again",
        () ->
            cluster.resource(name).required("state").asString().equals("Online")
                && cluster.number(name, "pid") != pid);
    return pid;
  }

  @Test
  void killed_isRestartedByPolicy_andItsSignalIsTold() throws Exception {
    givenOnline("sleeper", "CommandLine=sleep 86400", "RestartDelay=0");

    long pid = restartedAfterKill("sleeper");

    JsonNode sleeper = cluster.item("resource", "show", "sleeper");
    assertThat(sleeper.required("lastExit").required("signal").asInt()).isEqualTo(KILL);
    assertThat(sleeper.required("lastExit").required("code").isNull()).isTrue();
    assertThat(sleeper.required("failures").asInt()).isEqualTo(1);
    assertThat(sleeper.required("restarts").asInt()).isEqualTo(1);
    assertThat(Processes.isAlive(sleeper.required("pid").asLong())).isTrue();
    assertThat(cluster.items("events", "--id", "" + PROCESS_ENDED, "--resource", "sleeper"))
        .singleElement()
        .satisfies(
            event -> {
              assertThat(event.required("parameters").required("pid").asString())
                  .isEqualTo(Long.toString(pid));
              assertThat(event.required("message").asString()).containsAnyOf("signal 9", "SIGKILL");
            });
    assertThat(cluster.items("events", "--id", "" + RESOURCE_FAILED, "--resource", "sleeper"))
        .hasSize(1);
  }

  @Test
  void endedByItself_itsExitCodeIsTold() throws Exception {
    givenOnline(
        "quitter",
        "CommandLine=sh -c 'test -e go && exit 3; sleep 86400 & wait'",
        "CurrentDirectory=" + cluster.folder(),
        "RestartThreshold=0",
        "RestartDelay=0");
    Files.writeString(cluster.folder().resolve("go"), "");

    Processes.signal(cluster.number("quitter", "pid"), "KILL");
    cluster.awaitState("quitter", "Failed");

    assertThat(cluster.resource("quitter").required("lastExit").required("signal").asInt())
        .isEqualTo(KILL);
    // Without a probe it may be Online for a moment; that it ends is seen all the same.
    var _ = cluster.cli("resource", "online", "quitter");
    Patience.until(
        "quitter ended with 3",
        () -> cluster.resource("quitter").required("lastExit").path("code").asInt(0) == 3);
    cluster.awaitState("quitter", "Failed");
  }

  @Test
  void overItsThreshold_isFailed_andWhyNamesTheCommandThatUnblocksIt() throws Exception {
    givenOnline("goner", "CommandLine=sleep 86400", "RestartThreshold=1", "RestartDelay=0");
    restartedAfterKill("goner");

    Processes.signal(cluster.number("goner", "pid"), "KILL");
    cluster.awaitState("goner", "Failed");

    JsonNode why = cluster.item("why", "goner");
    assertThat(why.required("headline").asString()).contains("goner is Failed (wanted Online)");
    assertThat(why.required("chain").isEmpty()).isFalse();
    String unblock = why.required("unblock").asString();
    assertThat(unblock).isNotEmpty();
    assertThat(cluster.does("why", "goner").out()).contains(unblock);

    Ran pasted = cluster.paste(unblock);

    assertThat(pasted.exitCode()).as(pasted.toString()).isZero();
    assertThat(cluster.resource("goner").required("state").asString()).isEqualTo("Online");
    assertThat(cluster.resource("goner").required("failures").asInt()).isZero();
  }
}
