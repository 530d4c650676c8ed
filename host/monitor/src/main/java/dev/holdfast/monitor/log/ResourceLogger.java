package dev.holdfast.monitor.log;

import dev.holdfast.protocol.wire.LogLevel;
import dev.holdfast.protocol.wire.LogLine;
import java.text.MessageFormat;
import java.time.Duration;
import java.util.MissingResourceException;
import java.util.ResourceBundle;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The logger a resource gets from its context. Rate-limited: a resource that logs in a loop loses
 * lines, and the next line that passes says how many. Thread-safe; what a plugin's message throws
 * while it is put together becomes the line.
 */
public final class ResourceLogger implements System.Logger {
  /** So many lines a second pass for one resource. */
  public static final int LINES_PER_SECOND = 50;

  /** So many lines pass at once. */
  public static final int BURST_LINES = 500;

  /** If no line passes before, the number of those left out is told after this time. */
  public static final Duration TELL_DROPPED_AFTER = Duration.ofSeconds(1);

  private final String name;
  private final String resource;
  private final String plugin;
  private final RateLimit limit;
  private final Consumer<LogLine> sink;
  private final Consumer<Runnable> later;
  private final AtomicLong dropped = new AtomicLong();

  /**
   * A logger for one resource.
   *
   * @param name what stands as the logger's name: the type's registered name
   * @param resource the resource's id
   * @param plugin as {@code id@version}
   * @param later runs what it is given after {@link #TELL_DROPPED_AFTER}
   */
  public ResourceLogger(
      String name,
      String resource,
      String plugin,
      RateLimit limit,
      Consumer<LogLine> sink,
      Consumer<Runnable> later) {
    this.name = name;
    this.resource = resource;
    this.plugin = plugin;
    this.limit = limit;
    this.sink = sink;
    this.later = later;
  }

  @Override
  public String getName() {
    return name;
  }

  @Override
  public boolean isLoggable(Level level) {
    return level != Level.OFF && level.getSeverity() >= Level.DEBUG.getSeverity();
  }

  @Override
  public void log(
      Level level,
      @Nullable ResourceBundle bundle,
      @Nullable String message,
      @Nullable Throwable thrown) {
    if (isLoggable(level)) {
      write(level, localised(bundle, message), thrown);
    }
  }

  @Override
  public void log(
      Level level,
      @Nullable ResourceBundle bundle,
      @Nullable String format,
      @Nullable Object @Nullable ... arguments) {
    if (isLoggable(level)) {
      write(level, formatted(localised(bundle, format), arguments), null);
    }
  }

  /** Lines left out and not told of yet; asking tells of them. */
  public void tellDropped() {
    long untold = dropped.getAndSet(0);
    if (untold > 0) {
      send(
          MonitorLog.line(LogLevel.WARNING, name, "Lines were left out: too many a second.", null)
              .setDropped(untold));
    }
  }

  private void write(Level level, @Nullable String message, @Nullable Throwable thrown) {
    if (!limit.tryPass()) {
      if (dropped.getAndIncrement() == 0) {
        later.accept(this::tellDropped);
      }
      return;
    }
    send(MonitorLog.line(levelOf(level), name, message, thrown).setDropped(dropped.getAndSet(0)));
  }

  private void send(LogLine.Builder line) {
    sink.accept(line.setResource(resource).setPlugin(plugin).build());
  }

  private static @Nullable String localised(
      @Nullable ResourceBundle bundle, @Nullable String message) {
    if (bundle == null || message == null) {
      return message;
    }
    try {
      return bundle.getString(message);
    } catch (MissingResourceException | ClassCastException e) {
      // As System.Logger says: a message without a translation stands for itself.
      return message;
    }
  }

  private static @Nullable String formatted(
      @Nullable String format, @Nullable Object @Nullable ... arguments) {
    if (format == null || arguments == null || arguments.length == 0) {
      return format;
    }
    try {
      return MessageFormat.format(format, arguments);
    } catch (RuntimeException e) {
      // A wrong pattern, or an argument whose toString throws: the author's, and no reason to fail.
      return format + " (the arguments cannot be put in: " + e.getClass().getName() + ")";
    }
  }

  private static LogLevel levelOf(Level level) {
    return switch (level) {
      case ALL, TRACE -> LogLevel.TRACE;
      case DEBUG -> LogLevel.DEBUG;
      case INFO -> LogLevel.INFO;
      case WARNING -> LogLevel.WARNING;
      case ERROR, OFF -> LogLevel.ERROR;
    };
  }
}
