package dev.holdfast.monitor.call;

import dev.holdfast.monitor.log.ResourceLogger;
import dev.holdfast.spi.Context;
import dev.holdfast.spi.Health;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.concurrent.ThreadFactory;
import java.util.function.Consumer;

/** A resource's surroundings. Everything it hands out is let go by {@link #close}. */
final class ResourceContext implements Context {
  /**
   * Who the resource is.
   *
   * @param id never changes
   * @param directory its own; exists
   */
  record Identity(String id, String name, String group, String node, Path directory) {}

  private final Identity identity;
  private final ResourceLogger logger;
  private final ContextThreads threads;
  private final InstantSource clock;
  private final Consumer<Health> signals;

  ResourceContext(
      Identity identity,
      ResourceLogger logger,
      ContextThreads threads,
      InstantSource clock,
      Consumer<Health> signals) {
    this.identity = identity;
    this.logger = logger;
    this.threads = threads;
    this.clock = clock;
    this.signals = signals;
  }

  @Override
  public String resourceName() {
    return identity.name();
  }

  @Override
  public String resourceId() {
    return identity.id();
  }

  @Override
  public String groupName() {
    return identity.group();
  }

  @Override
  public String nodeName() {
    return identity.node();
  }

  @Override
  public Path directory() {
    return identity.directory();
  }

  @Override
  public System.Logger logger() {
    return logger;
  }

  @Override
  public ThreadFactory threads() {
    return threads;
  }

  @Override
  public InstantSource clock() {
    return clock;
  }

  @Override
  public void signal(Health health) {
    signals.accept(health);
  }

  void close() {
    threads.close();
    logger.tellDropped();
  }
}
