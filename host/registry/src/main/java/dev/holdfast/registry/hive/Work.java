package dev.holdfast.registry.hive;

import dev.holdfast.registry.Batch;
import dev.holdfast.registry.CommitException;
import dev.holdfast.registry.Origin;
import dev.holdfast.registry.Revision;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Something in a hive's queue. Its result is written before {@link #done} and read after. */
abstract sealed class Work {
  /** Who waits for it in {@link GroupCommit}; null when a future is completed instead. */
  final @Nullable Thread waiter;

  volatile boolean done;

  Work(@Nullable Thread waiter) {
    this.waiter = waiter;
  }

  /** A batch to commit. */
  static final class Submission extends Work {
    final Batch batch;
    final Optional<Origin> origin;
    final byte[] payload;
    final @Nullable CompletableFuture<Revision> future;
    final long submittedNanos = System.nanoTime();
    @Nullable Revision revision;
    @Nullable CommitException failure;

    Submission(
        Batch batch,
        Optional<Origin> origin,
        byte[] payload,
        @Nullable CompletableFuture<Revision> future) {
      super(future == null ? Thread.currentThread() : null);
      this.batch = batch;
      this.origin = origin;
      this.payload = payload;
      this.future = future;
    }
  }

  /** Something done to the log itself, with no group under way and nobody else at it. */
  static final class Task extends Work {
    final Action action;
    @Nullable IOException failure;

    Task(Action action) {
      super(Thread.currentThread());
      this.action = action;
    }
  }

  @FunctionalInterface
  interface Action {
    void run() throws IOException;
  }
}
