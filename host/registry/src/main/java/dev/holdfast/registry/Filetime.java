package dev.holdfast.registry;

import java.time.Instant;

/**
 * A moment as Windows writes it down: steps of 100 ns since the year 1601. Immutable. A file can
 * hold any number of 64 bits, so any is one; they are ordered as unsigned.
 */
public record Filetime(long ticks) implements Comparable<Filetime> {
  /** Not known: what was written before times were. */
  public static final Filetime ZERO = new Filetime(0);

  private static final long TICKS_PER_SECOND = 10_000_000;
  private static final int NANOS_PER_TICK = 100;
  private static final long SECONDS_BEFORE_1970 = 11_644_473_600L;

  /** The step that the instant is in; {@link #ZERO} for one before 1601. */
  public static Filetime of(Instant instant) {
    long seconds = instant.getEpochSecond() + SECONDS_BEFORE_1970;
    return seconds < 0
        ? ZERO
        : new Filetime(seconds * TICKS_PER_SECOND + instant.getNano() / NANOS_PER_TICK);
  }

  public Instant toInstant() {
    return Instant.ofEpochSecond(
        Long.divideUnsigned(ticks, TICKS_PER_SECOND) - SECONDS_BEFORE_1970,
        Long.remainderUnsigned(ticks, TICKS_PER_SECOND) * NANOS_PER_TICK);
  }

  @Override
  public int compareTo(Filetime other) {
    return Long.compareUnsigned(ticks, other.ticks);
  }

  @Override
  public String toString() {
    return toInstant().toString();
  }
}
