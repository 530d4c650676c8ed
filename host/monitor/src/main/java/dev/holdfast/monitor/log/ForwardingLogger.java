package dev.holdfast.monitor.log;

import dev.holdfast.protocol.wire.LogLevel;
import org.jspecify.annotations.Nullable;
import org.slf4j.Marker;
import org.slf4j.event.Level;
import org.slf4j.helpers.LegacyAbstractLogger;
import org.slf4j.helpers.MessageFormatter;

/** What PF4J writes. Warnings and errors pass; its account of each step does not. */
final class ForwardingLogger extends LegacyAbstractLogger {
  private static final long serialVersionUID = 1L;

  ForwardingLogger(String name) {
    this.name = name;
  }

  @Override
  public boolean isTraceEnabled() {
    return false;
  }

  @Override
  public boolean isDebugEnabled() {
    return false;
  }

  @Override
  public boolean isInfoEnabled() {
    return false;
  }

  @Override
  public boolean isWarnEnabled() {
    return true;
  }

  @Override
  public boolean isErrorEnabled() {
    return true;
  }

  @Override
  protected String getFullyQualifiedCallerName() {
    return ForwardingLogger.class.getName();
  }

  @Override
  protected void handleNormalizedLoggingCall(
      Level level,
      @Nullable Marker marker,
      String pattern,
      @Nullable Object @Nullable [] arguments,
      @Nullable Throwable thrown) {
    MonitorLog.write(
        level == Level.ERROR ? LogLevel.ERROR : LogLevel.WARNING,
        name,
        MessageFormatter.basicArrayFormat(pattern, arguments),
        thrown);
  }
}
