package dev.holdfast.service.clusterfile;

import dev.holdfast.checkpoint.Checkpoint;
import dev.holdfast.checkpoint.CheckpointSettings;
import dev.holdfast.service.api.ClusterPlanView.Change;
import dev.holdfast.service.api.ClusterPlanView.Field;
import dev.holdfast.service.api.ClusterPlanView.LeftAlone;
import dev.holdfast.service.checkpoint.SavedCheckpoints;
import dev.holdfast.service.clusterfile.ClusterFile.FileCheckpoint;
import dev.holdfast.service.clusterfile.ClusterFile.FileResource;
import dev.holdfast.spi.Property;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What becomes of checkpoints. They are found by what they are of. For one plan. */
final class CheckpointPlan {
  private final SavedCheckpoints saved;
  private final boolean prune;
  private final Problems problems;
  private final List<Plan.Added> added = new ArrayList<>();
  private final List<Plan.Configured> configured = new ArrayList<>();
  private final List<Plan.Removed> removed = new ArrayList<>();

  CheckpointPlan(SavedCheckpoints saved, boolean prune, Problems problems) {
    this.saved = saved;
    this.prune = prune;
    this.problems = problems;
  }

  /** Plans those of one resource; the changes, for people. */
  List<Change> of(Target target, FileResource file, List<LeftAlone> leftAlone) {
    List<Checkpoint> left = new ArrayList<>(target.isNew() ? List.of() : saved.of(target.id));
    List<FileCheckpoint> seen = new ArrayList<>();
    List<Change> changes = new ArrayList<>();
    for (FileCheckpoint checkpoint : file.checkpoints()) {
      if (seen.stream().anyMatch(other -> isSame(other, checkpoint))) {
        problems.add(
            checkpoint.pointer(),
            "%s has %s twice; name it once.".formatted(target.name(), checkpoint.subject()));
        continue;
      }
      seen.add(checkpoint);
      Optional<Checkpoint> known = left.stream().filter(each -> isSame(each, checkpoint)).findAny();
      known.ifPresent(left::remove);
      known
          .map(each -> changed(target, each, checkpoint))
          .orElseGet(() -> Optional.of(added(target, checkpoint)))
          .ifPresent(changes::add);
    }
    for (Checkpoint checkpoint : left) {
      String name = checkpoint.subject().toString();
      if (prune) {
        var change =
            new Change(
                "delete",
                "checkpoint",
                name,
                target.name(),
                List.of(),
                "with all its generations; what is live stays");
        removed.add(Plan.Removed.of(checkpoint, change));
        changes.add(change);
      } else {
        leftAlone.add(new LeftAlone("checkpoint", name, target.name()));
      }
    }
    return changes;
  }

  private boolean isSame(FileCheckpoint one, FileCheckpoint other) {
    return saved.isSame(one.subject(), other.subject());
  }

  private boolean isSame(Checkpoint one, FileCheckpoint other) {
    return saved.isSame(one.subject(), other.subject());
  }

  private Change added(Target target, FileCheckpoint checkpoint) {
    List<Field> fields = new ArrayList<>();
    if (!checkpoint.subject().excludes().isEmpty()) {
      fields.add(new Field("exclude", null, String.join(", ", checkpoint.subject().excludes())));
    }
    Map<String, String> otherwise = texts(CheckpointSettings.DEFAULT);
    texts(checkpoint.settings())
        .forEach(
            (name, text) -> {
              if (!text.equals(otherwise.get(name))) {
                fields.add(new Field(name, null, text));
              }
            });
    var change =
        new Change(
            "create", "checkpoint", checkpoint.subject().toString(), target.name(), fields, null);
    added.add(new Plan.Added(target.id, target.name(), checkpoint, change));
    return change;
  }

  private Optional<Change> changed(Target target, Checkpoint known, FileCheckpoint checkpoint) {
    if (!known.subject().excludes().equals(checkpoint.subject().excludes())) {
      problems.add(
          checkpoint.pointer() + "/exclude",
          "What %s of %s leaves out is fixed when it is added, at [%s]; keep it, or remove the checkpoint first: holdfast checkpoint remove %s %d."
              .formatted(
                  known.subject(),
                  target.name(),
                  String.join(", ", known.subject().excludes()),
                  target.name(),
                  known.id().number()));
      return Optional.empty();
    }
    if (known.settings().equals(checkpoint.settings())) {
      return Optional.empty();
    }
    Map<String, String> before = texts(known.settings());
    List<Field> fields = new ArrayList<>();
    texts(checkpoint.settings())
        .forEach(
            (name, text) -> {
              if (!text.equals(before.get(name))) {
                fields.add(new Field(name, before.get(name), text));
              }
            });
    var change =
        new Change("change", "checkpoint", known.subject().toString(), target.name(), fields, null);
    configured.add(
        new Plan.Configured(known.id().number(), target.id, checkpoint.settings(), change));
    return Optional.of(change);
  }

  /** Settings by their keys, as they are written. */
  static Map<String, String> texts(CheckpointSettings settings) {
    Map<String, String> texts = new LinkedHashMap<>();
    texts.put("onRestoreFailure", settings.onRestoreFailure().toString());
    texts.put("onDrift", settings.onDrift().toString());
    texts.put("keep", Integer.toString(settings.keep()));
    texts.put("quiet", duration(settings.quiet()));
    texts.put("maxDelay", duration(settings.delay()));
    texts.put("rollBackWithin", duration(settings.rollBackWithin()));
    return texts;
  }

  private static String duration(Duration duration) {
    return Property.duration("Time").build().encode(duration).getFirst();
  }

  List<Plan.Added> added() {
    return added;
  }

  List<Plan.Configured> configured() {
    return configured;
  }

  List<Plan.Removed> removed() {
    return removed;
  }
}
