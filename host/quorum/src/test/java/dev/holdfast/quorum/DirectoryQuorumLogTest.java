package dev.holdfast.quorum;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.registry.Batch;
import dev.holdfast.registry.Revision;
import dev.holdfast.registry.hive.DamagedHiveException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class DirectoryQuorumLogTest extends QuorumLogContract {
  private static final Instant SINCE = Instant.parse("2026-11-01T10:00:00Z");
  private static final InstantSource CLOCK = InstantSource.fixed(SINCE);
  private static final Holder ALPHA = Holder.thisProcess("alpha", SINCE);
  private static final Batch BATCH = Batch.builder().createKey("Groups").build();

  @TempDir private Path parent;

  @Override
  QuorumLog newLog() throws IOException {
    return DirectoryQuorumLog.tryOpen(parent.resolve("contract"), ALPHA, CLOCK);
  }

  private Path directory() {
    return parent.resolve("home").resolve("quorum");
  }

  @Test
  void makesTheDirectoryForItsOwnerOnly() throws Exception {
    try (var log = DirectoryQuorumLog.tryOpen(directory(), ALPHA, CLOCK)) {
      assertThat(directory().resolve("format")).hasContent("holdfast-quorum 1");
      assertThat(directory().resolve("cluster.log")).isRegularFile();
      for (Path made :
          List.of(
              parent.resolve("home"), directory(), directory().resolve("blobs"), log.plugins())) {
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(made)))
            .as(made.toString())
            .isEqualTo("rwx------");
      }
    }
  }

  @Test
  void whatWasCommittedIsThereAtTheNextOpening() throws Exception {
    try (var log = DirectoryQuorumLog.tryOpen(directory(), ALPHA, CLOCK)) {
      log.commit(BATCH);
    }
    try (var log = DirectoryQuorumLog.tryOpen(directory(), ALPHA, CLOCK)) {
      assertThat(log.snapshot().key("Groups")).isPresent();
      assertThat(log.report().closedCleanly()).isTrue();
    }
  }

  @Test
  void tryOpen_heldByThisProcess_namesTheHolderAndLeavesTheLockAlone() throws Exception {
    try (var log = DirectoryQuorumLog.tryOpen(directory(), ALPHA, CLOCK)) {
      for (int i = 0; i < 3; i++) {
        assertThatExceptionOfType(QuorumHeldException.class)
            .isThrownBy(
                () ->
                    DirectoryQuorumLog.tryOpen(
                        directory(), Holder.thisProcess("beta", SINCE), CLOCK))
            .withMessageContaining(
                "it is held by pid %d (node alpha) since 2026-11-01T10:00:00Z"
                    .formatted(ProcessHandle.current().pid()))
            .satisfies(e -> assertThat(e.holder()).contains(ALPHA));
      }
      assertThat(log.commit(BATCH)).isEqualTo(new Revision(1));
      // Another process still finds it locked: our own tries did not drop the lock.
      assertThat(run("try")).contains("held by pid " + ALPHA.pid());
    }
    assertThat(directory().resolve("quorum.holder")).doesNotExist();
    assertThat(run("try")).contains("opened at revision 1");
  }

  @Test
  void open_waitsForAnotherProcessAndTakesOverWhenItIsKilled() throws Exception {
    Process holder = start("hold");
    try (var output = lines(holder)) {
      assertThat(output.readLine()).isEqualTo("opened at revision 0");
      assertThatExceptionOfType(QuorumHeldException.class)
          .isThrownBy(() -> DirectoryQuorumLog.tryOpen(directory(), ALPHA, CLOCK))
          .withMessageContaining("held by pid " + holder.pid() + " (node child)");
      var told = new LinkedBlockingQueue<Optional<Holder>>();
      CompletableFuture<DirectoryQuorumLog> waiting =
          CompletableFuture.supplyAsync(() -> openUnchecked(told));
      assertThat(told.poll(30, TimeUnit.SECONDS).orElseThrow().pid()).isEqualTo(holder.pid());
      assertThat(waiting).isNotDone();

      holder.destroyForcibly();

      try (DirectoryQuorumLog log = waiting.get(30, TimeUnit.SECONDS)) {
        // The child had committed once before it said that it held the directory.
        assertThat(log.snapshot().key("Child")).isPresent();
        assertThat(log.commit(BATCH)).isEqualTo(new Revision(2));
        assertThat(told).isEmpty();
        assertThat(directory().resolve("quorum.holder")).content().contains("node=alpha");
      }
    } finally {
      holder.destroyForcibly();
    }
  }

  private DirectoryQuorumLog openUnchecked(LinkedBlockingQueue<Optional<Holder>> told) {
    try {
      return DirectoryQuorumLog.open(
          directory(), ALPHA, CLOCK, told::add, UnaryOperator.identity());
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void open_interruptedWhileItWaits_holdsNothing() throws Exception {
    var waits = new CountDownLatch(1);
    var ended = new CompletableFuture<Throwable>();
    try (var log = DirectoryQuorumLog.tryOpen(directory(), ALPHA, CLOCK)) {
      Thread waiting =
          Thread.ofPlatform()
              .start(
                  () -> {
                    try {
                      DirectoryQuorumLog.open(
                              directory(),
                              ALPHA,
                              CLOCK,
                              _ -> waits.countDown(),
                              UnaryOperator.identity())
                          .close();
                      ended.completeExceptionally(new AssertionError("it opened"));
                    } catch (IOException | InterruptedException e) {
                      ended.complete(e);
                    }
                  });
      waits.await();
      waiting.interrupt();

      assertThat(ended.get(30, TimeUnit.SECONDS)).isInstanceOf(InterruptedException.class);
      assertThat(log.readOnlyReason()).isEmpty();
    }
    DirectoryQuorumLog.tryOpen(directory(), ALPHA, CLOCK).close();
  }

  @Test
  void anUnknownFormat_isRefusedWithASentence() throws Exception {
    DirectoryQuorumLog.tryOpen(directory(), ALPHA, CLOCK).close();
    Files.writeString(directory().resolve("format"), "holdfast-quorum 2\n");

    assertThatExceptionOfType(QuorumFormatException.class)
        .isThrownBy(() -> DirectoryQuorumLog.tryOpen(directory(), ALPHA, CLOCK))
        .withMessageContaining("its format is \"holdfast-quorum 2\", this program knows")
        .withMessageContaining("use the program that made it");
    Files.writeString(directory().resolve("format"), "holdfast-quorum 1\n");
    DirectoryQuorumLog.tryOpen(directory(), ALPHA, CLOCK).close();
  }

  @Test
  void aLogThatIsGone_isRefusedNotMadeAnew() throws Exception {
    try (var log = DirectoryQuorumLog.tryOpen(directory(), ALPHA, CLOCK)) {
      log.commit(BATCH);
    }
    Files.delete(directory().resolve("cluster.log"));

    assertThatExceptionOfType(QuorumFormatException.class)
        .isThrownBy(() -> DirectoryQuorumLog.tryOpen(directory(), ALPHA, CLOCK))
        .withMessageContaining("has no cluster.log although it had one");
    assertThat(directory().resolve("cluster.log")).doesNotExist();
  }

  @Test
  void aLogWithoutItsFormat_isRefusedUnlessItIsEmpty() throws Exception {
    DirectoryQuorumLog.tryOpen(directory(), ALPHA, CLOCK).close();
    Files.delete(directory().resolve("format"));
    // As after a crash right before the format was written.
    try (var log = DirectoryQuorumLog.tryOpen(directory(), ALPHA, CLOCK)) {
      log.commit(BATCH);
    }
    Files.delete(directory().resolve("format"));

    assertThatExceptionOfType(QuorumFormatException.class)
        .isThrownBy(() -> DirectoryQuorumLog.tryOpen(directory(), ALPHA, CLOCK))
        .withMessageContaining("its log has 1 commits but there is no file \"format\"");
  }

  @Test
  void aDamagedLog_isRefusedAndTheLockGivenUp() throws Exception {
    try (var log = DirectoryQuorumLog.tryOpen(directory(), ALPHA, CLOCK)) {
      log.commit(BATCH);
    }
    byte[] bytes = Files.readAllBytes(directory().resolve("cluster.log"));
    bytes[40] ^= 1;
    Files.write(directory().resolve("cluster.log"), bytes);

    for (int i = 0; i < 2; i++) {
      assertThatThrownBy(() -> DirectoryQuorumLog.tryOpen(directory(), ALPHA, CLOCK))
          .isInstanceOf(DamagedHiveException.class)
          .hasMessageContaining("cluster.log is damaged at offset 0");
    }
  }

  @Test
  void aFileInPlaceOfTheDirectory_isRefused() throws Exception {
    Path file = Files.writeString(parent.resolve("file"), "");

    assertThatExceptionOfType(QuorumFormatException.class)
        .isThrownBy(() -> DirectoryQuorumLog.tryOpen(file, ALPHA, CLOCK))
        .withMessageContaining("is not a directory");
  }

  @Test
  void aHolderThatIsNotReadable_isNamedAsUnknown() throws Exception {
    try (var log = DirectoryQuorumLog.tryOpen(directory(), ALPHA, CLOCK)) {
      for (String text : List.of("", "pid=x\nnode=a\nsince=" + SINCE, "pid=1\nsince=now\n")) {
        Files.writeString(directory().resolve("quorum.holder"), text);
        assertThatExceptionOfType(QuorumHeldException.class)
            .isThrownBy(() -> DirectoryQuorumLog.tryOpen(directory(), ALPHA, CLOCK))
            .withMessageContaining("held by a process that has not said who it is");
      }
      assertThat(log.readOnlyReason()).isEmpty();
    }
  }

  /** Another process: tries to open the directory, says what came of it; "hold" keeps it. */
  static final class Child {
    private Child() {}

    public static void main(String[] args) throws Exception {
      try {
        var log =
            DirectoryQuorumLog.tryOpen(Path.of(args[1]), Holder.thisProcess("child", SINCE), CLOCK);
        Revision revision = log.snapshot().revision();
        if (args[0].equals("try")) {
          log.close();
        } else {
          log.commit(Batch.builder().createKey("Child").build());
        }
        System.out.println("opened at revision " + revision);
      } catch (QuorumHeldException e) {
        System.out.println(e.getMessage());
      }
      if (args[0].equals("hold")) {
        new CountDownLatch(1).await();
      }
    }
  }

  private String run(String what) throws Exception {
    Process process = start(what);
    try (var output = lines(process)) {
      return output.readLine();
    } finally {
      assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    }
  }

  private Process start(String what) throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:TieredStopAtLevel=1",
            "-cp",
            System.getProperty("java.class.path"),
            Child.class.getName(),
            what,
            directory().toString())
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start();
  }

  private static BufferedReader lines(Process process) {
    return new BufferedReader(
        new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
  }
}
