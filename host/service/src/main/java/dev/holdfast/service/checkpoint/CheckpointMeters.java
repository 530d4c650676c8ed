package dev.holdfast.service.checkpoint;

import dev.holdfast.checkpoint.Cause;
import dev.holdfast.checkpoint.Checkpoint;
import dev.holdfast.checkpoint.CheckpointListener;
import dev.holdfast.checkpoint.Checkpoints;
import dev.holdfast.checkpoint.Difference;
import dev.holdfast.checkpoint.DriftPolicy;
import dev.holdfast.checkpoint.Generation;
import dev.holdfast.checkpoint.Obstacle;
import dev.holdfast.checkpoint.Trouble;
import dev.holdfast.cluster.ClusterState;
import dev.holdfast.cluster.ResourceId;
import dev.holdfast.quorum.Blobs;
import dev.holdfast.service.metric.Metric;
import dev.holdfast.service.metric.ResourceLabels;
import dev.holdfast.service.metric.Series;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What is measured of checkpoints. */
public final class CheckpointMeters implements CheckpointListener {
  private enum Operation {
    SAVE("save"),
    WATCH("watch"),
    RESTORE("restore");

    private final String label;

    Operation(String label) {
      this.label = label;
    }
  }

  private final MeterRegistry registry;
  private final InstantSource clock;
  private final Map<Cause, Counter> saves = new EnumMap<>(Cause.class);
  private final Map<Operation, Map<Obstacle, Counter>> problems = new EnumMap<>(Operation.class);
  private final Counter restores;
  private final Series<ResourceId, ResourceLabels> series;
  private volatile @Nullable Checkpoints checkpoints;

  public CheckpointMeters(MeterRegistry registry, InstantSource clock) {
    this.registry = registry;
    this.clock = clock;
    for (Cause cause : Cause.values()) {
      saves.put(cause, Metric.CHECKPOINT_SAVES.counter(registry, cause.toString()));
    }
    for (Operation operation : Operation.values()) {
      Map<Obstacle, Counter> byObstacle = new EnumMap<>(Obstacle.class);
      for (Obstacle obstacle : Obstacle.values()) {
        byObstacle.put(
            obstacle,
            Metric.CHECKPOINT_PROBLEMS.counter(registry, operation.label, obstacle.toString()));
      }
      problems.put(operation, byObstacle);
    }
    restores = Metric.CHECKPOINT_RESTORES.counter(registry);
    Metric.CHECKPOINT_UNSAVED.gauge(registry, this::unsavedSeconds);
    series = new Series<>(registry, this::register);
  }

  private List<Meter> register(ResourceId id, ResourceLabels labels) {
    return List.of(
        Metric.RESOURCE_UNRESTORED.gauge(registry, () -> isUnrestored(id) ? 1 : 0, labels.with()));
  }

  private boolean isUnrestored(ResourceId id) {
    Checkpoints all = checkpoints;
    return all != null && all.isUnrestored(id.toString());
  }

  private double unsavedSeconds() {
    Checkpoints all = checkpoints;
    if (all == null) {
      return 0;
    }
    Instant now = clock.instant();
    return all.store().all().stream()
        .map(each -> all.watched(each.id()).dirtySince())
        .filter(Objects::nonNull)
        .mapToDouble(since -> Duration.between(since, now).toMillis() / 1000.0)
        .max()
        .orElse(0);
  }

  /** Brings the series in line with what there is, before they are read. */
  public void refresh(ClusterState state, Checkpoints all) {
    checkpoints = all;
    series.show(ResourceLabels.of(state));
  }

  private void problem(Operation operation, Obstacle obstacle) {
    Objects.requireNonNull(Objects.requireNonNull(problems.get(operation)).get(obstacle))
        .increment();
  }

  @Override
  public void saved(Checkpoint checkpoint, Generation generation) {
    Objects.requireNonNull(saves.get(generation.cause())).increment();
  }

  @Override
  public void notSaved(Checkpoint checkpoint, Cause wanted, Trouble trouble, boolean again) {
    problem(Operation.SAVE, trouble.obstacle());
  }

  @Override
  public void notWatched(Checkpoint checkpoint, Trouble trouble) {
    problem(Operation.WATCH, trouble.obstacle());
  }

  @Override
  public void restored(Checkpoint checkpoint, Generation generation, List<String> notes) {
    restores.increment();
  }

  @Override
  public void notRestored(
      Checkpoint checkpoint, Generation generation, Trouble trouble, boolean online) {
    problem(Operation.RESTORE, trouble.obstacle());
  }

  @Override
  public void damaged(
      Checkpoint checkpoint,
      Generation generation,
      Blobs.Condition condition,
      Optional<Generation> instead) {
    problem(Operation.RESTORE, Obstacle.CORRUPT);
  }

  @Override
  public void suspected(
      Checkpoint checkpoint, Generation generation, Duration after, List<Difference> differences) {
    // The failure is counted as one of the resource.
  }

  @Override
  public void rolledBack(Checkpoint checkpoint, Generation blamed, List<Difference> differences) {
    Objects.requireNonNull(saves.get(Cause.ROLLED_BACK)).increment();
  }

  @Override
  public void drifted(
      Checkpoint checkpoint,
      Optional<Generation> kept,
      List<Difference> differences,
      DriftPolicy policy) {
    if (kept.isPresent()) {
      Objects.requireNonNull(saves.get(Cause.DRIFT)).increment();
    }
  }
}
