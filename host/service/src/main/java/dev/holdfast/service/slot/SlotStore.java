package dev.holdfast.service.slot;

import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** Where slot records are kept. Writes are durable when their future completes, in order. */
public interface SlotStore {
  /** Writes one record. */
  CompletableFuture<Void> write(SlotKey key, SlotRecord slot);

  /** All records. */
  Map<SlotKey, SlotRecord> readAll();

  /** Which slots' last processes another node started, by its name. */
  default Map<SlotKey, String> ofOtherNodes() {
    return Map.of();
  }
}
