package dev.holdfast.service.clusterfile;

import dev.holdfast.checkpoint.Checkpoint;
import dev.holdfast.checkpoint.CheckpointSettings;
import dev.holdfast.cluster.ClusterEvent;
import dev.holdfast.cluster.ResourceId;
import dev.holdfast.cluster.TypeRegistration;
import dev.holdfast.service.api.ClusterPlanView;
import dev.holdfast.service.type.PropertyText;
import java.util.List;
import java.util.Set;

/**
 * What a document would change, made from one state of the cluster. A value: the same state and
 * document give the same plan.
 *
 * @param configuration what is written in one commit, before all else
 * @param added checkpoints to add then
 * @param configured checkpoints that get other settings
 * @param removed checkpoints to remove
 * @param offline what is wanted Offline then, and all that depends on it
 * @param online what is wanted Online then, and all it depends on
 * @param settling what is not Online now, and is to be when all is done
 * @param deletion what is written once all of {@code offline} is
 * @param asked what types are to be asked before anything is written
 * @param changes the same for people
 * @param leftAlone what the document does not name
 */
public record Plan(
    List<ClusterEvent> configuration,
    List<Added> added,
    List<Configured> configured,
    List<Removed> removed,
    Set<ResourceId> offline,
    Set<ResourceId> online,
    Set<ResourceId> settling,
    List<ClusterEvent> deletion,
    List<Asked> asked,
    List<ClusterPlanView.Change> changes,
    List<ClusterPlanView.LeftAlone> leftAlone) {
  public Plan {
    configuration = List.copyOf(configuration);
    added = List.copyOf(added);
    configured = List.copyOf(configured);
    removed = List.copyOf(removed);
    deletion = List.copyOf(deletion);
    asked = List.copyOf(asked);
    changes = List.copyOf(changes);
    leftAlone = List.copyOf(leftAlone);
  }

  /** A checkpoint to add to a resource, which may be one of the new ones. */
  public record Added(ResourceId resource, String name, ClusterFile.FileCheckpoint checkpoint) {}

  /** A checkpoint that gets other settings. */
  public record Configured(int number, ResourceId resource, CheckpointSettings settings) {}

  /** A checkpoint to remove. */
  public record Removed(int number, ResourceId resource) {
    static Removed of(Checkpoint checkpoint) {
      return new Removed(checkpoint.id().number(), ResourceId.of(checkpoint.id().resource()));
    }
  }

  /** Properties that a type's own code is to look at. */
  public record Asked(
      ClusterFile.FileResource resource, TypeRegistration type, PropertyText.Checked checked) {}

  /** Whether nothing is to be done. */
  public boolean isEmpty() {
    return changes.isEmpty();
  }

  /** Whether it does the same; what it does to what runs may have changed. */
  public boolean doesTheSameAs(Plan other) {
    return configuration.equals(other.configuration)
        && added.equals(other.added)
        && configured.equals(other.configured)
        && removed.equals(other.removed)
        && offline.equals(other.offline)
        && online.equals(other.online)
        && deletion.equals(other.deletion);
  }

  /** What is done to whether resources run, as events. */
  public List<ClusterEvent> wanted() {
    return List.of(
        new ClusterEvent.Wanted(List.copyOf(offline), false),
        new ClusterEvent.Wanted(List.copyOf(online), true));
  }

  /** Whether it does something to whether resources run. */
  public boolean hasWanted() {
    return !offline.isEmpty() || !online.isEmpty();
  }

  /** Whether it does something with checkpoints. */
  public boolean hasCheckpoints() {
    return !added.isEmpty() || !configured.isEmpty() || !removed.isEmpty();
  }

  /** As it is shown. */
  public ClusterPlanView view(long revision) {
    return new ClusterPlanView(revision, changes, leftAlone);
  }
}
