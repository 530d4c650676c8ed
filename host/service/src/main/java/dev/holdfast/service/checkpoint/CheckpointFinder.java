package dev.holdfast.service.checkpoint;

import dev.holdfast.checkpoint.Checkpoint;
import dev.holdfast.checkpoint.CheckpointId;
import dev.holdfast.checkpoint.Checkpoints;
import dev.holdfast.checkpoint.Generation;
import dev.holdfast.cluster.ClusterResource;
import dev.holdfast.cluster.ClusterState;
import dev.holdfast.quorum.Blobs;
import dev.holdfast.service.api.ApiException;
import dev.holdfast.service.view.Lookup;
import java.io.IOException;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Finds what is asked for by name and number, or says what there is instead. Thread-safe. */
final class CheckpointFinder {
  private final Checkpoints checkpoints;
  private final Supplier<ClusterState> states;

  CheckpointFinder(Checkpoints checkpoints, Supplier<ClusterState> states) {
    this.checkpoints = checkpoints;
    this.states = states;
  }

  ClusterResource resource(String nameOrId) {
    return Lookup.resource(states.get(), nameOrId);
  }

  String nameOf(String id) {
    return states.get().findResource(id).map(each -> each.config().name()).orElse(id);
  }

  Checkpoint require(ClusterResource resource, int id) {
    String name = resource.config().name();
    return checkpoints
        .store()
        .find(new CheckpointId(resource.id().toString(), id))
        .orElseThrow(
            () ->
                new ApiException.NotFound(
                    "CheckpointNotFound",
                    name,
                    "%s has no checkpoint %d; it has %s.".formatted(name, id, numbers(resource))));
  }

  private String numbers(ClusterResource resource) {
    List<String> numbers =
        checkpoints.store().of(resource.id().toString()).stream()
            .map(each -> Integer.toString(each.id().number()))
            .toList();
    return numbers.isEmpty() ? "none" : String.join(", ", numbers);
  }

  static Generation requireGeneration(Checkpoint checkpoint, @Nullable Long number) {
    return number == null
        ? checkpoint.currentGeneration()
        : checkpoint
            .generation(number)
            .orElseThrow(
                () ->
                    new ApiException.NotFound(
                        "GenerationNotFound",
                        Long.toString(number),
                        "Checkpoint %d has no generation %d; %d to %d are kept."
                            .formatted(
                                checkpoint.id().number(),
                                number,
                                checkpoint.generations().getFirst().number(),
                                checkpoint.generations().getLast().number())));
  }

  Blobs.Condition condition(Generation generation) {
    try {
      return checkpoints.store().blobs().check(generation.digest());
    } catch (IOException e) {
      return Blobs.Condition.DAMAGED;
    }
  }

  Generation requireGood(Checkpoint checkpoint, Generation generation) {
    Blobs.Condition condition = condition(generation);
    if (condition != Blobs.Condition.GOOD) {
      throw new ApiException.Conflict(
          "GenerationDamaged",
          nameOf(checkpoint.id().resource()),
          "Generation %d of checkpoint %d cannot be read back: its blob %s is %s."
              .formatted(
                  generation.number(),
                  checkpoint.id().number(),
                  generation.digest(),
                  CheckpointViews.word(condition)));
    }
    return generation;
  }
}
