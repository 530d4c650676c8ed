package dev.holdfast.service.clock;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;

/**
 * The rounds of a thread that does the same again and again. Who wants to know whether it still
 * does asks for the next round. Thread-safe.
 */
public final class Rounds {
  private final AtomicReference<CompletableFuture<Void>> next =
      new AtomicReference<>(new CompletableFuture<>());

  /** Completes, on the thread that goes round, when it has come round the next time. */
  public CompletableFuture<Void> next() {
    return next.get();
  }

  /** The thread has come round. */
  public void done() {
    next.getAndSet(new CompletableFuture<>()).complete(null);
  }
}
