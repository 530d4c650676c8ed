package dev.holdfast.monitor;

import org.jspecify.annotations.Nullable;

/** Says something where no link is: in the process's output, which the service keeps in a file. */
final class MonitorOutput {
  private MonitorOutput() {}

  static void say(String line) {
    say(line, null);
  }

  static void say(String line, @Nullable Throwable thrown) {
    System.err.println(line);
    if (thrown != null) {
      thrown.printStackTrace(System.err);
    }
    System.err.flush();
  }
}
