package dev.holdfast.monitor.log;

import dev.holdfast.protocol.Failures;
import dev.holdfast.protocol.wire.LogLevel;
import dev.holdfast.protocol.wire.LogLine;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Where the monitor's own lines go: to the link once there is one, before that and after it to the
 * process's output, which the service appends to a file.
 *
 * <p>The sink is static because SLF4J makes its provider by itself and asks nobody; a process is
 * one monitor. Thread-safe.
 */
public final class MonitorLog {
  /** Longer messages are cut. MSCS's LogEvent cut at 500. */
  public static final int MESSAGE_LIMIT_CHARS = 8 * 1024;

  private static final Consumer<LogLine> OUTPUT = MonitorLog::print;

  private static volatile Consumer<LogLine> sink = OUTPUT;

  private MonitorLog() {}

  /** Sends what follows to the link. */
  public static void to(Consumer<LogLine> link) {
    sink = link;
  }

  /** Sends what follows to the process's output. */
  public static void toOutput() {
    sink = OUTPUT;
  }

  /** Writes a line of the monitor's own. */
  public static void write(
      LogLevel level, String logger, String message, @Nullable Throwable thrown) {
    sink.accept(line(level, logger, message, thrown).build());
  }

  /** A line as it is now, for this thread; resource and plugin are the caller's to set. */
  static LogLine.Builder line(
      LogLevel level, String logger, @Nullable String message, @Nullable Throwable thrown) {
    return LogLine.newBuilder()
        .setTimeMillis(System.currentTimeMillis())
        .setLevel(level)
        .setLogger(logger)
        .setMessage(Failures.cut(String.valueOf(message), MESSAGE_LIMIT_CHARS))
        .setThrown(thrown == null ? "" : Failures.stackTrace(thrown))
        .setThread(Thread.currentThread().getName());
  }

  private static void print(LogLine line) {
    System.err.printf(
        "%tFT%<tT.%<tL %s %s [%s] %s%s%n",
        line.getTimeMillis(),
        line.getLevel(),
        line.getLogger(),
        line.getThread(),
        line.getMessage(),
        line.getThrown().isEmpty() ? "" : System.lineSeparator() + line.getThrown());
  }
}
