package dev.holdfast.system;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The sources of all tests, for pages that name them. */
final class TestSources {
  static final Path ROOT = Path.of("../..");

  private TestSources() {}

  /** By the names of the classes. */
  static Map<String, String> all() throws IOException {
    Map<String, String> sources = new HashMap<>();
    for (String folder : List.of("host", "spi", "plugins", "sample-resources")) {
      try (Stream<Path> files = Files.walk(ROOT.resolve(folder))) {
        for (Path file : files.filter(TestSources::isTest).toList()) {
          sources.put(file.getFileName().toString().replace(".java", ""), Files.readString(file));
        }
      }
    }
    return sources;
  }

  private static boolean isTest(Path file) {
    return file.toString().contains("src/test/java") && file.toString().endsWith(".java");
  }
}
