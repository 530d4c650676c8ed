package dev.holdfast.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * SysV scripts under Holdfast, where no systemd is the service manager. {@code
 * GenericServiceSystemdIT} has the units.
 */
@Tag("system")
class GenericServiceIT {
  private static final int FAILED = 1;
  private static final int CONFLICT = 7;
  private static final int NOT_OPENED = 1040;
  private static final int NOT_STARTED = 1041;
  private static final int FAILED_AFTER_START = 1042;

  /** As a distribution writes them: a pid file, LSB's exit codes, output for people. */
  private static final String SCRIPT =
      """
      #!/bin/sh
      ### BEGIN INIT INFO
      # Provides: @NAME@
      ### END INIT INFO
      pidfile=@FOLDER@/pid
      alive() { [ -e "$pidfile" ] && kill -0 "$(cat "$pidfile")" 2>/dev/null; }
      case $1 in
        start)
          if [ -e @FOLDER@/broken ]; then echo 'cannot open /etc/nope'; exit 1; fi
          alive && exit 0
          setsid sh -c 'echo $$ >"$1"; exec sleep 86400' sh "$pidfile" >/dev/null 2>&1 </dev/null &
          until alive; do sleep 0.01; done
          ;;
        stop) ! alive || kill "$(cat "$pidfile")"; while alive; do sleep 0.01; done ;;
        status) if alive; then echo running; else echo 'not running'; exit 3; fi ;;
        *) echo "Usage: $0 {start|stop|status}"; exit 2 ;;
      esac
      """;

  private static Cluster cluster;
  private static String name;
  private static Path script;
  private static Path scratch;

  @BeforeAll
  static void start() throws Exception {
    Tools.need("service");
    Tools.need(
        !Files.isDirectory(Path.of("/run/systemd/system")), "systemd runs the services here");
    Tools.need(Files.isWritable(Path.of("/etc/init.d")), "scripts can be installed by root only");
    name = "holdfast-it-" + ProcessHandle.current().pid();
    cluster = Cluster.empty();
    scratch = Files.createDirectories(cluster.folder().resolve("scratch"));
    script = Path.of("/etc/init.d").resolve(name);
    Files.writeString(
        script, SCRIPT.replace("@NAME@", name).replace("@FOLDER@", scratch.toString()));
    Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
    cluster.start("serve", "--no-http");
    cluster.does("group", "create", "web");
  }

  @AfterEach
  void tidy() throws Exception {
    Files.deleteIfExists(scratch.resolve("broken"));
    cluster.cli("resource", "offline", "site");
    service("stop");
    cluster.cli("resource", "offline", "site");
    cluster.does("resource", "delete", "site");
  }

  @AfterAll
  static void end() throws Exception {
    try {
      if (cluster != null) {
        cluster.close();
      }
    } finally {
      if (script != null) {
        Files.deleteIfExists(script);
      }
    }
  }

  @Test
  void whatHoldfastStarted_isFoundByTheNextMonitor() throws Exception {
    create();
    cluster.does("resource", "online", "site");
    long pid = pid();

    cluster.does("monitor", "kill", "shared-0");
    cluster.awaitSupervised();
    cluster.awaitState("site", "Online");

    assertThat(pid()).isEqualTo(pid);
    assertThat(cluster.number("site", "restarts")).isZero();
    cluster.does("resource", "offline", "site");
    assertThat(Processes.isAlive(pid)).isFalse();
  }

  @Test
  void whatWasStartedOutside_isNotStartedTwice_andAdopted() throws Exception {
    create();
    assertThat(cluster.cli("resource", "online", "site", "--adopt").exitCode()).isEqualTo(CONFLICT);
    service("start");
    long pid = pid();

    Ran refused = cluster.cli("resource", "online", "site");
    assertThat(refused.exitCode()).as(refused.toString()).isEqualTo(FAILED);
    assertThat(refused.err()).contains("held by someone outside Holdfast").contains("--adopt");
    assertThat(cluster.events(2011)).isNotEmpty();

    cluster.does("resource", "online", "site", "--adopt");

    assertThat(pid()).isEqualTo(pid);
    assertThat(cluster.resource("site").required("state").asString()).isEqualTo("Online");
    cluster.does("resource", "offline", "site");
    assertThat(Processes.isAlive(pid)).isFalse();
  }

  @Test
  void whatIsKilled_isStartedAgain_andTold() throws Exception {
    create();
    cluster.does("resource", "online", "site");
    long pid = pid();

    Processes.signal(pid, "KILL");
    Patience.until("another process", () -> pid() != pid && Processes.isAlive(pid()));
    cluster.awaitState("site", "Online");

    assertThat(cluster.number("site", "restarts")).isEqualTo(1);
    assertThat(cluster.events(FAILED_AFTER_START)).isNotEmpty();
  }

  @Test
  void whatCannotBeStarted_saysWhy() throws Exception {
    create("-p", "RestartAction=DontRestart");
    Files.createFile(scratch.resolve("broken"));

    Ran failed = cluster.cli("resource", "online", "site");

    assertThat(failed.exitCode()).isEqualTo(FAILED);
    assertThat(failed.err()).contains("cannot open /etc/nope");
    assertThat(cluster.events(NOT_STARTED)).isNotEmpty();
  }

  @Test
  void aScriptThatIsNotThere_isNotOpened() throws Exception {
    cluster.does(
        "resource",
        "create",
        "site",
        "-g",
        "web",
        "-t",
        "Generic Service",
        "-p",
        "ServiceName=holdfast-nosuch");

    Ran failed = cluster.cli("resource", "online", "site");

    assertThat(failed.exitCode()).isEqualTo(FAILED);
    assertThat(failed.err()).contains("there is no executable script /etc/init.d/holdfast-nosuch");
    assertThat(cluster.events(NOT_OPENED)).isNotEmpty();
  }

  private static void create(String... more) throws Exception {
    var command =
        new java.util.ArrayList<>(
            List.of(
                "resource",
                "create",
                "site",
                "-g",
                "web",
                "-t",
                "Generic Service",
                "-p",
                "ServiceName=" + name,
                "-p",
                "PidFile=" + scratch.resolve("pid")));
    command.addAll(List.of(more));
    cluster.does(command.toArray(String[]::new));
  }

  private static void service(String verb) throws Exception {
    Ran ran = Distribution.run(scratch, Map.of(), List.of("service", name, verb));
    assertThat(ran.exitCode()).as(ran.toString()).isZero();
  }

  private static long pid() throws IOException {
    return Long.parseLong(Files.readString(scratch.resolve("pid")).strip());
  }
}
