package dev.holdfast.checkpoint;

import dev.holdfast.quorum.Blobs;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/** Writes down what was told, in words. */
final class Told implements CheckpointListener {
  final List<String> lines = new CopyOnWriteArrayList<>();

  @Override
  public void saved(Checkpoint checkpoint, Generation generation) {
    lines.add("saved %d %s".formatted(generation.number(), generation.cause()));
  }

  @Override
  public void notSaved(Checkpoint checkpoint, Cause wanted, Trouble trouble, boolean again) {
    lines.add("not saved %s %s%s".formatted(wanted, trouble, again ? ", again" : ""));
  }

  @Override
  public void leftThere(Checkpoint checkpoint, String node) {
    lines.add("left there " + node);
  }

  @Override
  public void notWatched(Checkpoint checkpoint, Trouble trouble) {
    lines.add("not watched %s".formatted(trouble));
  }

  @Override
  public void restored(Checkpoint checkpoint, Generation generation, List<String> notes) {
    lines.add("restored %d".formatted(generation.number()));
  }

  @Override
  public void notRestored(
      Checkpoint checkpoint, Generation generation, Trouble trouble, boolean online) {
    lines.add(
        "not restored %d %s%s"
            .formatted(generation.number(), trouble, online ? ", online all the same" : ""));
  }

  @Override
  public void damaged(
      Checkpoint checkpoint,
      Generation generation,
      Blobs.Condition condition,
      Optional<Generation> instead) {
    lines.add(
        "damaged %d %s, %s"
            .formatted(
                generation.number(),
                condition,
                instead.map(each -> Long.toString(each.number())).orElse("none")));
  }

  @Override
  public void suspected(
      Checkpoint checkpoint, Generation generation, Duration after, List<Difference> differences) {
    lines.add("suspected %d %s".formatted(generation.number(), words(differences)));
  }

  @Override
  public void rolledBack(Checkpoint checkpoint, Generation blamed, List<Difference> differences) {
    lines.add("rolled back %d %s".formatted(blamed.number(), words(differences)));
  }

  private static List<String> words(List<Difference> differences) {
    return differences.stream().map(each -> each.from() + ">" + each.to()).toList();
  }

  @Override
  public void drifted(
      Checkpoint checkpoint,
      Optional<Generation> kept,
      List<Difference> differences,
      DriftPolicy policy) {
    lines.add(
        "drifted %s %s %s"
            .formatted(
                kept.map(each -> Long.toString(each.number())).orElse("nothing"),
                words(differences),
                policy));
  }

  @Override
  public void patchBegun(String resource, Patch patch, List<Checkpoint> kept) {
    lines.add("patch begun, kept %s".formatted(ids(kept)));
  }

  @Override
  public void patchCommitted(String resource, Patch patch, List<Checkpoint> checkpoints) {
    lines.add("patch committed %s".formatted(ids(checkpoints)));
  }

  @Override
  public void patchIncomplete(String resource, Patch patch) {
    lines.add(patch.toString());
  }

  @Override
  public void patchAborted(String resource, Patch patch, List<Checkpoint> kept) {
    lines.add("patch aborted, kept %s".formatted(ids(kept)));
  }

  private static List<Integer> ids(List<Checkpoint> checkpoints) {
    return checkpoints.stream().map(each -> each.id().number()).toList();
  }
}
