package dev.holdfast.service.clusterfile;

import dev.holdfast.checkpoint.Checkpoint;
import dev.holdfast.checkpoint.CheckpointSettings;
import dev.holdfast.cluster.ClusterEvent;
import dev.holdfast.cluster.ResourceId;
import dev.holdfast.cluster.TypeRegistration;
import dev.holdfast.service.api.ClusterPlanView;
import dev.holdfast.service.api.ClusterPlanView.Change;
import dev.holdfast.service.type.PropertyText;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What a document would change, made from one state of the cluster. A value: the same state and
 * document give the same plan. It is carried out in the order of {@link Step}.
 *
 * @param configuration what is written before all else; no resource goes offline for it
 * @param added checkpoints to add then
 * @param configured checkpoints that get other settings
 * @param removed checkpoints to remove
 * @param placed what is in another group then, or depends on something else
 * @param offline what is wanted Offline with that, and all that depends on it
 * @param deletion what is deleted then
 * @param deletesWhatRuns whether what is deleted has to go offline first
 * @param online what is wanted Online with that, and all it depends on
 * @param settling what is not Online, or will not be for a while, and is to be when all is done
 * @param asked what types are to be asked before anything is written
 * @param changes the same for people
 * @param leftAlone what the document does not name
 */
public record Plan(
    List<ClusterEvent> configuration,
    List<Added> added,
    List<Configured> configured,
    List<Removed> removed,
    List<ClusterEvent> placed,
    Set<ResourceId> offline,
    List<ClusterEvent> deletion,
    boolean deletesWhatRuns,
    Set<ResourceId> online,
    Set<ResourceId> settling,
    List<Asked> asked,
    List<Change> changes,
    List<ClusterPlanView.LeftAlone> leftAlone) {
  public Plan {
    configuration = List.copyOf(configuration);
    added = List.copyOf(added);
    configured = List.copyOf(configured);
    removed = List.copyOf(removed);
    placed = List.copyOf(placed);
    deletion = List.copyOf(deletion);
    asked = List.copyOf(asked);
    changes = List.copyOf(changes);
    leftAlone = List.copyOf(leftAlone);
  }

  /**
   * A checkpoint to add to a resource, which may be one of the new ones.
   *
   * @param change the same for people
   */
  public record Added(
      ResourceId resource, String name, ClusterFile.FileCheckpoint checkpoint, Change change) {}

  /** A checkpoint that gets other settings. */
  public record Configured(
      int number, ResourceId resource, CheckpointSettings settings, Change change) {}

  /** A checkpoint to remove. */
  public record Removed(int number, ResourceId resource, Change change) {
    static Removed of(Checkpoint checkpoint, Change change) {
      return new Removed(
          checkpoint.id().number(), ResourceId.of(checkpoint.id().resource()), change);
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
        && placed.equals(other.placed)
        && offline.equals(other.offline)
        && deletion.equals(other.deletion)
        && online.equals(other.online);
  }

  /**
   * What is one commit with the configuration. What comes after checkpoints waits for them, so that
   * nothing goes offline for what cannot be; and what comes after a deletion for that, so that what
   * is deleted never runs beside what is there in its place.
   */
  public Set<Step> atOnce() {
    Set<Step> steps = EnumSet.of(Step.CONFIGURATION);
    if (!hasCheckpoints()) {
      steps.add(Step.DOWN);
      if (!deletesWhatRuns) {
        steps.add(Step.UP);
      }
    }
    return steps;
  }

  /** What is written in these steps, in one commit. */
  public List<ClusterEvent> events(Set<Step> steps) {
    List<ClusterEvent> events = new ArrayList<>();
    for (Step step : Step.values()) {
      if (steps.contains(step)) {
        events.addAll(events(step));
      }
    }
    return events;
  }

  private List<ClusterEvent> events(Step step) {
    return switch (step) {
      case CONFIGURATION -> configuration;
      case CHECKPOINTS -> List.of();
      case DOWN -> withWanted(placed, offline, false);
      case UP -> withWanted(deletion, online, true);
    };
  }

  private static List<ClusterEvent> withWanted(
      List<ClusterEvent> first, Set<ResourceId> resources, boolean isOnline) {
    List<ClusterEvent> events = new ArrayList<>(first);
    if (!resources.isEmpty()) {
      events.add(new ClusterEvent.Wanted(List.copyOf(resources), isOnline));
    }
    return events;
  }

  /** The resources that are deleted. */
  public Set<ResourceId> deleted() {
    Set<ResourceId> deleted = new LinkedHashSet<>();
    for (ClusterEvent event : deletion) {
      if (event instanceof ClusterEvent.ResourceDeleted(ResourceId id)) {
        deleted.add(id);
      }
    }
    return deleted;
  }

  /** Whether it does something with checkpoints. */
  public boolean hasCheckpoints() {
    return !added.isEmpty() || !configured.isEmpty() || !removed.isEmpty();
  }

  /** With what a look at what is to be checkpointed found out, said as effects of these changes. */
  public Plan noted(Map<Change, String> notes) {
    List<Change> told = new ArrayList<>();
    for (Change change : changes) {
      told.add(
          notes.containsKey(change)
              ? new Change(
                  change.action(),
                  change.kind(),
                  change.name(),
                  change.in(),
                  change.fields(),
                  notes.get(change))
              : change);
    }
    return new Plan(
        configuration,
        added,
        configured,
        removed,
        placed,
        offline,
        deletion,
        deletesWhatRuns,
        online,
        settling,
        asked,
        told,
        leftAlone);
  }

  /** As it is shown. */
  public ClusterPlanView view(long revision) {
    return new ClusterPlanView(revision, changes, leftAlone);
  }
}
