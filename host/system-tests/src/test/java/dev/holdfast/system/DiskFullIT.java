package dev.holdfast.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/**
 * The disk of the cluster database is full. What cannot be made durable is not acted upon: the
 * service halts, applications go on, and once there is room the next service takes them over.
 */
@Tag("system")
class DiskFullIT {
  private static final int HALTED = 70;
  private static final int CHANGES_MAX = 100;

  @TempDir Path folder;
  private SmallDisk disk;
  private Cluster cluster;

  @BeforeEach
  void startOnASmallDisk() throws Exception {
    disk = SmallDisk.mount(folder.resolve("disk"), "16m");
    cluster = Cluster.empty();
    serve();
    cluster.does("group", "create", "apps");
    cluster.does(
        "resource",
        "create",
        "sleeper",
        "-t",
        "Generic Application",
        "-g",
        "apps",
        "-p",
        "CommandLine=sleep 86400",
        "-p",
        "RestartDelay=0");
    cluster.does("resource", "online", "sleeper");
  }

  @AfterEach
  void end() throws Exception {
    if (cluster != null) {
      cluster.close();
    }
    if (disk != null) {
      disk.close();
    }
  }

  private void serve() throws IOException {
    cluster.start("serve", "--quorum", disk.folder().resolve("quorum").toString());
  }

  /** What the log has of the disk already may still take a few changes; the last command's end. */
  private Ran changeUntilItHalts() throws Exception {
    Ran ran = cluster.does("group", "list");
    for (int i = 0; cluster.service().isAlive() && i < CHANGES_MAX; i++) {
      ran = cluster.cli("group", "set", "apps", "Description=" + i + "x".repeat(60_000));
    }
    return ran;
  }

  @Test
  void whatIsAskedForAndCannotBeWrittenDown_isNotDone_andWhatRunsGoesOn() throws Exception {
    long pid = cluster.number("sleeper", "pid");
    disk.fill();

    Ran ran = changeUntilItHalts();

    assertThat(cluster.awaitEnd()).isEqualTo(HALTED);
    assertThat(ran.exitCode()).as(ran.toString()).isNotZero();
    assertThat(ran.errLines()).as(ran.toString()).hasSize(1);
    assertThat(Processes.isAlive(pid)).isTrue();

    disk.makeRoom();
    serve();
    cluster.awaitSupervised();
    assertThat(cluster.number("sleeper", "pid")).isEqualTo(pid);
    cluster.does("group", "create", "later");
  }

  @Tag("long")
  @Test
  void whatEndsMeanwhile_isRestartedOnce_byTheNextService() throws Exception {
    long pid = cluster.number("sleeper", "pid");
    disk.fill();

    changeUntilItHalts();
    assertThat(cluster.awaitEnd()).isEqualTo(HALTED);
    Processes.signal(pid, "KILL");
    disk.makeRoom();
    serve();
    cluster.awaitSupervised();

    // It is Online as it was until its monitor has looked; its process is what tells.
    Patience.until(
        "another process runs",
        () -> {
          JsonNode now = cluster.resource("sleeper").required("pid");
          return now.isNumber() && now.asLong() != pid;
        });
    cluster.awaitState("sleeper", "Online");
    assertThat(cluster.processes().stream().filter(seen -> seen.slot().isPresent())).hasSize(1);
  }

  @Test
  void backupThatDoesNotFit_isRefused_withWhatIsFree_andLeavesNothing() throws Exception {
    disk.fill();
    Path target = disk.folder().resolve("backup.tar");

    Ran ran = cluster.cli("quorum", "backup", target.toString());

    assertThat(ran.exitCode()).as(ran.toString()).isEqualTo(1);
    assertThat(ran.err())
        .contains(target.toString())
        .contains("bytes are free on the file system of " + disk.folder())
        .contains("tmpfs");
    assertThat(target).doesNotExist();
    assertThat(disk.folder().resolve("backup.tar.new")).doesNotExist();
    // What is full can be backed up to where there is room.
    cluster.does("quorum", "backup", folder.resolve("backup.tar").toString());
    cluster.does("quorum", "verify", folder.resolve("backup.tar").toString());
  }

  @Test
  void restoreThatDoesNotFit_changesNothing() throws Exception {
    Path backup = folder.resolve("backup.tar");
    cluster.does("quorum", "backup", backup.toString());
    cluster.does("service", "stop");
    disk.fill();
    Path quorum = disk.folder().resolve("quorum");

    Ran ran =
        cluster.cli(
            "quorum", "restore", backup.toString(), "--force", "--quorum", quorum.toString());

    assertThat(ran.exitCode()).as(ran.toString()).isEqualTo(1);
    assertThat(ran.err()).contains("bytes are free");
    assertThat(disk.folder().resolve("quorum.restoring")).doesNotExist();
    disk.makeRoom();
    cluster.does("quorum", "verify", quorum.toString());
  }
}
