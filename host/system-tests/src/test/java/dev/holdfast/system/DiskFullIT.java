package dev.holdfast.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
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
  private static final String DISK_SIZE = "size=16m";

  @TempDir Path folder;
  private Path disk;
  private Cluster cluster;
  private boolean mounted;

  @BeforeEach
  void startOnASmallDisk() throws Exception {
    disk = Files.createDirectory(folder.resolve("disk"));
    Ran mount = run("mount", "-t", "tmpfs", "-o", DISK_SIZE, "tmpfs", disk.toString());
    mounted = mount.exitCode() == 0;
    // It takes root, which not every machine gives; the sweep has disks full by fail points.
    Assumptions.assumeTrue(mounted, "a disk of the test's own can be mounted: " + mount.err());
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
    if (mounted) {
      assertThat(run("umount", disk.toString()).exitCode()).isZero();
    }
  }

  private Ran run(String... command) throws IOException, InterruptedException {
    return Distribution.run(folder, Map.of(), List.of(command));
  }

  private void serve() throws IOException {
    cluster.start("serve", "--quorum", disk.resolve("quorum").toString());
  }

  private Path ballast() {
    return disk.resolve("ballast");
  }

  private void fill() throws IOException {
    var block = new byte[4096];
    try (OutputStream out = Files.newOutputStream(ballast())) {
      while (true) {
        out.write(block);
      }
    } catch (IOException full) {
      assertThat(full).hasMessageContaining("No space left");
    }
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
    fill();

    Ran ran = changeUntilItHalts();

    assertThat(cluster.awaitEnd()).isEqualTo(HALTED);
    assertThat(ran.exitCode()).as(ran.toString()).isNotZero();
    assertThat(ran.errLines()).as(ran.toString()).hasSize(1);
    assertThat(Processes.isAlive(pid)).isTrue();

    Files.delete(ballast());
    serve();
    cluster.awaitSupervised();
    assertThat(cluster.number("sleeper", "pid")).isEqualTo(pid);
    cluster.does("group", "create", "later");
  }

  @Test
  void whatEndsMeanwhile_isRestartedOnce_byTheNextService() throws Exception {
    long pid = cluster.number("sleeper", "pid");
    fill();

    changeUntilItHalts();
    assertThat(cluster.awaitEnd()).isEqualTo(HALTED);
    Processes.signal(pid, "KILL");
    Files.delete(ballast());
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
    fill();
    Path target = disk.resolve("backup.tar");

    Ran ran = cluster.cli("quorum", "backup", target.toString());

    assertThat(ran.exitCode()).as(ran.toString()).isEqualTo(1);
    assertThat(ran.err())
        .contains(target.toString())
        .contains("bytes are free on the file system of " + disk)
        .contains("tmpfs");
    assertThat(target).doesNotExist();
    assertThat(disk.resolve("backup.tar.new")).doesNotExist();
    // What is full can be backed up to where there is room.
    cluster.does("quorum", "backup", folder.resolve("backup.tar").toString());
    cluster.does("quorum", "verify", folder.resolve("backup.tar").toString());
  }

  @Test
  void restoreThatDoesNotFit_changesNothing() throws Exception {
    Path backup = folder.resolve("backup.tar");
    cluster.does("quorum", "backup", backup.toString());
    cluster.does("service", "stop");
    fill();
    Path quorum = disk.resolve("quorum");

    Ran ran =
        cluster.cli(
            "quorum", "restore", backup.toString(), "--force", "--quorum", quorum.toString());

    assertThat(ran.exitCode()).as(ran.toString()).isEqualTo(1);
    assertThat(ran.err()).contains("bytes are free");
    assertThat(disk.resolve("quorum.restoring")).doesNotExist();
    Files.delete(ballast());
    cluster.does("quorum", "verify", quorum.toString());
  }
}
