package dev.holdfast.spi;

import java.nio.file.Path;
import java.time.InstantSource;
import java.util.concurrent.ThreadFactory;

/**
 * A resource's surroundings, valid from {@link ResourceType#open} until {@link Resource#close}
 * returns. All methods may be called from any thread and none of them blocks. What comes from here
 * is let go by the host after close.
 */
public interface Context {
  /**
   * The resource's name, unique in the cluster ignoring case. It may be renamed by a later life.
   */
  String resourceName();

  /** The resource's id: never changes, never used again. */
  String resourceId();

  /** The name of the group the resource is in. */
  String groupName();

  /** The name of the node this monitor runs on. */
  String nodeName();

  /**
   * A directory on this node for this resource alone: it exists, outlives monitor and service, and
   * does not follow the resource to another node.
   */
  Path directory();

  /** Writes to the resource's own log. Rate-limited. */
  System.Logger logger();

  /** Makes daemon threads that are named after the resource and interrupted after close. */
  ThreadFactory threads();

  /** What time it is; the time by which {@link Call#deadline} is meant. */
  InstantSource clock();

  /**
   * Tells the host what the type noticed by itself, without being polled. {@link Health.Failed} is
   * confirmed by {@link Resource#isAlive} before anything follows. Ignored while the resource is
   * not Online.
   *
   * <p>MSCS: the event handle, and SetResourceStatus.
   */
  void signal(Health health);
}
