package dev.holdfast.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Backups of a quorum that is in use, and what comes of them when they are restored. */
@Tag("system")
class BackupIT {
  private static final int FAILED = 1;
  private static final int NO = 3;
  private static final int CONFLICT = 7;
  private static final int INTERRUPTED = 130;
  private static final int BACKED_UP = 2070;
  private static final int NOT_BACKED_UP = 2071;
  private static final int RESTORED = 2072;
  private static final int WITHOUT_RESOURCE = 2073;

  /** More than a socket holds, so that a backup is under way while nobody reads. */
  private static final int LARGE_BYTES = 8 << 20;

  private Cluster cluster;
  private Path backups;
  private LifeJournal journal;

  @BeforeEach
  void startWithAnApplication() throws Exception {
    cluster = Cluster.empty();
    backups = Files.createDirectory(cluster.folder().resolve("backups"));
    cluster.start("serve");
    cluster.does("group", "create", "apps");
    journal = LifeJournal.in(cluster.folder(), "shop");
    cluster.createTestifying("shop");
    Path data = cluster.folder().resolve("data");
    var random = new byte[LARGE_BYTES];
    new java.util.Random(1).nextBytes(random);
    Files.write(data, random);
    cluster.does("checkpoint", "add", "shop", "file:" + data, "--quiet", "50ms");
    cluster.does("resource", "online", "shop");
  }

  @AfterEach
  void end() throws Exception {
    cluster.close();
  }

  private Path file() {
    return backups.resolve("quorum.tar");
  }

  private Path restored() {
    return cluster.folder().resolve("restored");
  }

  private List<String> files() throws IOException {
    try (Stream<Path> files = Files.list(backups)) {
      return files.map(each -> each.getFileName().toString()).toList();
    }
  }

  private String names(String... words) throws Exception {
    return cluster
        .does(Stream.concat(Stream.of(words), Stream.of("-o", "name")).toArray(String[]::new))
        .out();
  }

  private void restore(String... flags) throws Exception {
    cluster.does(
        Stream.concat(
                Stream.of(
                    "quorum", "restore", file().toString(), "--quorum", restored().toString()),
                Stream.of(flags))
            .toArray(String[]::new));
  }

  private void serveRestored() throws IOException {
    cluster.start("serve", "--quorum", restored().toString());
  }

  @Test
  void takenUnderWriters_restoredElsewhere_everythingIsThere_andTheApplicationRunsOnce()
      throws Exception {
    var done = new AtomicBoolean();
    Thread writer =
        Thread.ofVirtual()
            .start(
                () -> {
                  for (int i = 0; !done.get(); i++) {
                    try {
                      cluster.change("POST", "/v1/groups", Map.of("name", "written-" + i));
                    } catch (IOException e) {
                      throw new java.io.UncheckedIOException(e);
                    }
                  }
                });
    JsonNode taken;
    try {
      taken = cluster.item("quorum", "backup", file().toString());
    } finally {
      done.set(true);
      writer.join();
    }
    assertThat(files()).containsExactly("quorum.tar");
    assertThat(taken.required("blobs").asInt()).isPositive();
    assertThat(taken.required("plugins").asInt()).isPositive();
    assertThat(cluster.item("quorum", "verify", file().toString()).required("ok").asBoolean())
        .isTrue();
    assertThat(cluster.events(BACKED_UP)).hasSize(1);
    JsonNode last = cluster.item("quorum", "show").required("lastBackup");
    assertThat(last.required("file").asString()).isEqualTo(file().toString());
    assertThat(last.required("revision").asLong()).isEqualTo(taken.required("revision").asLong());
    String types = names("type", "list");
    String history = cluster.does("checkpoint", "history", "shop", "1").out();

    long before = cluster.number("shop", "pid");
    cluster.end("KILL");
    restore();
    serveRestored();
    cluster.awaitSupervised();

    assertThat(cluster.number("shop", "pid")).isEqualTo(before);
    assertThat(names("type", "list")).isEqualTo(types);
    assertThat(cluster.does("checkpoint", "history", "shop", "1").out()).isEqualTo(history);
    cluster.does("checkpoint", "verify");
    assertThat(cluster.events(RESTORED)).singleElement().asString().contains("shop");
    Audited.of(cluster).assertHolds();
    journal.assertOneLifeAtATime();
    cluster.does("resource", "restart", "shop");
    assertThat(cluster.item("status").required("service").required("revision").asLong())
        .as("revisions go on where nobody has been")
        .isGreaterThan(1_700_000_000_000L);
  }

