package dev.holdfast.service.clusterfile;

import dev.holdfast.service.api.ClusterPlanView.Change;
import dev.holdfast.service.api.ClusterPlanView.Field;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** What is done together when a plan is carried out, in this order. */
public enum Step {
  /** Groups, new resources and properties: nothing that runs goes offline for it. */
  CONFIGURATION,
  CHECKPOINTS,
  /** Where resources are and what they depend on; what is wanted Offline. */
  DOWN,
  /** Deletions; what is wanted Online. */
  UP;

  /**
   * What of a change is done in these steps, as a change of its own; empty for nothing. An effect
   * belongs to the last step of its change.
   */
  public static Optional<Change> part(Change change, Set<Step> steps) {
    List<Field> fields =
        change.fields().stream().filter(field -> steps.contains(of(change, field))).toList();
    boolean begins = steps.contains(first(change));
    if (!begins && fields.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        new Change(
            begins ? change.action() : "change",
            change.kind(),
            change.name(),
            change.in(),
            fields,
            steps.contains(last(change)) ? change.effect() : null));
  }

  private static Step first(Change change) {
    if (change.kind().equals("checkpoint")) {
      return CHECKPOINTS;
    }
    return switch (change.action()) {
      case "create" -> CONFIGURATION;
      case "delete" -> UP;
      default ->
          change.fields().stream()
              .map(field -> of(change, field))
              .min(Step::compareTo)
              .orElse(DOWN);
    };
  }

  private static Step last(Change change) {
    return change.fields().stream()
        .map(field -> of(change, field))
        .max(Step::compareTo)
        .orElseGet(() -> first(change));
  }

  private static Step of(Change change, Field field) {
    if (change.kind().equals("checkpoint")) {
      return CHECKPOINTS;
    }
    boolean isNew = change.action().equals("create");
    return switch (field.field()) {
      case "wanted" -> Words.WANTED.getFirst().equals(field.to()) ? UP : DOWN;
      case "group", "dependsOn" -> isNew ? CONFIGURATION : DOWN;
      default -> CONFIGURATION;
    };
  }
}
