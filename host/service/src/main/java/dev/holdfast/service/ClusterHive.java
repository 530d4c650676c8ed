package dev.holdfast.service;

import dev.holdfast.quorum.DirectoryQuorumLog;
import dev.holdfast.service.api.ApiException;
import dev.holdfast.service.record.ClusterRecords;
import dev.holdfast.service.registry.MountedHive;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * {@code HKLM\Cluster} in this node's registry: the cluster database while this node holds it, and
 * a refusal that says who does while it waits. So the registry, with all its handles, is the same
 * before and after.
 */
final class ClusterHive {
  private final Supplier<ApiException> refusal;
  private volatile @Nullable DirectoryQuorumLog log;

  /**
   * @param refusal why nobody is let in while this node waits
   */
  ClusterHive(Supplier<ApiException> refusal) {
    this.refusal = refusal;
  }

  void open(DirectoryQuorumLog held) {
    log = held;
  }

  MountedHive mounted() {
    return new MountedHive(
        "Cluster",
        () -> log().snapshot(),
        (batch, _) -> log().submit(batch),
        (after, executor, watcher) -> log().watch(after, executor, watcher),
        ClusterRecords.OWN_KEYS);
  }

  private DirectoryQuorumLog log() {
    DirectoryQuorumLog held = log;
    if (held == null) {
      throw refusal.get();
    }
    return held;
  }
}
