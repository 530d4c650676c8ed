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

  /** Elsewhere: it outlives the node, and is taken over by epoch. */
  ELSEWHERE
}
