package dev.holdfast.plugins.application;

import dev.holdfast.spi.Health;
import dev.holdfast.spi.ResourceException;
import dev.holdfast.spi.ResourceException.Responsibility;
import dev.holdfast.spi.ResourceException.Retry;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Runs a command and looks at how it ends: 0 is alive. It runs as a child of the monitor, as the
 * monitor's user, since it is short-lived and its loss with the monitor costs nothing.
 *
 * <p>When the time is over, it is killed with everything it started, save what made itself a
 * daemon. No thread is used: output is drained while waiting, so that a command that talks much
 * does not get stuck, and only its beginning is kept.
 *
 * @param command program and arguments
 * @param directory the working directory
 * @param environment added to the monitor's own
 */
record ExecProbe(List<String> command, Path directory, Map<String, String> environment) {
  private static final int KEPT_OUTPUT_BYTES = 512;
  private static final int SHOWN_OUTPUT_CHARS = 200;
  private static final int READS_MAX = 64;
  private static final long FIRST_WAIT_MILLIS = 1;
  private static final long LONGEST_WAIT_MILLIS = 50;

  /**
   * Runs the command once.
   *
   * @throws ResourceException when it cannot be run: the check is broken, which says nothing of the
   *     application
   * @throws InterruptedException when interrupted; the command is killed
   */
  Health health(Duration timeout) throws IOException, InterruptedException, ResourceException {
    var builder =
        new ProcessBuilder(command).directory(directory.toFile()).redirectErrorStream(true);
    builder.environment().putAll(environment);
    long deadline = System.nanoTime() + timeout.toNanos();
    Process process = start(builder);
    try {
      process.getOutputStream().close();
      return watch(process, deadline, timeout);
    } finally {
      killTree(process);
      process.getInputStream().close();
    }
  }

  private Process start(ProcessBuilder builder) throws ResourceException {
    try {
      return builder.start();
    } catch (IOException e) {
      throw new ResourceException(
          Responsibility.USER,
          Retry.NOWHERE,
          "ProbeNotRunnable",
          "The probe command cannot be run: %s. Correct ProbeCommand.".formatted(e.getMessage()),
          e);
    }
  }

  private Health watch(Process process, long deadline, Duration timeout)
      throws IOException, InterruptedException {
    var output = new Output(process.getInputStream());
    long waitMillis = FIRST_WAIT_MILLIS;
    while (!process.waitFor(waitMillis, TimeUnit.MILLISECONDS)) {
      output.drain();
      if (System.nanoTime() - deadline >= 0) {
        return Health.failed(name() + " did not end within " + timeout.toMillis() + " ms");
      }
      waitMillis = Math.min(waitMillis * 2, LONGEST_WAIT_MILLIS);
    }
    output.drain();
    return process.exitValue() == 0
        ? Health.alive()
        : Health.failed(name() + " ended with " + process.exitValue() + output.shown());
  }

  private String name() {
    return "probe " + command.get(0);
  }

  /** Children first seen, parent first killed: it cannot start any more while they are ended. */
  private static void killTree(Process process) {
    List<ProcessHandle> descendants = process.descendants().toList();
    process.destroyForcibly();
    descendants.forEach(ProcessHandle::destroyForcibly);
  }

  /** Takes what is there and never waits: a child that was left behind may hold the pipe open. */
  private static final class Output {
    private final InputStream stream;
    private final byte[] kept = new byte[KEPT_OUTPUT_BYTES];
    private int keptBytes;

    Output(InputStream stream) {
      this.stream = stream;
    }

    /** Bounded, or a command that talks faster than this reads would hold it for ever. */
    void drain() throws IOException {
      int available = stream.available();
      for (int i = 0; i < READS_MAX && available > 0; i++) {
        int room = kept.length - keptBytes;
        if (room > 0) {
          keptBytes += Math.max(0, stream.read(kept, keptBytes, Math.min(room, available)));
        } else {
          stream.skipNBytes(available);
        }
        available = stream.available();
      }
    }

    String shown() {
      String text = new String(kept, 0, keptBytes, StandardCharsets.UTF_8).strip();
      String line = text.lines().findFirst().orElse("");
      return line.isEmpty()
          ? ""
          : ": " + line.substring(0, Math.min(line.length(), SHOWN_OUTPUT_CHARS));
    }
  }
}
