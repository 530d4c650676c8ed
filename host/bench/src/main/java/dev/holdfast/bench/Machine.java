package dev.holdfast.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What the numbers were measured on. */
final class Machine {
  private Machine() {}

  static String describe() {
    return "%d cores, Linux %s, JDK %s"
        .formatted(
            Runtime.getRuntime().availableProcessors(),
            System.getProperty("os.version"),
            Runtime.version());
  }

  /** Load averages of 1, 5 and 15 minutes. A benchmark adds one or two to them itself. */
  static String load() throws IOException {
    String[] words = Files.readString(Path.of("/proc/loadavg")).split(" ", 4);
    return words[0] + " " + words[1] + " " + words[2];
  }
}
