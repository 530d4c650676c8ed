package dev.holdfast.registry.regf;

import static org.assertj.core.api.Assertions.fail;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/**
 * Hives and programs of other makers, which are not part of this project. A test that wants one is
 * skipped where it is missing, and fails on CI.
 */
public final class OutsideTools {
  /** The one that Debian's modules belong to; another on the PATH does not have them. */
  static final String PYTHON = "/usr/bin/python3";

  /** How a program ended that did not end by itself. */
  static final int ENDLESS = -1;

  private static final long PATIENCE_SECONDS = 30;

  /** How a program ended, and what it said. */
  public record Run(int code, String out, String err) {}

  private OutsideTools() {}

  static List<Path> hives(String kind) {
    Path folder = folder("HOLDFAST_TEST_HIVES").resolve(kind);
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(Files::isRegularFile).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A script of the tools beside the hives. */
  static String script(String name) {
    need(Files.isExecutable(Path.of(PYTHON)), "there is no " + PYTHON);
    Path script = folder("HOLDFAST_TEST_TOOLS").resolve(name);
    need(Files.isReadable(script), "there is no " + script);
    return script.toString();
  }

  public static String program(String name) {
    need(
        Arrays.stream(System.getenv("PATH").split(File.pathSeparator))
            .anyMatch(folder -> Files.isExecutable(Path.of(folder, name))),
        "there is no program " + name + " on the PATH");
    return name;
  }

  static void needHivexModule() throws IOException, InterruptedException {
    need(Files.isExecutable(Path.of(PYTHON)), "there is no " + PYTHON);
    need(run(PYTHON, "-c", "import hivex").code() == 0, "Python has no module hivex");
  }

  private static Path folder(String variable) {
    String folder = System.getenv(variable);
    need(
        folder != null && Files.isDirectory(Path.of(folder)),
        variable + " does not name a folder: " + folder);
    return Path.of(String.valueOf(folder));
  }

  private static void need(boolean there, String otherwise) {
    if (!there && Boolean.getBoolean("holdfast.ci")) {
      fail("On CI nothing is skipped, and " + otherwise + ".");
    }
    Assumptions.assumeTrue(there, otherwise);
  }

  public static Run run(String... command) throws IOException, InterruptedException {
    return runAtMost(PATIENCE_SECONDS, command);
  }

  static Run runAtMost(long seconds, String... command) throws IOException, InterruptedException {
    Path out = Files.createTempFile("out", ".txt");
    Path err = Files.createTempFile("err", ".txt");
    try {
      var builder = new ProcessBuilder(command).redirectOutput(out.toFile());
      builder.redirectError(err.toFile()).redirectInput(new File("/dev/null"));
      builder.environment().putAll(Map.of("PERL_UNICODE", "S", "PYTHONIOENCODING", "utf-8"));
      Process process = builder.start();
      if (!process.waitFor(seconds, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        return new Run(ENDLESS, "", "did not end within %d s".formatted(seconds));
      }
      return new Run(process.exitValue(), text(out), text(err));
    } finally {
      Files.delete(out);
      Files.delete(err);
    }
  }

  private static String text(Path file) throws IOException {
    return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
  }
}
