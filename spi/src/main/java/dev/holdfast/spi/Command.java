package dev.holdfast.spi;

import java.time.Duration;
import java.util.Objects;

/**
 * A short-lived program for {@link Call#run}: an agent's action, a health check, a script. The
 * cluster service forks it, waits for it, and ends it with all it has started when its time is over
 * or nobody waits for it any more.
 *
 * <p>What runs for as long as the resource is Online is no command: start it with {@link
 * OnlineCall#process}.
 *
 * @param launch what to run; its stop signal is not used, a command is killed
 * @param effect whether it may change what runs
 * @param limit how long it may take, at most until its call's deadline
 */
public record Command(Launch launch, Effect effect, Duration limit) {
  /** The longest limit. */
  public static final Duration LIMIT_MAX = Duration.ofDays(1);

  /** What a command is for. */
  public enum Effect {
    /**
     * It looks, and whatever it leaves running is ended with it. May be run in any call. Nothing is
     * written down for it.
     */
    LOOKS,

    /**
     * It may start and stop things. What it leaves running when it has ended by itself with exit
     * code 0 goes on, belongs to the resource, and is known to the cluster service whoever dies;
     * what any other end of it leaves is ended with it. It is ended by {@link Call#endLeft}, and
     * when {@link Resource#find} says Absent. Run in {@code online}, {@code changed}, {@code
     * offline} and {@code terminate} only; written down durably before it is forked.
     */
    CHANGES
  }

  /**
   * Checks.
   *
   * @throws IllegalArgumentException when the limit is not longer than zero, or beyond {@link
   *     #LIMIT_MAX}
   */
  public Command {
    Objects.requireNonNull(launch, "launch");
    Objects.requireNonNull(effect, "effect");
    if (limit.isZero() || limit.isNegative() || limit.compareTo(LIMIT_MAX) > 0) {
      throw new IllegalArgumentException(
          "A command's limit is " + limit + "; it must be longer than zero and at most one day.");
    }
  }

  /** A command that only looks. */
  public static Command looking(Launch launch, Duration limit) {
    return new Command(launch, Effect.LOOKS, limit);
  }

  /** A command that may start and stop things. */
  public static Command changing(Launch launch, Duration limit) {
    return new Command(launch, Effect.CHANGES, limit);
  }
}
