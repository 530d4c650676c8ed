package dev.holdfast.protocol;

import java.util.OptionalInt;

/**
 * The protocol numbers this build speaks. A new kind of frame makes a new number: 2 brought
 * Inspect, 3 RunCommand and Survey, 4 ReserveExternal and controls, 5 the call of changed. Service
 * and monitor come from one distribution, so the older number is not kept.
 */
public final class ProtocolVersion {
  /** The oldest number this build speaks. */
  public static final int MIN = 5;

  /** The newest number this build speaks. */
  public static final int MAX = 5;

  private ProtocolVersion() {}

  /** The newest number that this build and the other side both speak; empty when there is none. */
  public static OptionalInt negotiate(int otherMin, int otherMax) {
    int newest = Math.min(MAX, otherMax);
    return newest >= Math.max(MIN, otherMin) ? OptionalInt.of(newest) : OptionalInt.empty();
  }
}
