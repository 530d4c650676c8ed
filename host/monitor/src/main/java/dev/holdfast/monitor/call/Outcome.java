package dev.holdfast.monitor.call;

import dev.holdfast.protocol.wire.Failure;

/**
 * How an {@link Entry} ended, as far as anybody waits for it.
 *
 * <p>It is taken apart by {@code instanceof} and not by a pattern switch wherever a monitor passes
 * on its way to Ready: the first pattern switch of a JVM spins thirty classes at run time, which no
 * AOT cache keeps.
 */
sealed interface Outcome {
  /** Time inside plugin code, in milliseconds. */
  long millis();

  /** Plugin code returned something; {@link Nothing} where it has nothing to return. */
  record Returned(Object value, long millis) implements Outcome {}

  /** Plugin code threw, or was never entered, or was given up. */
  record Failed(Failure failure, long millis) implements Outcome {}

  /** What a void entry point returns. */
  enum Nothing {
    NOTHING
  }
}
