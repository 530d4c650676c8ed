package dev.holdfast.registry.hive;

import dev.holdfast.registry.Filetime;
import java.time.InstantSource;

/** Clocks of hives in tests. */
final class HiveTimes {
  /** Stands at zero, which is what a snapshot takes that is given no time: so they are equal. */
  static final InstantSource UNKNOWN = InstantSource.fixed(Filetime.ZERO.toInstant());

  private HiveTimes() {}
}
