package dev.holdfast.system;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.failpoint.FailPoint;
import dev.holdfast.failpoint.Moment;
import dev.holdfast.failpoint.Side;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A real restore dies at each of its fail points: the old quorum is there, or the backup's is. */
@Tag("system")
class BackupDeathsIT {
  private static final int HALTED = 86;
  private static Cluster cluster;
  private static Path backup;
  private static Path original;

  @BeforeAll
  static void makeBoth() throws Exception {
    cluster = Cluster.empty();
    cluster.start("serve");
    backup = cluster.folder().resolve("quorum.tar");
    cluster.does("quorum", "backup", backup.toString());
    cluster.does("group", "create", "later");
    cluster.does("service", "stop");
    original = cluster.home().resolve("quorum");
  }

  @AfterAll
  static void end() throws Exception {
    cluster.close();
  }

  static List<String> points() {
    return FailPoint.all().stream()
        .filter(place -> place.side() == Side.COMMAND && place.place().startsWith("restore."))
        .flatMap(place -> Stream.of(Moment.values()).map(place::name))
        .toList();
  }

  private static Path copy(String name) throws Exception {
    Path copy = Files.createDirectory(cluster.folder().resolve(name)).resolve("quorum");
    Ran ran =
        Distribution.run(
            cluster.folder(),
            java.util.Map.of(),
            List.of("cp", "-a", original.toString(), copy.toString()));
    assertThat(ran.exitCode()).as(ran.toString()).isZero();
    return copy;
  }

  private static Ran restore(Path quorum) throws Exception {
    return cluster.cli(
        "quorum", "restore", backup.toString(), "--force", "--quorum", quorum.toString());
  }

  @ParameterizedTest
  @MethodSource("points")
  void restoreThatDiesThere_leavesOneOfTheTwo_andTheNextOneDoesIt(String point) throws Exception {
    Path quorum = copy(point);
    cluster.with("HOLDFAST_FAILPOINT", point + "=halt");
    Ran died;
    try {
      died = restore(quorum);
    } finally {
      cluster.without("HOLDFAST_FAILPOINT");
    }
    assertThat(died.exitCode()).as(died.toString()).isEqualTo(HALTED);
    cluster.does("quorum", "verify", quorum.toString());

    Ran done = restore(quorum);

    assertThat(done.exitCode()).as(done.toString()).isZero();
    cluster.does("quorum", "verify", quorum.toString());
    try (Stream<Path> besides = Files.list(quorum.getParent())) {
      assertThat(besides.map(each -> each.getFileName().toString()))
          .filteredOn(name -> !name.startsWith("quorum.before-restore-"))
          .containsExactly("quorum");
    }
  }
}
