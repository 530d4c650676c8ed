package dev.holdfast.service;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Hands what the process is asked for to the life that it is in: a service that handed its quorum
 * directory over begins another one, and a signal that comes between the two is for the second.
 * Thread-safe.
 */
final class Lives<T> {
  private final Queue<Consumer<T>> pending = new ArrayDeque<>();
  private @Nullable T current;

  /** Another life has begun; it hears of what was asked before. */
  synchronized void begin(T life) {
    current = life;
    for (Consumer<T> asked = pending.poll(); asked != null; asked = pending.poll()) {
      asked.accept(life);
    }
  }

  /** The life hears of nothing any more. */
  synchronized void end() {
    current = null;
  }

  /**
   * It was asked for something, as by a signal.
   *
   * @param what tells a life; returns at once
   */
  synchronized void ask(Consumer<T> what) {
    if (current == null) {
      pending.add(what);
    } else {
      what.accept(current);
    }
  }

  /** Whether it was asked since the last life ended. */
  synchronized boolean isAsked() {
    return !pending.isEmpty();
  }
}
