package dev.holdfast.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What tests of systemd stand on: a container that boots, is apart from the machine, and ends. */
@Tag("system")
class ContainerIT {
  private static final String MARK = "86399";
  private static Container container;

  @BeforeAll
  static void boot() throws Exception {
    container = Container.boot();
  }

  @AfterAll
  static void end() throws Exception {
    if (container != null) {
      container.close();
    }
  }

  @Test
  void itHasASystemdOfItsOwn_thatRunsUnitsAndKeepsAJournal() throws Exception {
    assertThat(container.does("ps", "-o", "comm=", "-p", "1").out().strip()).isEqualTo("systemd");
    container.write(
        "/etc/systemd/system/hello.service",
        """
        [Service]
        Type=oneshot
        RemainAfterExit=yes
        ExecStart=/bin/echo hello from a unit
        """);

    container.does("systemctl", "daemon-reload");
    container.does("systemctl", "start", "hello");

    assertThat(container.property("hello", "ActiveState")).isEqualTo("active");
    assertThat(container.journal("hello")).contains("hello from a unit");
  }

  @Test
  void aUnitsProcessesAreInACgroupOfTheContainersOwn() throws Exception {
    container.does("systemd-run", "--unit=sleeper", "sleep", "86400");
    long pid = Long.parseLong(container.property("sleeper", "MainPID"));

    assertThat(container.shell("cat /proc/" + pid + "/cgroup").out())
        .contains(":/system.slice/sleeper.service");
    assertThat(container.isAlive(pid)).isTrue();
    container.signal(pid, "KILL");
    Patience.until("it is gone", () -> !container.isAlive(pid));
  }

  @Test
  void itHasTheDistribution_andNothingElseOfTheMachine() throws Exception {
    assertThat(container.does("holdfast", "version").out()).contains("holdfast");
    assertThat(container.run("ls", "/work", "/home/nobody").exitCode()).isNotZero();
  }

  @Test
  void itEnds_withAllThatRunsInIt_alsoBesideAnother() throws Exception {
    try (var another = Container.boot()) {
      another.does("systemd-run", "--unit=marked", "sleep", MARK);
      assertThat(marked()).isNotBlank();
    }

    assertThat(marked()).isBlank();
    container.does("systemctl", "is-active", "basic.target");
  }

  /** The processes of the machine that have the mark. */
  private static String marked() throws Exception {
    return Distribution.run(
            Path.of("/tmp"), Map.of(), List.of("pgrep", "--full", "sleep " + MARK + "$"))
        .out();
  }
}
