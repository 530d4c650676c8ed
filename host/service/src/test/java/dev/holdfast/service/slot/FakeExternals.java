package dev.holdfast.service.slot;

import dev.holdfast.cluster.ResourceId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/** External records in memory; they are durable when the test says so. */
public final class FakeExternals implements ExternalStore {
  public final Map<SlotKey, ExternalRecord> durable = new HashMap<>();
  public Set<String> nodes = Set.of("alpha", "beta");

  /** Whether writes wait for {@link #sync}. */
  public boolean slow;

  private final List<Runnable> waiting = new ArrayList<>();

  @Override
  public CompletableFuture<Void> write(SlotKey key, ExternalRecord external) {
    return submit(() -> durable.put(key, external));
  }

  @Override
  public CompletableFuture<Void> removeExternals(ResourceId resource) {
    return submit(() -> durable.keySet().removeIf(key -> key.resource().equals(resource)));
  }

  private CompletableFuture<Void> submit(Runnable change) {
    var done = new CompletableFuture<Void>();
    waiting.add(
        () -> {
          change.run();
          done.complete(null);
        });
    if (!slow) {
      sync();
    }
    return done;
  }

  /** Makes what was written durable, in order. */
  public void sync() {
    List<Runnable> changes = List.copyOf(waiting);
    waiting.clear();
    changes.forEach(Runnable::run);
  }

  @Override
  public Map<SlotKey, ExternalRecord> readExternals() {
    return Map.copyOf(durable);
  }

  @Override
  public boolean isNode(String name) {
    return nodes.contains(name);
  }
}
