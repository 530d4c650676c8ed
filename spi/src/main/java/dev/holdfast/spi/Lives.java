package dev.holdfast.spi;

/**
 * Where the thing that a resource stands for lives. This decides its whole recovery, so there is no
 * default.
 */
public enum Lives {
  /** Inside the monitor: gone when its monitor dies, and then restarted by policy. */
  IN_MONITOR,

  /** On the node: it outlives monitor and cluster service, and is gone with the boot. */
  ON_NODE,

  /**
   * Elsewhere, at a system with a memory of its own: it outlives the node. What a resource has
   * there is written down in external slots ({@link OnlineCall#external}); what a node that died
   * held is taken over by an online with a higher epoch. When it cannot be seen, it is neither
   * started nor terminated: who cannot be asked cannot be told to stop either.
   */
  ELSEWHERE
}
