package dev.holdfast.system;

import java.time.Duration;
import java.util.concurrent.Callable;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;

/** The one time limit of all system tests: long, because it is only ever reached by a failure. */
final class Patience {
  static final Duration LIMIT = Duration.ofSeconds(60);

  private static final Duration POLL = Duration.ofMillis(25);

  private Patience() {}

  /** Waits until a condition holds; its name is what a failure says. */
  static void until(String condition, Callable<Boolean> holds) {
    named(condition).until(holds);
  }

  /** For conditions that say more than yes or no. An exception counts as "not yet". */
  static ConditionFactory named(String condition) {
    return Awaitility.await(condition)
        .atMost(LIMIT)
        .pollDelay(Duration.ZERO)
        .pollInterval(POLL)
        .ignoreExceptions();
  }
}
