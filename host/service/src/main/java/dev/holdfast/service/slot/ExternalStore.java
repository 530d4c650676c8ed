package dev.holdfast.service.slot;

import dev.holdfast.cluster.ResourceId;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** Where external records are kept. Writes are durable when their future completes, in order. */
public interface ExternalStore {
  /** Writes one record; fails when the resource is gone. */
  CompletableFuture<Void> write(SlotKey key, ExternalRecord external);

  /** Removes all of a resource's. */
  CompletableFuture<Void> removeExternals(ResourceId resource);

  /** All records. */
  Map<SlotKey, ExternalRecord> readExternals();

  /** Whether a node of this name was ever a node of this cluster. */
  boolean isNode(String name);
}
