package dev.holdfast.service;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Hands what the process is asked for to the life that it is in: a service that handed its quorum
 * directory over begins another one, and a signal that comes between the two is for the second.
 * Thread-safe.
 */
final class Lives<T> {
  private final Consumer<T> asked;
  private @Nullable T current;
  private int pending;

  /**
   * @param asked tells a life that it was asked once; returns at once
   */
  Lives(Consumer<T> asked) {
    this.asked = asked;
  }

  /** Another life has begun; it hears of what was asked before. */
  synchronized void begin(T life) {
    current = life;
    for (; pending > 0; pending--) {
      asked.accept(life);
    }
  }

  /** The life hears of nothing any more. */
  synchronized void end() {
    current = null;
  }

  /** It was asked, as by a signal. */
  synchronized void ask() {
    if (current == null) {
      pending++;
    } else {
      asked.accept(current);
    }
  }

  /** Whether it was asked since the last life ended. */
  synchronized boolean isAsked() {
    return pending > 0;
  }
}
