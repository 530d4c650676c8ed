package dev.holdfast.service.clusterfile;

import dev.holdfast.service.api.ClusterPlanView.Change;
import dev.holdfast.service.api.ClusterPlanView.Field;
import java.util.ArrayList;
import java.util.List;

/** A plan in words, for who follows an operation. */
public final class PlanWords {
  private PlanWords() {}

  /** What a line about a change is about. */
  public static String subject(Change change) {
    String in = change.in();
    return change.kind().equals("checkpoint") && in != null ? in : change.name();
  }

  /** What is done, such as {@code changed: CommandLine "a" → "b"; takes effect at …}. */
  public static String words(Change change) {
    String effect = change.effect();
    if (isEffectOnly(change) && effect != null) {
      return effect;
    }
    var words = new StringBuilder();
    words.append(
        switch (change.action()) {
          case "create" -> "created";
          case "delete" -> "deleted";
          default -> "changed";
        });
    if (!change.kind().equals("resource")) {
      words.append(", ").append(change.kind());
      if (change.kind().equals("checkpoint")) {
        words.append(' ').append(change.name());
      }
    }
    List<String> fields = new ArrayList<>();
    change.fields().forEach(field -> fields.add(words(field)));
    if (!fields.isEmpty()) {
      words.append(": ").append(String.join(", ", fields));
    }
    if (effect != null) {
      words.append("; ").append(effect);
    }
    return words.toString();
  }

  /** What would be done. */
  public static String wouldBe(Change change) {
    return isEffectOnly(change) ? "would: " + words(change) : "would be " + words(change);
  }

  private static String words(Field field) {
    String to = field.to() == null ? "its default" : field.to();
    return field.from() == null
        ? field.field() + " " + to
        : "%s %s → %s".formatted(field.field(), field.from(), to);
  }

  /** What was done, in figures. */
  public static String summary(Plan plan) {
    if (plan.isEmpty()) {
      return "nothing to change";
    }
    return "%d created, %d changed, %d deleted"
        .formatted(count(plan, "create"), count(plan, "change"), count(plan, "delete"));
  }

  private static long count(Plan plan, String action) {
    return plan.changes().stream()
        .filter(change -> change.action().equals(action) && !isEffectOnly(change))
        .count();
  }

  /** Whether it is about what nobody changes, and what goes offline with what is changed. */
  private static boolean isEffectOnly(Change change) {
    return change.action().equals("change") && change.fields().isEmpty();
  }
}
