package dev.holdfast.spi.fake;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.holdfast.spi.Command;
import dev.holdfast.spi.CommandResult;
import dev.holdfast.spi.Exit;
import dev.holdfast.spi.ResourceException;
import dev.holdfast.spi.ResourceException.Responsibility;
import dev.holdfast.spi.ResourceException.Retry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;
import java.util.concurrent.TimeUnit;

/**
 * Commands as children of this JVM. What they leave is known by a word in its environment, as the
 * cluster service knows it.
 */
final class FakeCommands {
  private static final String MARK = "HOLDFAST_SLOT";

  /** A shell says 128 and more for a signal, and so does the JDK. */
  private static final int SIGNAL_BASE = 128;

  /** The signals that have names; an agent may well exit with 190. */
  private static final int SIGNALS = 31;

  private final Path directory;
  private final String kept = UUID.randomUUID().toString();

  FakeCommands(Path directory) {
    this.directory = directory;
  }

  synchronized CommandResult run(Command command) throws ResourceException {
    Path output = directory.resolve("command.out");
    Path errors = directory.resolve("command.err");
    boolean changes = command.effect() == Command.Effect.CHANGES;
    String mark = changes ? kept : UUID.randomUUID().toString();
    Path in = command.launch().directory();
    var builder =
        new ProcessBuilder(command.launch().command())
            .directory((in == null ? directory : in).toFile())
            .redirectInput(Path.of("/dev/null").toFile())
            .redirectOutput(output.toFile())
            .redirectErrorStream(changes);
    if (!changes) {
      builder.redirectError(errors.toFile());
    }
    builder.environment().putAll(command.launch().environment());
    builder.environment().put(MARK, mark);
    try {
      Process process = builder.start();
      boolean ended = process.waitFor(command.limit().toMillis(), TimeUnit.MILLISECONDS);
      if (!ended) {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly().waitFor();
      }
      if (!ended || !changes || process.exitValue() != 0) {
        end(mark);
      }
      String out = text(output);
      String err = changes ? "" : text(errors);
      int kept = Math.min(out.length(), CommandResult.OUTPUT_BYTES_MAX);
      return new CommandResult(
          exit(process.exitValue()), !ended, out.substring(0, kept), err, kept < out.length());
    } catch (IOException e) {
      throw new ResourceException(
          Responsibility.USER,
          Retry.OTHER_NODE,
          "CommandNotFound",
          String.valueOf(e.getMessage()),
          e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ResourceException(
          Responsibility.RESOURCE, Retry.HERE, "Cancelled", "The call was cancelled.", e);
    }
  }

  /** Kills what changing commands left. */
  void endLeft() {
    end(kept);
  }

  private static String text(Path file) throws IOException {
    return new String(Files.readAllBytes(file), UTF_8);
  }

  private static Exit exit(int code) {
    return code > SIGNAL_BASE && code <= SIGNAL_BASE + SIGNALS
        ? new Exit.Signal(code - SIGNAL_BASE)
        : new Exit.Code(code);
  }

  private static void end(String mark) {
    ProcessHandle.allProcesses()
        .filter(process -> carries(process, mark))
        .forEach(
            process -> {
              process.destroyForcibly();
              process.onExit().join();
            });
  }

  private static boolean carries(ProcessHandle process, String mark) {
    try {
      byte[] environment = Files.readAllBytes(Path.of("/proc/" + process.pid() + "/environ"));
      return new String(environment, ISO_8859_1).contains(MARK + "=" + mark);
    } catch (IOException | UncheckedIOException goneOrNotOurs) {
      return false;
    }
  }
}
