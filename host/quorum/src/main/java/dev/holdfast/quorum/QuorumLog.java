package dev.holdfast.quorum;

import dev.holdfast.registry.Batch;
import dev.holdfast.registry.BatchRefusedException;
import dev.holdfast.registry.CommitException;
import dev.holdfast.registry.HiveUnavailableException;
import dev.holdfast.registry.IndeterminateCommitException;
import dev.holdfast.registry.Revision;
import dev.holdfast.registry.Snapshot;
import dev.holdfast.registry.Watch;
import dev.holdfast.registry.Watcher;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

/**
 * The cluster database's log: batches in one order, each durable before it is acknowledged.
 *
 * <p>Thread-safe. Batches are applied in some order that agrees with the order of submissions from
 * one thread: a batch submitted after another (acknowledged or not) sees what that one did. Nothing
 * is shown, by a snapshot or to a watcher, before it is durable.
 *
 * <p>What is not acknowledged failed in one of three ways that call for different things; see
 * {@link CommitException}: {@link BatchRefusedException} (a precondition did not hold, or the batch
 * is not valid), {@link HiveUnavailableException} (nothing was committed, and nothing will be by
 * this log until it is opened again), {@link IndeterminateCommitException} (it may turn up later).
 */
public interface QuorumLog extends AutoCloseable {
  /**
   * Submits a batch and returns at once; never waits for a disk or for other nodes.
   *
   * @return completed with the batch's revision when it is durable, else exceptionally with a
   *     {@link CommitException}. It is completed on a thread of the log: use the {@code …Async}
   *     methods with an executor of your own for anything that takes time. When it is completed,
   *     {@link #snapshot()} already shows the batch.
   */
  CompletableFuture<Revision> submit(Batch batch);

  /**
   * Commits a batch: returns when it is durable. On one machine this is faster than waiting for
   * {@link #submit}, as the calling thread writes to the disk itself. An interruption does not cut
   * it short (whether the batch was committed would not be known) and is kept for later.
   */
  Revision commit(Batch batch) throws CommitException;

  /**
   * The state after the last batch known to be durable, without any waiting. It shows all that this
   * log has acknowledged; on a log of many nodes it may lack what another node was just told.
   */
  Snapshot snapshot();

  /**
   * A read barrier: completed with a snapshot that shows everything that was acknowledged, by
   * whichever node, before this call; exceptionally with a {@link HiveUnavailableException}.
   */
  CompletableFuture<Snapshot> barrier();

  /**
   * Tells of every commit after that revision, in order and without gaps, on the executor; one that
   * cannot be told without a gap is replaced by {@link Watcher#fellBehind}.
   */
  Watch watch(Revision after, Executor executor, Watcher watcher);

  /** Why no batch can be committed any more; empty while batches can be. Reading goes on. */
  Optional<String> readOnlyReason();

  /**
   * Waits for the batches submitted before, then lets go of everything. Later submissions fail with
   * {@link HiveUnavailableException}; the last snapshot stays readable. Harmless when repeated.
   */
  @Override
  void close();
}
