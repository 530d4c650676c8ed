package dev.holdfast.spi;

import java.time.Duration;
import java.util.Objects;

/**
 * How long things may take for resources of a type, unless a resource says otherwise.
 *
 * @param looksAlive how often {@link Resource#looksAlive} is asked (MSCS: LooksAlivePollInterval)
 * @param isAlive how often {@link Resource#isAlive} is asked (MSCS: IsAlivePollInterval)
 * @param pending how long online and offline may take without new progress (MSCS: PendingTimeout)
 * @param onlineLimit how long online may take altogether, progress or not; at least {@code pending}
 * @param check how long looksAlive and isAlive may take; one that takes longer says nothing
 */
public record Timings(
    Duration looksAlive, Duration isAlive, Duration pending, Duration onlineLimit, Duration check) {

  /** MSCS's defaults; the limit of an online is ours. */
  public static final Timings DEFAULT =
      new Timings(
          Duration.ofSeconds(5),
          Duration.ofSeconds(60),
          Duration.ofSeconds(180),
          Duration.ofMinutes(10),
          Duration.ofSeconds(30));

  /**
   * Checks and copies.
   *
   * @throws IllegalArgumentException when one of them is not longer than zero
   */
  public Timings {
    requirePositive("looksAlive", looksAlive);
    requirePositive("isAlive", isAlive);
    requirePositive("pending", pending);
    requirePositive("onlineLimit", onlineLimit);
    requirePositive("check", check);
  }

  public Timings withLooksAlive(Duration interval) {
    return new Timings(interval, isAlive, pending, onlineLimit, check);
  }

  public Timings withIsAlive(Duration interval) {
    return new Timings(looksAlive, interval, pending, onlineLimit, check);
  }

  public Timings withPending(Duration timeout) {
    return new Timings(looksAlive, isAlive, timeout, onlineLimit, check);
  }

  public Timings withOnlineLimit(Duration limit) {
    return new Timings(looksAlive, isAlive, pending, limit, check);
  }

  public Timings withCheck(Duration limit) {
    return new Timings(looksAlive, isAlive, pending, onlineLimit, limit);
  }

  private static void requirePositive(String name, Duration duration) {
    Objects.requireNonNull(duration, name);
    if (duration.isZero() || duration.isNegative()) {
      throw new IllegalArgumentException(
          "The timing " + name + " is " + duration + "; it must be longer than zero.");
    }
  }
}
