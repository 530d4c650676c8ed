package dev.holdfast.system;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.failpoint.FailPoints;
import dev.holdfast.failpoint.HitsFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** What a tester is told about fail points, at real processes. All of them: the sweep. */
@Tag("system")
class FailPointIT {
  private static final int USAGE = 2;
  private static final int NOT_DURABLE = 70;

  private Cluster cluster;

  @BeforeEach
  void make() throws IOException {
    cluster = Cluster.empty();
  }

  @AfterEach
  void end() throws IOException {
    cluster.close();
  }

  @Test
  void unknownName_refusesTheStart_namesTheNearest_andTouchesNothing() throws Exception {
    cluster.with(FailPoints.VARIABLE, "hive.sink.before=halt");

    Ran ran = cluster.cli("serve");

    assertThat(ran.exitCode()).isEqualTo(USAGE);
    assertThat(ran.errLines())
        .singleElement()
        .asString()
        .contains("did you mean hive.sync.before?");
    assertThat(cluster.home()).doesNotExist();
  }

  @Test
  void halt_endsTheServiceWithItsCode_andTheNextOneGoesOn() throws Exception {
    cluster.with(FailPoints.VARIABLE, "hive.sync.after:2=halt");

    assertThat(cluster.startOrEnd("serve")).isFalse();

    assertThat(cluster.awaitEnd()).isEqualTo(FailPoints.HALTED);
    assertThat(cluster.errors()).contains("fail point hive.sync.after, hit 2");
    cluster.without(FailPoints.VARIABLE).start("serve");
    assertThat(cluster.items("type", "list")).isNotEmpty();
  }

  @Test
  void fullDisk_haltsTheServiceWithTheCodeOfWhatIsNotDurable() throws Exception {
    HitsFile hits = hits();
    cluster.with(FailPoints.VARIABLE, "hive.append.before=enospc").start("serve");
    hits.counting(true);

    Ran ran = cluster.cli("group", "create", "g");

    assertThat(ran.exitCode()).as(ran.toString()).isNotZero();
    assertThat(cluster.awaitEnd()).isEqualTo(NOT_DURABLE);
    assertThat(cluster.errors()).contains("No space left on device");
  }

  @Test
  void stop_stopsTheProcess_untilItIsContinued() throws Exception {
    HitsFile hits = hits();
    cluster.with(FailPoints.VARIABLE, "http.submit.before=stop").start("serve");
    hits.counting(true);
    Process asking =
        Distribution.builder(
                Map.of(),
                List.of(
                    Distribution.launcher().toString(),
                    "group",
                    "create",
                    "g",
                    "--home",
                    cluster.home().toString()))
            .redirectErrorStream(true)
            .redirectOutput(cluster.folder().resolve("asking").toFile())
            .start();

    Patience.until("the service is stopped", () -> Processes.isStopped(cluster.service().pid()));
    assertThat(asking.isAlive()).isTrue();
    Processes.signal(cluster.service().pid(), "CONT");

    assertThat(asking.waitFor()).isZero();
  }

  @Test
  void applications_doNotInheritIt_andHitsAreTold() throws Exception {
    Path file = cluster.folder().resolve("hits");
    HitsFile hits = hits();
    cluster.with(FailPoints.VARIABLE, "slot.fork.after:1000=halt").start("serve");
    hits.counting(true);
    cluster.does("group", "create", "g");
    cluster.does(
        "resource",
        "create",
        "r",
        "-t",
        "Generic Application",
        "-g",
        "g",
        "-p",
        "CommandLine=sleep 1000");

    cluster.does("resource", "online", "r");

    String environment =
        Files.readString(Path.of("/proc", "" + cluster.number("r", "pid"), "environ"));
    assertThat(environment).contains("HOLDFAST_SLOT").doesNotContain("HOLDFAST_FAILPOINT");
    JsonNode forks =
        cluster.items("debug", "failpoints", "--hits", file.toString()).stream()
            .filter(point -> point.required("name").asString().equals("slot.fork.after"))
            .findFirst()
            .orElseThrow();
    assertThat(forks.required("hits").asInt()).isEqualTo(1);
  }

  private HitsFile hits() throws IOException {
    Path file = cluster.folder().resolve("hits");
    cluster.with(FailPoints.HITS_VARIABLE, file.toString());
    return HitsFile.create(file);
  }
}
