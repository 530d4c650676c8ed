package dev.holdfast.service.record;

import dev.holdfast.cluster.ClusterState;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;

/**
 * Where the cluster's state is kept. A write is what a step changed, as one atomic batch; it is
 * durable when the future completes, and writes become durable in the order in which they were
 * made.
 */
public interface StateStore {
  /** Writes what differs; completes at once when nothing durable does. */
  CompletableFuture<?> write(ClusterState before, ClusterState after);

  /**
   * The state as it was written: every resource Closed, with its memory.
   *
   * @param now since when they are without a monitor, as far as anybody knows
   */
  ClusterState read(Instant now);

  /** The revision of the cluster database. */
  long revision();
}
