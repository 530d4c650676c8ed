package dev.holdfast.service.checkpoint;

import dev.holdfast.checkpoint.Cause;
import dev.holdfast.checkpoint.Checkpoint;
import dev.holdfast.checkpoint.CheckpointSettings;
import dev.holdfast.checkpoint.Difference;
import dev.holdfast.checkpoint.Generation;
import dev.holdfast.checkpoint.Subject;
import dev.holdfast.checkpoint.Watched;
import dev.holdfast.quorum.Blobs;
import dev.holdfast.service.api.CheckpointDiffView;
import dev.holdfast.service.api.CheckpointView;
import dev.holdfast.service.api.GenerationView;
import java.time.Instant;
import java.util.List;

/** Checkpoints as they are shown. */
final class CheckpointViews {
  private CheckpointViews() {}

  static CheckpointView checkpoint(Checkpoint checkpoint, String resource, Watched watched) {
    Generation current = checkpoint.currentGeneration();
    CheckpointSettings settings = checkpoint.settings();
    return new CheckpointView(
        checkpoint.id().number(),
        resource,
        checkpoint.subject().kind().toString(),
        checkpoint.subject().path(),
        current.number(),
        current.digest(),
        current.sizeBytes(),
        current.savedAt(),
        current.cause().toString(),
        settings.onRestoreFailure().toString(),
        settings.onDrift().toString(),
        checkpoint.subject().excludes(),
        settings.keep(),
        settings.quiet().toMillis(),
        settings.delay().toMillis(),
        settings.rollBackWithin().toMillis(),
        checkpoint.unrestored().isPresent(),
        watched.isWatched(),
        watched.dirtySince());
  }

  /** One that is not there yet. */
  static CheckpointView wanted(Subject subject, CheckpointSettings settings, String resource) {
    return new CheckpointView(
        0,
        resource,
        subject.kind().toString(),
        subject.path(),
        0,
        "",
        0,
        Instant.EPOCH,
        Cause.ADDED.toString(),
        settings.onRestoreFailure().toString(),
        settings.onDrift().toString(),
        subject.excludes(),
        settings.keep(),
        settings.quiet().toMillis(),
        settings.delay().toMillis(),
        settings.rollBackWithin().toMillis(),
        false,
        false,
        null);
  }

  static GenerationView generation(
      Checkpoint checkpoint, Generation generation, String resource, Blobs.Condition condition) {
    return new GenerationView(
        resource,
        checkpoint.id().number(),
        generation.number(),
        generation.digest(),
        generation.sizeBytes(),
        generation.savedAt(),
        generation.cause().toString(),
        generation.node(),
        generation.revision(),
        generation.number() == checkpoint.current(),
        word(condition));
  }

  static String word(Blobs.Condition condition) {
    return switch (condition) {
      case GOOD -> "Good";
      case MISSING -> "Missing";
      case DAMAGED -> "Damaged";
    };
  }

  static List<CheckpointDiffView.Line> lines(List<Difference> differences) {
    return differences.stream()
        .map(each -> new CheckpointDiffView.Line(each.where(), each.what(), each.from(), each.to()))
        .toList();
  }
}
