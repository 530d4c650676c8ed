package dev.holdfast.monitor.call;

import dev.holdfast.protocol.wire.Failure;
import java.util.concurrent.TimeUnit;

/**
 * How an {@link Entry} ended, as far as anybody waits for it.
 *
 * <p>It is taken apart by {@code instanceof} and not by a pattern switch wherever a monitor passes
 * on its way to Ready: the first pattern switch of a JVM spins thirty classes at run time, which no
 * AOT cache keeps.
 */
sealed interface Outcome {
  /** Time inside plugin code. */
  long nanos();

  /** The same in milliseconds. */
  default long millis() {
    return TimeUnit.NANOSECONDS.toMillis(nanos());
  }

  /** Plugin code returned something; {@link Nothing} where it has nothing to return. */
  record Returned(Object value, long nanos) implements Outcome {}

  /** Plugin code threw, or was never entered, or was given up. */
  record Failed(Failure failure, long nanos) implements Outcome {}

  /** What a void entry point returns. */
  enum Nothing {
    NOTHING
  }
}
