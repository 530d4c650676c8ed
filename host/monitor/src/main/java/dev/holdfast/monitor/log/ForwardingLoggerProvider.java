package dev.holdfast.monitor.log;

import org.slf4j.ILoggerFactory;
import org.slf4j.IMarkerFactory;
import org.slf4j.helpers.BasicMarkerFactory;
import org.slf4j.helpers.NOPMDCAdapter;
import org.slf4j.spi.MDCAdapter;
import org.slf4j.spi.SLF4JServiceProvider;

/**
 * Binds SLF4J, which PF4J logs through, to the link. A class of our own instead of a backend
 * because a monitor starts within a tenth of a second, and instead of slf4j-nop because PF4J's
 * warnings name what is wrong with a plugin. Plugins do not see it: a plugin that logs through
 * SLF4J brings its own.
 */
public final class ForwardingLoggerProvider implements SLF4JServiceProvider {
  private final IMarkerFactory markers = new BasicMarkerFactory();
  private final MDCAdapter mdc = new NOPMDCAdapter();

  /** For SLF4J's ServiceLoader. */
  public ForwardingLoggerProvider() {}

  @Override
  public ILoggerFactory getLoggerFactory() {
    return ForwardingLogger::new;
  }

  @Override
  public IMarkerFactory getMarkerFactory() {
    return markers;
  }

  @Override
  public MDCAdapter getMDCAdapter() {
    return mdc;
  }

  @Override
  public String getRequestedApiVersion() {
    return "2.0.99";
  }

  @Override
  public void initialize() {
    // Nothing to set up: loggers hold no state.
  }
}
