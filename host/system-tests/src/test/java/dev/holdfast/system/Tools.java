package dev.holdfast.system;

import static org.assertj.core.api.Assertions.fail;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Assumptions;

/** What a test wants of the machine. On CI nothing may be missing: there a wish is a demand. */
final class Tools {
  private Tools() {}

  /** Skips the test when a program is not on the PATH; fails it on CI. */
  static void need(String program) {
    need(
        Arrays.stream(System.getenv("PATH").split(File.pathSeparator))
            .anyMatch(folder -> Files.isExecutable(Path.of(folder, program))),
        "there is no program " + program + " on the PATH");
  }

  /** Skips the test where the kernel lets nobody start processes apart from all others. */
  static void requireIsolation() throws IOException, InterruptedException {
    need("unshare");
    Process tried =
        new ProcessBuilder("unshare", "--pid", "--fork", "--mount-proc", "true")
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    Assumptions.assumeTrue(
        tried.waitFor() == 0, "processes cannot be started apart: that takes root");
  }

  /** Skips the test when a condition does not hold; fails it on CI. */
  static void need(boolean there, String otherwise) {
    if (!there && Boolean.getBoolean("holdfast.ci")) {
      fail("On CI nothing is skipped, and " + otherwise + ".");
    }
    Assumptions.assumeTrue(there, otherwise);
  }
}
