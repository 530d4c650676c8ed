package dev.holdfast.service.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.common.base.Splitter;
import dev.holdfast.service.posix.FileLease;
import dev.holdfast.service.posix.ProcessControl;
import dev.holdfast.service.process.SpawnException.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SpawnTest {
  @TempDir Path folder;
  private Bed bed;

  @BeforeEach
  void setUp() throws IOException {
    bed = Bed.in(folder);
  }

  @AfterEach
  void tearDown() throws Exception {
    bed.close();
  }

  @Test
  void theChildHasOnlyItsThreeDescriptors() throws Exception {
    bed.run(bed.shell("ls /proc/$$/fd"));
    bed.nextExit();

    assertThat(bed.output()).isEqualTo("0\n1\n2\n");
  }

  @Test
  void theChildLeadsASessionOfItsOwn() throws Exception {
    ProcessIdentity process = bed.run(bed.shell("sleep 1000"));

    ProcStat stat = bed.proc.stat(process).orElseThrow();
    assertThat(stat.group()).isEqualTo(process.pid());
    assertThat(stat.session()).isEqualTo(process.pid());
    assertThat(stat.parent()).isEqualTo((int) ProcessHandle.current().pid());
  }

  @Test
  void theChildHasNoBlockedAndNoIgnoredSignals() throws Exception {
    ProcessIdentity process = bed.run(command("sleep", "1000"));

    assertThat(Files.readAllLines(Path.of("/proc/" + process.pid() + "/status")))
        .contains("SigBlk:\t0000000000000000", "SigIgn:\t0000000000000000");
  }

  @Test
  void theChildDoesNotInheritOurRaisedLimitOfOpenFiles() throws Exception {
    ProcessIdentity process = bed.run(bed.shell("sleep 1000"));

    assertThat(Files.readString(Path.of("/proc/" + process.pid() + "/limits")))
        .containsPattern("Max open files +1024 ");
  }

  @Test
  void theEnvironmentIsWhole() throws Exception {
    ProcessSpec spec =
        ProcessSpec.of(
            List.of("/usr/bin/env", "-0"),
            folder,
            Map.of("B", "é=\n", "A", ""),
            folder.resolve("o"));
    bed.run(spec.marked(new SlotToken("web:main:17")));
    bed.nextExit();

    assertThat(Splitter.on('\0').omitEmptyStrings().split(Bed.read(folder.resolve("o"))))
        .containsExactlyInAnyOrder("A=", "B=é=\n", "HOLDFAST_SLOT=web:main:17");
  }

  @Test
  void outputAndErrorsAreAppendedToAFileOfOurOwn() throws Exception {
    bed.run(bed.shell("echo one; echo two >&2; pwd"));
    bed.nextExit();
    bed.run(bed.shell("echo three"));
    bed.nextExit();

    assertThat(bed.output()).isEqualTo("one\ntwo\n" + folder.toRealPath() + "\nthree\n");
    assertThat(Files.getPosixFilePermissions(folder.resolve("out.log")))
        .isEqualTo(PosixFilePermissions.fromString("rw-------"));
  }

  @Test
  void standardInputIsWhatWasGivenAndThenTheEnd() throws Exception {
    bed.run(bed.shell("cat; echo .").reading("nonce-4711\n"));
    bed.nextExit();
    bed.run(bed.shell("cat; echo ."));
    bed.nextExit();

    assertThat(bed.output()).isEqualTo("nonce-4711\n.\n.\n");
  }

  @Test
  void theLongestInputFitsAndALongerOneIsRefused() throws Exception {
    bed.run(bed.shell("wc -c").reading("x".repeat(ProcessSpec.INPUT_LIMIT_BYTES)));
    bed.nextExit();

    assertThat(bed.output().strip()).isEqualTo("4096");
    assertThatThrownBy(
            () -> bed.shell("cat").reading("x".repeat(ProcessSpec.INPUT_LIMIT_BYTES + 1)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void anotherUserRunsItInPlace() throws Exception {
    assumeTrue(ProcessControl.isRoot(), "only root may become another user");
    Path open = Files.createDirectory(Path.of("/tmp/holdfast-" + folder.getFileName()));
    try {
      Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rwxr-xr-x"));
      ProcessSpec spec =
          ProcessSpec.of(
              List.of("sh", "-c", "id -un; id -Gn; echo $$; ulimit -n"),
              open,
              Map.of("PATH", "/usr/bin:/bin"),
              folder.resolve("out.log"));
      ProcessIdentity process = bed.run(spec.as("nobody"));

      assertThat(bed.nextExit().status()).isEqualTo(new ExitStatus.Code(0));
      assertThat(bed.output()).isEqualTo("nobody\nnogroup\n" + process.pid() + "\n1024\n");
    } finally {
      Files.delete(open);
    }
  }

  @Test
  void whatCannotBeStartedIsToldPlainly() throws Exception {
    Path script = script("script", "#!/no/such/interpreter\n");
    Path text = script("text", "no program at all\n");
    Path fifo = folder.resolve("fifo");
    bed.run(bed.shell("mkfifo -m 777 fifo"));
    bed.processes.acknowledge(bed.nextExit().process());

    assertRefused(
        command("no-such-command-here"), Reason.COMMAND_NOT_FOUND, "no such file in PATH");
    assertRefused(command("/no/such"), Reason.COMMAND_NOT_FOUND, "'/no/such': no such file");
    assertRefused(
        command("/etc/passwd"), Reason.NOT_EXECUTABLE, "'/etc/passwd': permission denied");
    assertRefused(command("/etc"), Reason.NOT_EXECUTABLE, "'/etc': is a directory");
    assertRefused(command("" + fifo), Reason.NOT_EXECUTABLE, "permission denied");
    assertRefused(
        command("" + script), Reason.COMMAND_NOT_FOUND, "the interpreter in its '#!' line");
    assertRefused(command("" + text), Reason.NOT_EXECUTABLE, "exec format error");
    assertRefused(in(folder.resolve("x"), "o"), Reason.DIRECTORY, "/x': no such file or directory");
    assertRefused(in(script, "o"), Reason.DIRECTORY, "/script': not a directory");
    assertRefused(in(folder, "no/o"), Reason.OUTPUT, "/no/o': not there");
    assertRefused(in(folder, "fifo"), Reason.OUTPUT, "/fifo': not a regular file");
    if (ProcessControl.isRoot()) {
      assertRefused(command("true").as("no-such-user"), Reason.USER, "no such user");
    }
    bed.assertNoChildIsLeft();
  }

  @Test
  void whatIsNoCommandIsRefusedAtOnce() {
    assertThatThrownBy(() -> command()).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> command("")).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> command("a\0b")).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> in(Path.of("relative"), "o"))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(
            () -> ProcessSpec.of(List.of("a"), folder, Map.of("A=B", ""), folder.resolve("o")))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void aHangingExecIsGivenUpAndBlocksNobody() throws Exception {
    bed.close();
    bed = Bed.in(folder, ProcessLimits.DEFAULT.withSpawnLimit(Duration.ofSeconds(3)));
    Path script = script("hangs", "#!/bin/sh\nexit 0\n");

    try (FileLease lease = FileLease.take(script)) {
      CompletableFuture<ProcessIdentity> hanging = bed.processes.spawn(command("" + script));
      for (int i = 0; i < 20; i++) {
        bed.run(bed.shell("exit 0"));
      }
      assertThat(hanging).as("others start meanwhile").isNotDone();

      assertThatThrownBy(() -> Bed.get(hanging))
          .isInstanceOf(ExecutionException.class)
          .cause()
          .hasMessageContaining("hangs")
          .hasMessageContaining("did not begin within PT3S");
      for (int i = 0; i < 20; i++) {
        bed.processes.acknowledge(bed.nextExit().process());
      }
      bed.assertNoChildIsLeft();
      assertThat(lease).isNotNull();
    }
  }

  @Test
  void tooManyWaitingStartsAreRefused() throws Exception {
    bed.close();
    ProcessLimits few =
        new ProcessLimits(
            1,
            1,
            Duration.ofSeconds(30),
            Duration.ofSeconds(5),
            Duration.ofMillis(200),
            Duration.ofSeconds(1),
            1024);
    bed = Bed.in(folder, few);
    Path script = script("hangs", "#!/bin/sh\nexec sleep 1000\n");

    CompletableFuture<ProcessIdentity> hanging;
    CompletableFuture<ProcessIdentity> waiting;
    try (FileLease lease = FileLease.take(script)) {
      hanging = bed.processes.spawn(command("" + script));
      Bed.until("the first start hangs", () -> !bed.proc.children(Set.of()).isEmpty());
      waiting = bed.processes.spawn(command("sleep", "1000"));

      assertRefused(command("sleep", "1000"), Reason.BUSY, "1 starts are waiting already");
      assertThat(lease).isNotNull();
    }
    bed.watch(Bed.get(hanging));
    bed.watch(Bed.get(waiting));
    for (var process : List.of(hanging.join(), waiting.join())) {
      Bed.get(bed.processes.kill(process, null));
      bed.processes.acknowledge(bed.nextExit().process());
    }
  }

  @Test
  void nothingStartsAfterClosing() throws Exception {
    bed.processes.close();

    assertRefused(command("true"), Reason.CLOSED, "the service is stopping");
  }

  private ProcessSpec command(String... words) {
    return ProcessSpec.of(
        List.of(words), folder, Map.of("PATH", "/usr/bin:/bin"), folder.resolve("out.log"));
  }

  private ProcessSpec in(Path directory, String output) {
    return ProcessSpec.of(
        List.of("true"), directory, Map.of("PATH", "/usr/bin:/bin"), folder.resolve(output));
  }

  private Path script(String name, String text) throws IOException {
    Path script = Files.writeString(folder.resolve(name), text);
    return Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private void assertRefused(ProcessSpec spec, Reason reason, String message) {
    assertThatThrownBy(() -> Bed.get(bed.processes.spawn(spec)))
        .isInstanceOf(ExecutionException.class)
        .cause()
        .isInstanceOfSatisfying(SpawnException.class, e -> assertThat(e.reason()).isEqualTo(reason))
        .hasMessageStartingWith("Cannot start " + spec)
        .hasMessageContaining(message);
  }
}
