package dev.holdfast.service.api;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What applying a document would change.
 *
 * @param revision of the cluster database when it was looked
 * @param changes in the order of the document; then what is deleted
 * @param leftAlone what the document does not name
 */
public record ClusterPlanView(long revision, List<Change> changes, List<LeftAlone> leftAlone) {
  public ClusterPlanView {
    changes = List.copyOf(changes);
    leftAlone = List.copyOf(leftAlone);
  }

  /**
   * One object that changes.
   *
   * @param action create, change or delete
   * @param kind group, resource or checkpoint
   * @param name of a checkpoint: {@code registry:PATH} or {@code file:PATH}
   * @param in the group of a resource, the resource of a checkpoint; null for a group
   * @param fields what becomes of it; of what is deleted none
   * @param effect what that does to what runs; null when it does nothing
   */
  public record Change(
      String action,
      String kind,
      String name,
      @Nullable String in,
      List<Field> fields,
      @Nullable String effect) {
    public Change {
      fields = List.copyOf(fields);
    }
  }

  /**
   * One field. A secret's values are masked.
   *
   * @param from null when it was not there, or had its default
   * @param to null when it goes back to its default
   */
  public record Field(String field, @Nullable String from, @Nullable String to) {}

  /**
   * Something that the document does not name, and that stays.
   *
   * @param kind see {@link Change}
   * @param in see {@link Change}
   */
  public record LeftAlone(String kind, String name, @Nullable String in) {}
}
