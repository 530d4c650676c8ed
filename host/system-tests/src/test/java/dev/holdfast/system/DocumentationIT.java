package dev.holdfast.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Every command in the documents works as it stands there: blocks marked {@code sh test}. */
@Tag("system")
class DocumentationIT {
  /** All commands of a document, one after the other in one shell. */
  private static final Duration SHELL_LIMIT = Duration.ofMinutes(10);

  @Test
  void theReadmesCommandsWorkOnTheDemo() throws Exception {
    try (var cluster = Cluster.empty()) {
      cluster.start("demo");
      run(cluster, "README.md");
    }
  }

  @Test
  void theTutorialLeadsFromAnEmptyFolderToAResourceThatIsKilledAndFoundAgain() throws Exception {
    try (var cluster = Cluster.empty()) {
      cluster.start("serve");
      run(cluster, "host/docs/writing-a-resource-type.md");
    }
  }

  @Test
  void theTestersCommandsWorkOnTheDemo() throws Exception {
    try (var cluster = Cluster.empty()) {
      cluster.start("demo");
      run(cluster, "host/docs/testing-crash-recovery.md");
    }
  }

  @Test
  void theRegistrysCommandsWork() throws Exception {
    try (var cluster = Cluster.empty()) {
      cluster.start("serve");
      run(cluster, "host/docs/registry.md");
    }
  }

  @Test
  void theCheckpointsCommandsWork() throws Exception {
    try (var cluster = Cluster.empty()) {
      cluster.start("serve");
      run(cluster, "host/docs/checkpoints.md");
    }
  }

  @Test
  void theBackupsCommandsWork() throws Exception {
    Tools.need("sha256sum");
    try (var cluster = Cluster.empty()) {
      cluster.start("serve");
      run(cluster, "host/docs/backup.md");
    }
  }

  @Test
  void theClusterFilesCommandsWork() throws Exception {
    try (var cluster = Cluster.empty()) {
      cluster.start("serve");
      run(cluster, "host/docs/cluster-file.md");
    }
  }

  @Test
  void theRegistryCanBeUsedByCurl() throws Exception {
    Tools.need("curl");
    try (var cluster = Cluster.empty()) {
      cluster.start("serve");
      run(cluster, "host/docs/registry-with-curl.md");
    }
  }

  private static void run(Cluster cluster, String document)
      throws IOException, InterruptedException {
    List<String> lines = DocumentCommands.of(document);
    assertThat(lines).as("commands in %s", document).hasSizeGreaterThan(5);
    Path script = cluster.folder().resolve("commands.sh");
    Path said = cluster.folder().resolve("commands.out");
    Files.write(script, lines);
    Process shell =
        Distribution.builder(
                Map.of(
                    "HOLDFAST_HOME", cluster.home().toString(),
                    "TMPDIR", cluster.folder().toString(),
                    "PATH", Distribution.root().resolve("bin") + ":" + System.getenv("PATH")),
                List.of("bash", "-euv", script.toString()))
            .directory(checkoutInSmall(cluster.folder()).toFile())
            .redirectErrorStream(true)
            .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
            .redirectOutput(said.toFile())
            .start();
    boolean ended = shell.waitFor(SHELL_LIMIT.toSeconds(), TimeUnit.SECONDS);
    if (!ended) {
      shell.destroyForcibly().waitFor();
    }
    assertThat(ended)
        .as("%s within %s: %s", document, SHELL_LIMIT, Files.readString(said))
        .isTrue();
    assertThat(shell.exitValue()).as("%s: %s", document, Files.readString(said)).isZero();
  }

  /**
   * What a reader has in front of him, as far as the documents name it: the real checkout's
   * launcher would build, in the middle of a build.
   */
  private static Path checkoutInSmall(Path folder) throws IOException {
    Path checkout = folder.resolve("checkout");
    Path target = Files.createDirectories(checkout.resolve("host/dist/target"));
    Path bin = Files.createDirectories(checkout.resolve("host/bin"));
    Files.createSymbolicLink(target.resolve("holdfast"), Distribution.root());
    Files.createSymbolicLink(bin.resolve("holdfast"), Distribution.launcher());
    Files.createSymbolicLink(
        checkout.resolve("sample-resources"), Distribution.checkout().resolve("sample-resources"));
    return checkout;
  }
}
