package dev.holdfast.quorum;

import dev.holdfast.registry.Applied;
import dev.holdfast.registry.Batch;
import dev.holdfast.registry.BatchRefusedException;
import dev.holdfast.registry.Commit;
import dev.holdfast.registry.CommitException;
import dev.holdfast.registry.CommitFeed;
import dev.holdfast.registry.Filetime;
import dev.holdfast.registry.HiveUnavailableException;
import dev.holdfast.registry.Revision;
import dev.holdfast.registry.Snapshot;
import dev.holdfast.registry.Watch;
import dev.holdfast.registry.Watcher;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

/**
 * A quorum log that keeps nothing: for simulations and fast tests. It has no thread: a batch is
 * committed by the thread that submits it, before {@link #submit} returns. "Durable" lasts as long
 * as the object. It knows no time: keys were never written.
 */
public final class InMemoryQuorumLog implements QuorumLog {
  private final CommitFeed feed;
  private volatile Snapshot snapshot;
  private volatile boolean closed;

  public InMemoryQuorumLog() {
    this(Snapshot.EMPTY);
  }

  /** A log that goes on from what another one had. */
  public InMemoryQuorumLog(Snapshot start) {
    this.snapshot = start;
    this.feed = new CommitFeed(start);
  }

  @Override
  public CompletableFuture<Revision> submit(Batch batch) {
    try {
      return CompletableFuture.completedFuture(commit(batch));
    } catch (CommitException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  @Override
  public Revision commit(Batch batch) throws BatchRefusedException, HiveUnavailableException {
    Applied applied;
    synchronized (feed) {
      if (closed) {
        throw closedException();
      }
      applied = snapshot.applied(batch, Filetime.ZERO);
      snapshot = applied.snapshot();
      var commit =
          new Commit(
              snapshot.revision(), batch, Filetime.ZERO, Optional.empty(), applied.effects());
      feed.append(List.of(commit), snapshot);
    }
    feed.wake();
    return applied.snapshot().revision();
  }

  @Override
  public Snapshot snapshot() {
    return snapshot;
  }

  @Override
  public CompletableFuture<Snapshot> barrier() {
    return closed
        ? CompletableFuture.failedFuture(closedException())
        : CompletableFuture.completedFuture(snapshot);
  }

  @Override
  public Watch watch(Revision after, Executor executor, Watcher watcher) {
    return feed.subscribe(after, executor, watcher);
  }

  @Override
  public Optional<String> readOnlyReason() {
    return closed ? Optional.of("the log in memory was closed") : Optional.empty();
  }

  @Override
  public void close() {
    closed = true;
  }

  private static HiveUnavailableException closedException() {
    return new HiveUnavailableException("batch not committed: the log in memory was closed", null);
  }
}