  @Test
  void applicationThatWasRestartedSince_isFoundByItsToken_andOneThatTheBackupLacks_isNamed()
      throws Exception {
    cluster.does("quorum", "backup", file().toString());
    cluster.does("resource", "restart", "shop");
    long since = cluster.number("shop", "pid");
    cluster.does(
        "resource",
        "create",
        "late",
        "-t",
        "Generic Application",
        "-g",
        "apps",
        "-p",
        "CommandLine=sleep 86400");
    cluster.does("resource", "online", "late");
    long late = cluster.number("late", "pid");

    cluster.end("KILL");
    restore();
    serveRestored();
    cluster.awaitSupervised();

    cluster.awaitState("shop", "Online");
    assertThat(cluster.number("shop", "pid")).isEqualTo(since);
    assertThat(cluster.number("shop", "restarts")).isZero();
    journal.assertOneLifeAtATime();
    // Other tests have clusters on this machine, too, whose services may be dead just now.
    assertThat(cluster.events(WITHOUT_RESOURCE))
        .map(event -> event.required("parameters").required("pid").asString())
        .containsOnlyOnce(Long.toString(late));
    assertThat(Processes.isAlive(late)).isTrue();
    Processes.signal(late, "KILL");
    Patience.until("it is gone", () -> !Processes.isAlive(late));
    Audited.of(cluster).assertHolds();
  }

  @Test
  void applicationThatHasEndedSince_isStartedOnce_andThatIsNoFailure() throws Exception {
    cluster.does("quorum", "backup", file().toString());
    long before = cluster.number("shop", "pid");
    cluster.end("KILL");
    Processes.signal(before, "KILL");
    Patience.until("it is gone", () -> !Processes.isAlive(before));

    restore();
    serveRestored();

    // Until it has been looked for, it is what is remembered: Online, with the process it had.
    Patience.until(
        "it runs in another process",
        () ->
            cluster.resource("shop").required("state").asString().equals("Online")
                && cluster.resource("shop").required("pid").asLong(before) != before);
    assertThat(cluster.number("shop", "restarts"))
        .as(cluster.does("events", "--resource", "shop").out())
        .isZero();
    journal.assertOneLifeAtATime();
    Audited.of(cluster).assertHolds();
  }

  @Test
  void copyBesideItsOriginal_isNotServed_andNothingOfTheOriginalIsTouched() throws Exception {
    cluster.does("quorum", "backup", file().toString());
    restore();
    long pid = cluster.number("shop", "pid");
    try (Cluster other = Cluster.empty()) {
      assertThat(other.startOrEnd("serve", "--quorum", restored().toString(), "--node", "other"))
          .isFalse();
      assertThat(other.awaitEnd()).isEqualTo(CONFLICT);
      assertThat(other.errors()).contains("another cluster service").contains("shop");
    }
    assertThat(cluster.number("shop", "pid")).isEqualTo(pid);
    Audited.of(cluster).assertHolds();
  }

  @Test
  void restore_isRefusedWhileTheQuorumIsHeld_orThere_andKeepsWhatItReplaces() throws Exception {
    cluster.does("quorum", "backup", file().toString());
    Ran held = cluster.cli("quorum", "restore", file().toString(), "--force");
    assertThat(held.exitCode()).as(held.toString()).isEqualTo(CONFLICT);
    assertThat(held.err()).contains("pid " + cluster.service().pid());
    cluster.does("group", "create", "later");
    cluster.does("service", "stop");

    Ran there = cluster.cli("quorum", "restore", file().toString());
    assertThat(there.exitCode()).as(there.toString()).isEqualTo(CONFLICT);
    assertThat(there.err()).contains("--force");
    Ran rehearsed = cluster.does("quorum", "restore", file().toString(), "--force", "--dry-run");
    assertThat(rehearsed.err()).contains("only there, not in the backup: group later");
    JsonNode done = cluster.item("quorum", "restore", file().toString(), "--force");

    Path kept = Path.of(done.required("kept").asString());
    cluster.does("quorum", "verify", kept.toString());
    cluster.does("quorum", "verify", cluster.home().resolve("quorum").toString());
    cluster.start("serve");
    cluster.awaitState("shop", "Online");
    assertThat(names("group", "list")).doesNotContain("later");
    Audited.of(cluster).assertHolds();
  }

  @Test
  void withoutAService_itIsTakenFromTheDisk() throws Exception {
    cluster.does("service", "stop");

    JsonNode taken = cluster.item("quorum", "backup", backups.toString());

    assertThat(files()).singleElement().asString().startsWith("holdfast-quorum-");
    cluster.does("quorum", "verify", taken.required("file").asString());
    assertThat(cluster.item("quorum", "show").required("lastBackup").required("file"))
        .isEqualTo(taken.required("file"));
  }

