package dev.holdfast.service;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.JsonEncoder;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.filter.ThresholdFilter;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.OutputStreamAppender;
import ch.qos.logback.core.encoder.Encoder;
import ch.qos.logback.core.rolling.FixedWindowRollingPolicy;
import ch.qos.logback.core.rolling.RollingFileAppender;
import ch.qos.logback.core.rolling.SizeBasedTriggeringPolicy;
import ch.qos.logback.core.util.FileSize;
import dev.holdfast.service.settings.ServiceSettings;
import dev.holdfast.service.settings.ServiceSettings.LogFormat;
import java.nio.file.Path;
import org.slf4j.LoggerFactory;

/**
 * Sets up Logback, in code: to {@code service.log} in the home, kept bounded, and to standard
 * error. Standard output is for what the command says.
 */
final class LogSetup {
  private static final String PATTERN =
      "%d{yyyy-MM-dd'T'HH:mm:ss.SSSXXX} %-5level %logger{24} %replace([%X{resource}] ){'\\[\\] ',"
          + " ''}%msg%n";
  private static final String FILE_SIZE_MAX = "8MB";
  private static final int FILES_KEPT = 3;

  private LogSetup() {}

  /**
   * Sets it up for the time before the home is ours: to standard error only.
   *
   * @param console the least severe level
   */
  static void console(ServiceSettings settings, Level console) {
    LoggerContext context = fresh(settings);
    context
        .getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME)
        .addAppender(console(context, settings.logFormat(), console));
  }

  /**
   * Sets it up, in place of what was.
   *
   * @param file where everything goes
   * @param console the least severe level that also goes to standard error
   */
  static void apply(ServiceSettings settings, Path file, Level console) {
    LoggerContext context = fresh(settings);
    Logger root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    root.addAppender(file(context, settings.logFormat(), file));
    root.addAppender(console(context, settings.logFormat(), console));
  }

  private static LoggerContext fresh(ServiceSettings settings) {
    var context = (LoggerContext) LoggerFactory.getILoggerFactory();
    context.reset();
    Logger root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    Level level = Level.toLevel(settings.logLevel());
    root.setLevel(level);
    // What the HTTP server says of itself interests nobody below a warning.
    context.getLogger("org.eclipse.jetty").setLevel(Level.WARN);
    context.getLogger("io.javalin").setLevel(Level.WARN);
    return context;
  }

  private static RollingFileAppender<ILoggingEvent> file(
      LoggerContext context, LogFormat format, Path file) {
    var appender = new RollingFileAppender<ILoggingEvent>();
    appender.setContext(context);
    appender.setName("file");
    appender.setFile(file.toString());
    var trigger = new SizeBasedTriggeringPolicy<ILoggingEvent>();
    trigger.setContext(context);
    trigger.setMaxFileSize(FileSize.valueOf(FILE_SIZE_MAX));
    trigger.start();
    var rolling = new FixedWindowRollingPolicy();
    rolling.setContext(context);
    rolling.setParent(appender);
    rolling.setFileNamePattern(file + ".%i");
    rolling.setMinIndex(1);
    rolling.setMaxIndex(FILES_KEPT);
    rolling.start();
    appender.setTriggeringPolicy(trigger);
    appender.setRollingPolicy(rolling);
    return started(context, format, appender);
  }

  private static ConsoleAppender<ILoggingEvent> console(
      LoggerContext context, LogFormat format, Level least) {
    var appender = new ConsoleAppender<ILoggingEvent>();
    appender.setContext(context);
    appender.setName("stderr");
    appender.setTarget("System.err");
    var threshold = new ThresholdFilter();
    threshold.setLevel(least.toString());
    threshold.start();
    appender.addFilter(threshold);
    return started(context, format, appender);
  }

  private static <A extends OutputStreamAppender<ILoggingEvent>> A started(
      LoggerContext context, LogFormat format, A appender) {
    appender.setEncoder(encoder(context, format));
    appender.start();
    return appender;
  }

  private static Encoder<ILoggingEvent> encoder(LoggerContext context, LogFormat format) {
    return switch (format) {
      case TEXT -> {
        var encoder = new PatternLayoutEncoder();
        encoder.setContext(context);
        encoder.setPattern(PATTERN);
        encoder.start();
        yield encoder;
      }
      case JSON -> {
        var encoder = new JsonEncoder();
        encoder.setContext(context);
        encoder.setWithFormattedMessage(true);
        encoder.setWithMessage(false);
        encoder.setWithArguments(false);
        encoder.setWithContext(false);
        encoder.setWithNanoseconds(false);
        encoder.start();
        yield encoder;
      }
    };
  }
}
