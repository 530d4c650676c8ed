package dev.holdfast.checkpoint;

import dev.holdfast.quorum.Blobs;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Several listeners, told one after the other. */
public record CheckpointListeners(List<CheckpointListener> listeners)
    implements CheckpointListener {
  public CheckpointListeners {
    listeners = List.copyOf(listeners);
  }

  @Override
  public void saved(Checkpoint checkpoint, Generation generation) {
    listeners.forEach(each -> each.saved(checkpoint, generation));
  }

  @Override
  public void notSaved(Checkpoint checkpoint, Cause wanted, Trouble trouble, boolean again) {
    listeners.forEach(each -> each.notSaved(checkpoint, wanted, trouble, again));
  }

  @Override
  public void leftThere(Checkpoint checkpoint, String node) {
    listeners.forEach(each -> each.leftThere(checkpoint, node));
  }

  @Override
  public void notWatched(Checkpoint checkpoint, Trouble trouble) {
    listeners.forEach(each -> each.notWatched(checkpoint, trouble));
  }

  @Override
  public void restored(Checkpoint checkpoint, Generation generation, List<String> notes) {
    listeners.forEach(each -> each.restored(checkpoint, generation, notes));
  }

  @Override
  public void notRestored(
      Checkpoint checkpoint, Generation generation, Trouble trouble, boolean online) {
    listeners.forEach(each -> each.notRestored(checkpoint, generation, trouble, online));
  }

  @Override
  public void damaged(
      Checkpoint checkpoint,
      Generation generation,
      Blobs.Condition condition,
      Optional<Generation> instead) {
    listeners.forEach(each -> each.damaged(checkpoint, generation, condition, instead));
  }

  @Override
  public void suspected(
      Checkpoint checkpoint, Generation generation, Duration after, List<Difference> differences) {
    listeners.forEach(each -> each.suspected(checkpoint, generation, after, differences));
  }

  @Override
  public void rolledBack(Checkpoint checkpoint, Generation blamed, List<Difference> differences) {
    listeners.forEach(each -> each.rolledBack(checkpoint, blamed, differences));
  }

  @Override
  public void drifted(
      Checkpoint checkpoint,
      Optional<Generation> kept,
      List<Difference> differences,
      DriftPolicy policy) {
    listeners.forEach(each -> each.drifted(checkpoint, kept, differences, policy));
  }

  @Override
  public void patchBegun(String resource, Patch patch, List<Checkpoint> kept) {
    listeners.forEach(each -> each.patchBegun(resource, patch, kept));
  }

  @Override
  public void patchCommitted(String resource, Patch patch, List<Checkpoint> checkpoints) {
    listeners.forEach(each -> each.patchCommitted(resource, patch, checkpoints));
  }

  @Override
  public void patchIncomplete(String resource, Patch patch) {
    listeners.forEach(each -> each.patchIncomplete(resource, patch));
  }

  @Override
  public void patchAborted(String resource, Patch patch, List<Checkpoint> kept) {
    listeners.forEach(each -> each.patchAborted(resource, patch, kept));
  }
}