  @Test
  void nodeThatWaits_asksTheHolder() throws Exception {
    try (Cluster beta = Cluster.empty()) {
      beta.startWaiting("--quorum", cluster.home().resolve("quorum").toString(), "--node", "beta");
      beta.does("quorum", "backup", file().toString());
    }
    assertThat(cluster.events(BACKED_UP)).hasSize(1);
    cluster.does("quorum", "verify", file().toString());
  }

  @Test
  void damagedBackup_isNamed_andNotRestored() throws Exception {
    cluster.does("quorum", "backup", file().toString());
    byte[] bytes = Files.readAllBytes(file());
    bytes[bytes.length / 2] ^= 1;
    Files.write(file(), bytes);

    Ran verified = cluster.cli("quorum", "verify", file().toString());
    assertThat(verified.exitCode()).as(verified.toString()).isEqualTo(NO);
    assertThat(verified.out()).contains("blobs/").contains("its digest is");
    Ran ran =
        cluster.cli("quorum", "restore", file().toString(), "--quorum", restored().toString());
    assertThat(ran.exitCode()).as(ran.toString()).isEqualTo(NO);
    assertThat(restored()).doesNotExist();
  }

  // ---- what goes wrong on the way --------------------------------------------------------------

  private Ran backUpFailing(String failPoint) throws Exception {
    cluster.with("HOLDFAST_FAILPOINT", failPoint);
    try {
      return cluster.cli("quorum", "backup", file().toString());
    } finally {
      cluster.without("HOLDFAST_FAILPOINT");
    }
  }

  @Test
  @Tag("long")
  void diskThatFails_isSaid_withWhatIsFree_andLeavesNothing() throws Exception {
    for (String failure :
        List.of("backup.write.before=enospc", "backup.sync.before=eio", "backup.sync.after=eio")) {
      Ran ran = backUpFailing(failure);
      assertThat(ran.exitCode()).as(ran.toString()).isEqualTo(FAILED);
      assertThat(ran.err()).as(failure).contains(file().toString()).contains("bytes are free");
      assertThat(files()).as(failure).isEmpty();
    }
    assertThat(cluster.events(NOT_BACKED_UP)).hasSize(3);
    assertThat(cluster.events(NOT_BACKED_UP).getFirst().required("message").asString())
        .contains("bytes are free");
    cluster.does("quorum", "backup", file().toString());
  }

  @Test
  void deathOfTheCommand_leavesNoBackupOfThatName_andTheNextOneIsWhole() throws Exception {
    for (String point :
        List.of("backup.write.after", "backup.sync.before", "backup.rename.before")) {
      Ran ran = backUpFailing(point + "=halt");
      assertThat(ran.exitCode()).as(ran.toString()).isEqualTo(86);
      assertThat(file()).doesNotExist();
    }
    cluster.does("quorum", "backup", file().toString());
    assertThat(files()).containsExactly("quorum.tar");
    cluster.does("quorum", "verify", file().toString());
  }

  /** The command stops itself in the middle of writing. */
  private Process stoppedInTheMiddle() throws Exception {
    Process command =
        Distribution.builder(
                Map.of("HOLDFAST_FAILPOINT", "backup.write.after=stop"),
                List.of(
                    Distribution.launcher().toString(),
                    "quorum",
                    "backup",
                    file().toString(),
                    "--home",
                    cluster.home().toString()))
            .redirectErrorStream(true)
            .redirectOutput(cluster.folder().resolve("said").toFile())
            .start();
    Patience.until("it has stopped", () -> Processes.isStopped(command.pid()));
    return command;
  }

  @Test
  void ctrlC_leavesNothing() throws Exception {
    Process command = stoppedInTheMiddle();
    assertThat(files()).containsExactly("quorum.tar.new");

    Processes.signal(command.pid(), "INT");
    Processes.signal(command.pid(), "CONT");

    assertThat(command.waitFor()).isEqualTo(INTERRUPTED);
    assertThat(files()).isEmpty();
    Patience.until("it is told", () -> !cluster.events(NOT_BACKED_UP).isEmpty());
    cluster.does("quorum", "backup", file().toString());
  }

  @Test
  void deathOfTheService_isSaid_andLeavesNothing() throws Exception {
    Process command = stoppedInTheMiddle();

    cluster.end("KILL");
    Processes.signal(command.pid(), "CONT");

    assertThat(command.waitFor()).isEqualTo(FAILED);
    assertThat(Files.readString(cluster.folder().resolve("said")))
        .contains("No backup was written");
    assertThat(files()).isEmpty();
    cluster.start("serve");
    cluster.does("quorum", "backup", file().toString());
  }
}
