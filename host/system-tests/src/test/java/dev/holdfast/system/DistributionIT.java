package dev.holdfast.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What the distribution is made of. */
@Tag("system")
class DistributionIT {
  /** Of Java 6, the first with stack maps. */
  private static final int OLDEST_IN_AN_AOT_CACHE = 50;

  private static final int MAJOR_HIGH = 6;
  private static final int MAJOR_LOW = 7;

  @Test
  void everyClassIsNewEnoughForAnAotCache() throws Exception {
    List<Path> jars;
    try (Stream<Path> files = Files.list(Distribution.root().resolve("lib"))) {
      jars = files.filter(file -> file.toString().endsWith(".jar")).toList();
    }
    assertThat(jars).anyMatch(jar -> jar.getFileName().toString().startsWith("picocli"));

    var tooOld = new ArrayList<String>();
    for (Path jar : jars) {
      tooOld.addAll(tooOld(jar));
    }

    assertThat(tooOld).isEmpty();
  }

  private static List<String> tooOld(Path jar) throws IOException {
    var names = new ArrayList<String>();
    try (var zip = new ZipFile(jar.toFile())) {
      for (var entries = zip.entries(); entries.hasMoreElements(); ) {
        var entry = entries.nextElement();
        if (entry.getName().endsWith(".class")) {
          byte[] head;
          try (var in = zip.getInputStream(entry)) {
            head = in.readNBytes(MAJOR_LOW + 1);
          }
          int major = (head[MAJOR_HIGH] & 0xff) << Byte.SIZE | (head[MAJOR_LOW] & 0xff);
          if (major < OLDEST_IN_AN_AOT_CACHE) {
            names.add(jar.getFileName() + "!" + entry.getName() + " has version " + major);
          }
        }
      }
    }
    return names;
  }
}
