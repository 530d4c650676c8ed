package dev.holdfast.service.slot;

import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.Supplier;

/**
 * What is asked of one thing is done one after the other. Thread-safe; nothing waits.
 *
 * @param <K> what is asked something of
 */
public final class Turns<K> {
  private final Executor executor;
  private final Map<K, CompletableFuture<?>> tails = new ConcurrentHashMap<>();

  /**
   * @param executor begins what had to wait
   */
  public Turns(Executor executor) {
    this.executor = executor;
  }

  /**
   * Queues work behind what was asked before. When there is nothing, it is begun by the caller: an
   * application that failed is not to wait for one thread more.
   */
  public <T> CompletableFuture<T> then(K key, Supplier<CompletableFuture<T>> work) {
    var result = new CompletableFuture<T>();
    CompletableFuture<?> before = tails.put(key, result);
    CompletableFuture<T> begun =
        before == null || before.isDone()
            ? begin(work)
            : before.handle((_, _) -> null).thenComposeAsync(_ -> work.get(), executor);
    var _ =
        begun.whenComplete(
            (value, thrown) -> {
              if (thrown == null) {
                result.complete(value);
              } else {
                result.completeExceptionally(
                    thrown instanceof CompletionException e && e.getCause() != null
                        ? e.getCause()
                        : thrown);
              }
            });
    return result;
  }

  private static <T> CompletableFuture<T> begin(Supplier<CompletableFuture<T>> work) {
    try {
      return work.get();
    } catch (RuntimeException | Error e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  /** Completes when nothing that was asked so far is under way any more. Never fails. */
  public CompletableFuture<?> settled(K key) {
    CompletableFuture<?> tail = tails.get(key);
    return tail == null ? CompletableFuture.completedFuture(null) : tail.handle((_, _) -> null);
  }

  /** Nothing will be asked of it any more. */
  public void forget(K key) {
    tails.remove(key);
  }
}
