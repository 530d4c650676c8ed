package dev.holdfast.service.registry;

import dev.holdfast.registry.Commit;
import dev.holdfast.registry.Effect;
import dev.holdfast.registry.KeyPath;
import dev.holdfast.registry.Snapshot;
import dev.holdfast.registry.Watcher;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Tells that a key, or one below it, may have changed, by somebody else than the checkpoint layer.
 * The key of a path that goes through {@code CurrentControlSet} is another one when another control
 * set is chosen, and that is a change, too.
 */
final class CheckpointWatcher implements Watcher {
  private static final KeyPath SELECT = KeyPath.of(ControlSets.SELECT);

  private final Supplier<Optional<KeyPath>> resolve;
  private final Runnable changed;
  private Optional<KeyPath> key;

  /**
   * @param resolve where the key is now, within the hive; empty when there is no such hive
   */
  CheckpointWatcher(Supplier<Optional<KeyPath>> resolve, Runnable changed) {
    this.resolve = resolve;
    this.changed = changed;
    this.key = resolve.get();
  }

  @Override
  public void committed(Commit commit) {
    boolean isOurs = commit.origin().filter(KeySource.CHECKPOINTS::equals).isPresent();
    boolean told = false;
    for (Effect effect : commit.effects()) {
      if (effect.key().isWithin(SELECT)) {
        Optional<KeyPath> now = resolve.get();
        told |= !now.equals(key);
        key = now;
      }
      told |= !isOurs && key.filter(it -> concerns(effect, it)).isPresent();
    }
    if (told) {
      changed.run();
    }
  }

  private static boolean concerns(Effect effect, KeyPath key) {
    return effect.key().isWithin(key)
        || (effect instanceof Effect.Deleted(KeyPath deleted) && key.isWithin(deleted));
  }

  @Override
  public void fellBehind(Snapshot current) {
    key = resolve.get();
    changed.run();
  }
}
