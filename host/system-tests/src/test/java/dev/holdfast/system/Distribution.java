package dev.holdfast.system;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** The distribution that is tested, and commands run with it. */
final class Distribution {
  /** Moves AOT caches to a place of the tests' own. */
  private static final String CACHE = "HOLDFAST_CACHE";

  /**
   * AOT caches halve what a start costs, and these tests are starts. They are made before the first
   * one, so that nothing is made in the background of a test.
   */
  private static final class Caches {
    static final Path FOLDER = property("holdfast.cache");

    static {
      make();
    }

    private static void make() {
      try {
        Files.createDirectories(FOLDER);
        Path log = FOLDER.resolve("make.log");
        Process making =
            cleanBuilder(
                    Map.of(CACHE, FOLDER.toString()), List.of("" + launcher(), "--make-aot-caches"))
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        if (!making.waitFor(MAKING_MAX.toSeconds(), TimeUnit.SECONDS) || making.exitValue() != 0) {
          throw new IllegalStateException("AOT caches cannot be made: " + Files.readString(log));
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  private static final Duration MAKING_MAX = Duration.ofMinutes(5);

  private static final Path ROOT = property("holdfast.dist");

  private Distribution() {}

  private static Path property(String name) {
    String value = System.getProperty(name);
    if (value == null) {
      throw new IllegalStateException(
          "The system property " + name + " is not set; run these tests with: mvn verify");
    }
    return Path.of(value).toAbsolutePath().normalize();
  }

  static Path root() {
    return ROOT;
  }

  static Path launcher() {
    return ROOT.resolve("bin").resolve("holdfast");
  }

  /** The folder of the tests' AOT caches, which have been made. */
  static Path caches() {
    return Caches.FOLDER;
  }

  /** The source checkout. */
  static Path checkout() {
    return property("holdfast.checkout");
  }

  /** The archive of a sample, by the beginning of its name. */
  static Path sample(String name) {
    try (Stream<Path> files = Files.list(ROOT.resolve("samples"))) {
      return files
          .filter(file -> file.getFileName().toString().startsWith(name + "-"))
          .findFirst()
          .orElseThrow();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Runs a command to its end. A test's own environment about Holdfast and Maven is not passed. */
  static Ran run(Path directory, Map<String, String> environment, List<String> command)
      throws IOException, InterruptedException {
    Path out = Files.createTempFile(directory, "run", ".out");
    Path err = Files.createTempFile(directory, "run", ".err");
    try {
      Process process =
          builder(environment, command)
              .directory(directory.toFile())
              .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
              .redirectOutput(out.toFile())
              .redirectError(err.toFile())
              .start();
      if (!process.waitFor(Patience.LIMIT.toSeconds(), TimeUnit.SECONDS)) {
        process.destroyForcibly().waitFor();
        throw new IOException(
            "%s did not end within %s; it wrote: %s %s"
                .formatted(command, Patience.LIMIT, Files.readString(out), Files.readString(err)));
      }
      return new Ran(
          List.copyOf(command), process.exitValue(), Files.readString(out), Files.readString(err));
    } finally {
      Files.delete(out);
      Files.delete(err);
    }
  }

  /** A process to be started, with AOT caches. */
  static ProcessBuilder builder(Map<String, String> environment, List<String> command) {
    var withCaches = new HashMap<String, String>(environment);
    withCaches.putIfAbsent(CACHE, Caches.FOLDER.toString());
    return cleanBuilder(withCaches, command);
  }

  private static ProcessBuilder cleanBuilder(
      Map<String, String> environment, List<String> command) {
    var builder = new ProcessBuilder(new ArrayList<>(command));
    builder
        .environment()
        .keySet()
        .removeIf(name -> name.startsWith("HOLDFAST_") || name.startsWith("MAVEN_"));
    builder.environment().putAll(environment);
    return builder;
  }
}
