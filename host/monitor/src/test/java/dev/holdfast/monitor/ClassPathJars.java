package dev.holdfast.monitor;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.StringTokenizer;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;

/** What of the test's class path a monitor needs, as jars: an AOT cache takes no folders. */
final class ClassPathJars {
  private static final List<String> NEEDED =
      List.of(
          "spi",
          "failpoint",
          "protocol",
          "monitor",
          "protobuf-java",
          "pf4j",
          "semver",
          "slf4j",
          "jspecify");

  private ClassPathJars() {}

  static List<Path> in(Path folder) throws IOException {
    var jars = new ArrayList<Path>();
    var entries = new StringTokenizer(System.getProperty("java.class.path"), File.pathSeparator);
    while (entries.hasMoreTokens()) {
      String entry = entries.nextToken();
      Path path = Path.of(entry);
      if (entry.endsWith("test-classes") || NEEDED.stream().noneMatch(entry::contains)) {
        continue;
      }
      jars.add(Files.isDirectory(path) ? jar(path, folder.resolve(jars.size() + ".jar")) : path);
    }
    return jars;
  }

  private static Path jar(Path classes, Path jar) throws IOException {
    try (var out = new JarOutputStream(Files.newOutputStream(jar));
        var files = Files.walk(classes)) {
      for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
        out.putNextEntry(new JarEntry(classes.relativize(file).toString()));
        out.write(Files.readAllBytes(file));
        out.closeEntry();
      }
    }
    return jar;
  }
}
