package dev.holdfast.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
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

/**
 * An application that outlives even SIGKILL: it writes to a file system that is frozen, and the
 * kernel ends it no sooner than that is thawed. What stands like this is told and kept, and never
 * gets a second copy beside it.
 */
@Tag("system")
class UnkillableIT {
  private static final String WRITER = "writer";

  @TempDir Path folder;
  private Path disk;
  private Cluster cluster;
  private boolean mounted;
  private boolean frozen;

  @BeforeEach
  void writeToADiskOfItsOwn() throws Exception {
    Path image = folder.resolve("image");
    disk = Files.createDirectory(folder.resolve("disk"));
    mounted =
        run("truncate", "-s", "16M", image.toString()).exitCode() == 0
            && run("mkfs.ext4", "-q", image.toString()).exitCode() == 0
            && run("mount", "-o", "loop", image.toString(), disk.toString()).exitCode() == 0;
    // It takes root and a loop device, which not every machine gives, CI's included.
    Assumptions.assumeTrue(mounted, "a file system of the test's own can be mounted");
    Path script = folder.resolve("write.sh");
    Files.writeString(script, "while :; do echo $$ >>\"$1/pids\"; sleep 0.1; done\n");
    cluster = Cluster.empty();
    cluster.start("serve");
    cluster.does("group", "create", "apps");
    cluster.does(
        "resource",
        "create",
        WRITER,
        "-t",
        "Generic Application",
        "-g",
        "apps",
        "-p",
        "CommandLine=sh " + script + " " + disk,
        "-p",
        "StopGrace=1s",
        "-p",
        "RestartDelay=0");
    cluster.does("resource", "online", WRITER);
  }

  @AfterEach
  void end() throws Exception {
    if (frozen) {
      thaw();
    }
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

  /** Freezes the file system; returns when the application waits for it. */
  private void freeze(long pid) throws Exception {
    assertThat(run("fsfreeze", "-f", disk.toString()).exitCode()).isZero();
    frozen = true;
    Patience.until(
        "process " + pid + " waits for the disk",
        () -> Files.readString(Path.of("/proc/" + pid + "/stat")).contains(") D "));
  }

  private void thaw() throws Exception {
    assertThat(run("fsfreeze", "-u", disk.toString()).exitCode()).isZero();
    frozen = false;
  }

  private long copies() {
    return cluster.processes().stream().filter(seen -> seen.slot().isPresent()).count();
  }

  private List<String> livesThatWrote() throws IOException {
    return Files.readAllLines(disk.resolve("pids")).stream().distinct().toList();
  }

  @Tag("long")
  @Test
  void whatSurvivesSigkill_leavesItsResourceFailed_untilItIsSeenGone() throws Exception {
    long pid = cluster.number(WRITER, "pid");
    freeze(pid);

    Ran offline = cluster.cli("resource", "offline", WRITER);

    assertThat(offline.exitCode()).as(offline.toString()).isEqualTo(1);
    assertThat(offline.err()).contains("still runs", Long.toString(pid));
    assertThat(cluster.resource(WRITER).required("state").asString()).isEqualTo("Failed");
    assertThat(cluster.why(WRITER).required("blockedBy").asString())
        .contains("still runs", Long.toString(pid), "looked at again when that ends");
    assertThat(Processes.isAlive(pid)).isTrue();
    assertThat(copies()).isOne();

    thaw();
    cluster.awaitState(WRITER, "Offline");
    assertThat(Processes.isAlive(pid)).isFalse();
    assertThat(livesThatWrote()).containsExactly(Long.toString(pid));
  }

  @Test
  @Tag("long")
  void asLongAsItStands_nothingIsStartedBesideIt_thoughItIsWantedAndTheServiceStartsAgain()
      throws Exception {
    long pid = cluster.number(WRITER, "pid");
    freeze(pid);
    cluster.cli("resource", "offline", WRITER);

    cluster.cli("resource", "online", WRITER);
    assertThat(copies()).isOne();
    cluster.end("KILL");
    cluster.start("serve");
    assertThat(copies()).isOne();
    assertThat(Processes.isAlive(pid)).isTrue();

    thaw();
    Patience.until("another life writes", () -> livesThatWrote().size() == 2);
    assertThat(Processes.isAlive(pid)).isFalse();
    cluster.awaitState(WRITER, "Online");
    assertThat(livesThatWrote())
        .containsExactly(Long.toString(pid), Long.toString(cluster.number(WRITER, "pid")));
  }
}
