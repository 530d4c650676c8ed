package dev.holdfast.service.checkpoint;

import dev.holdfast.checkpoint.Cause;
import dev.holdfast.checkpoint.Checkpoint;
import dev.holdfast.checkpoint.CheckpointListener;
import dev.holdfast.checkpoint.Difference;
import dev.holdfast.checkpoint.DriftPolicy;
import dev.holdfast.checkpoint.Generation;
import dev.holdfast.checkpoint.Trouble;
import dev.holdfast.quorum.Blobs;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;

/** Says to those who wait for a resource what becomes of its checkpoints. */
public final class CheckpointNarrator implements CheckpointListener {
  private final BiConsumer<String, String> narration;

  /**
   * @param narration takes a resource's id, and what is to be said about it
   */
  public CheckpointNarrator(BiConsumer<String, String> narration) {
    this.narration = narration;
  }

  private void say(Checkpoint checkpoint, String what) {
    narration.accept(
        checkpoint.id().resource(), "checkpoint %d %s".formatted(checkpoint.id().number(), what));
  }

  @Override
  public void saved(Checkpoint checkpoint, Generation generation) {
    if (generation.cause() != Cause.CHANGED) {
      say(checkpoint, "generation %d saved".formatted(generation.number()));
    }
  }

  @Override
  public void notSaved(Checkpoint checkpoint, Cause wanted, Trouble trouble, boolean again) {
    say(checkpoint, "not saved: %s%s".formatted(trouble, again ? "; it is tried again" : ""));
  }

  @Override
  public void leftThere(Checkpoint checkpoint, String node) {
    say(
        checkpoint,
        "was in use on node %s; its last changes may have stayed there".formatted(node));
  }

  @Override
  public void notWatched(Checkpoint checkpoint, Trouble trouble) {
    say(checkpoint, "not watched: %s".formatted(trouble));
  }

  @Override
  public void restored(Checkpoint checkpoint, Generation generation, List<String> notes) {
    say(checkpoint, "generation %d restored".formatted(generation.number()));
    notes.forEach(note -> say(checkpoint, note));
  }

  @Override
  public void notRestored(
      Checkpoint checkpoint, Generation generation, Trouble trouble, boolean online) {
    say(checkpoint, "generation %d not restored: %s".formatted(generation.number(), trouble));
  }

  @Override
  public void damaged(
      Checkpoint checkpoint,
      Generation generation,
      Blobs.Condition condition,
      Optional<Generation> instead) {
    say(
        checkpoint,
        "generation %d is %s"
            .formatted(
                generation.number(), condition == Blobs.Condition.MISSING ? "missing" : "damaged"));
  }

  @Override
  public void suspected(
      Checkpoint checkpoint, Generation generation, Duration after, List<Difference> differences) {
    say(checkpoint, "generation %d is suspected".formatted(generation.number()));
  }

  @Override
  public void rolledBack(Checkpoint checkpoint, Generation blamed, List<Difference> differences) {
    say(checkpoint, "rolled back from generation %d".formatted(blamed.number()));
  }

  @Override
  public void drifted(
      Checkpoint checkpoint,
      Optional<Generation> kept,
      List<Difference> differences,
      DriftPolicy policy) {
    say(
        checkpoint,
        "was edited while the resource was offline"
            + kept.map(each -> "; the edit is kept as generation %d".formatted(each.number()))
                .orElse(""));
  }
}
