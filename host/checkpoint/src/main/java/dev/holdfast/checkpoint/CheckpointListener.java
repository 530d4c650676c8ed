package dev.holdfast.checkpoint;

import dev.holdfast.quorum.Blobs;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Hears what people should be told. Nothing here blocks or throws. */
public interface CheckpointListener {
  /** A generation is durable. */
  void saved(Checkpoint checkpoint, Generation generation);

  /**
   * The live content could not be saved.
   *
   * @param wanted why it was to be saved
   * @param again whether it is tried again
   */
  void notSaved(Checkpoint checkpoint, Cause wanted, Trouble trouble, boolean again);

  /**
   * The resource ran on another node last, and that node did not save what changed there at the
   * end.
   *
   * @param node that node
   */
  default void leftThere(Checkpoint checkpoint, String node) {}

  /** Changes cannot be seen as they are made; what is changed is saved at offline only. */
  void notWatched(Checkpoint checkpoint, Trouble trouble);

  /**
   * The live content is what was saved.
   *
   * @param notes what should be said beside
   */
  void restored(Checkpoint checkpoint, Generation generation, List<String> notes);

  /**
   * The live content is not what was saved.
   *
   * @param generation the one that was to be restored
   * @param online whether the resource goes online all the same
   */
  void notRestored(Checkpoint checkpoint, Generation generation, Trouble trouble, boolean online);

  /**
   * A generation cannot be read back.
   *
   * @param instead the one that is restored in its place; empty when none is good
   */
  void damaged(
      Checkpoint checkpoint,
      Generation generation,
      Blobs.Condition condition,
      Optional<Generation> instead);

  /**
   * The resource failed soon after a generation was saved.
   *
   * @param after how long after
   * @param differences what the generation changed
   */
  void suspected(
      Checkpoint checkpoint, Generation generation, Duration after, List<Difference> differences);

  /**
   * The resource failed again, and the generation before is what is restored now.
   *
   * @param blamed the one that is current no more
   * @param differences what that one had changed
   */
  void rolledBack(Checkpoint checkpoint, Generation blamed, List<Difference> differences);

  /**
   * The live content was edited while the resource was offline.
   *
   * @param kept the generation that has the edit; empty when it was deleted altogether, or the edit
   *     could not be kept
   * @param policy what is done about it
   */
  void drifted(
      Checkpoint checkpoint,
      Optional<Generation> kept,
      List<Difference> differences,
      DriftPolicy policy);

  /**
   * A resource is being patched from now on.
   *
   * @param kept what had been edited before it began, and stays
   */
  default void patchBegun(String resource, Patch patch, List<Checkpoint> kept) {}

  /**
   * What a patch left is what the resource goes online with.
   *
   * @param checkpoints with their new generations
   */
  default void patchCommitted(String resource, Patch patch, List<Checkpoint> checkpoints) {}

  /** The tool did not succeed, as far as is known; everything stays as it left it. */
  default void patchIncomplete(String resource, Patch patch) {}

  /**
   * The checkpoints are what they were before the patch; what is outside of them is not.
   *
   * @param kept whose content was another, and is kept as their last but one or last generation
   */
  default void patchAborted(String resource, Patch patch, List<Checkpoint> kept) {}
}
