package dev.holdfast.service.clusterfile;

import dev.holdfast.checkpoint.Cause;
import dev.holdfast.checkpoint.Checkpoint;
import dev.holdfast.checkpoint.CheckpointId;
import dev.holdfast.checkpoint.CheckpointSettings;
import dev.holdfast.checkpoint.Generation;
import dev.holdfast.checkpoint.Subject;
import dev.holdfast.cluster.ResourceId;
import dev.holdfast.service.GivenCluster;
import dev.holdfast.service.checkpoint.SavedCheckpoints;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Checkpoints that are there because a test says so. Keys are the same in any case. */
final class KnownCheckpoints implements SavedCheckpoints {
  private final Map<ResourceId, List<Checkpoint>> all = new HashMap<>();

  void add(ResourceId resource, String of, String... excludes) {
    add(resource, Subject.parse(of, List.of(excludes)), CheckpointSettings.DEFAULT);
  }

  void add(ResourceId resource, Subject subject, CheckpointSettings settings) {
    List<Checkpoint> saved = all.computeIfAbsent(resource, _ -> new ArrayList<>());
    saved.add(
        new Checkpoint(
            new CheckpointId(resource.toString(), saved.size() + 1),
            subject,
            settings,
            List.of(
                new Generation(
                    1, "sha256:0", "sha256:1", 1, GivenCluster.NOW, Cause.ADDED, "alpha", 1)),
            1,
            Optional.empty(),
            Optional.empty(),
            false,
            Map.of()));
  }

  @Override
  public List<Checkpoint> of(ResourceId resource) {
    return List.copyOf(all.getOrDefault(resource, List.of()));
  }

  @Override
  public boolean isSame(Subject one, Subject other) {
    return one.kind() == other.kind() && one.path().equalsIgnoreCase(other.path());
  }
}
