package dev.holdfast.service;

import dev.holdfast.protocol.MonitorCommand;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The distribution that this service was started from: where its plugins, its samples and the jars
 * of a monitor are.
 *
 * @param root its folder
 */
record Distribution(Path root) {
  /** The version of the product. */
  static final String VERSION =
      Optional.ofNullable(Distribution.class.getPackage().getImplementationVersion())
          .orElse("0.1.0");

  /** As the launcher says it. */
  static Distribution current() {
    String root = System.getProperty("holdfast.dist");
    if (root == null) {
      throw new IllegalStateException(
          "The service is started by bin/holdfast serve, which says where the distribution is.");
    }
    return new Distribution(Path.of(root).toAbsolutePath().normalize());
  }

  /** The archives of the plugins that are shipped, by name. */
  List<Path> plugins() throws IOException {
    return zips(root.resolve("plugins"));
  }

  /** The archive of a sample. */
  Path sample(String name) throws IOException {
    return zips(root.resolve("samples")).stream()
        .filter(zip -> zip.getFileName().toString().startsWith(name + "-"))
        .findFirst()
        .orElseThrow(() -> new IOException("The distribution " + root + " has no sample " + name));
  }

  private static List<Path> zips(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (var files = Files.list(folder)) {
      return files.filter(file -> file.toString().endsWith(".zip")).sorted().toList();
    }
  }

  /** How monitors are started. */
  MonitorCommand monitorCommand(int heapMegabytes) throws IOException {
    Path java = Path.of(System.getProperty("java.home"), "bin", "java");
    List<Path> classPath;
    try (var lines = Files.lines(root.resolve("lib").resolve("monitor.classpath"))) {
      classPath =
          lines
              .map(String::strip)
              .filter(line -> !line.isEmpty())
              .map(jar -> root.resolve("lib").resolve(jar))
              .toList();
    }
    @Nullable String cache = System.getProperty("holdfast.aot.monitor");
    return new MonitorCommand(
        java, classPath, cache == null ? null : Path.of(cache), heapMegabytes);
  }

  /** The launcher, as an absolute path. */
  Path launcher() {
    String used = System.getenv("HOLDFAST_LAUNCHER");
    return used == null ? root.resolve("bin").resolve("holdfast") : Path.of(used);
  }
}
