package dev.holdfast.service.api;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Changes to keys of one hive that are made together or not at all, if all preconditions hold.
 * Fields that a kind does not need are null.
 *
 * @param handle an open handle of the caller's, from whose key on the paths are; null when they are
 *     from the root on
 */
public record RegistryBatch(
    List<Precondition> preconditions, List<Change> changes, @Nullable Long handle) {
  public RegistryBatch {
    preconditions = List.copyOf(preconditions);
    changes = List.copyOf(changes);
  }

  /**
   * A value to be set or compared.
   *
   * @param name empty or null for the default value
   * @param type its name in Windows, or its number
   * @param data as people write it: a text, a number, several texts
   * @param bytes all of its bytes in hexadecimal, instead of {@code data}
   */
  public record Value(
      @Nullable String name,
      @Nullable String type,
      @Nullable List<String> data,
      @Nullable String bytes) {}

  /** What can be required. */
  public enum Condition {
    KEY_EXISTS,
    KEY_ABSENT,
    VALUE_EQUALS,
    VALUE_ABSENT,
    KEY_REVISION
  }

  /**
   * Something that must hold right before.
   *
   * @param revision of the key
   */
  public record Precondition(
      @Nullable Condition kind,
      @Nullable String path,
      @Nullable Value value,
      @Nullable Long revision) {}

  /** What can be done. */
  public enum Deed {
    CREATE_KEY,
    /** It lasts as long as the service runs, and is in no file. */
    CREATE_VOLATILE_KEY,
    SET_VALUE,
    DELETE_VALUE,
    DELETE_KEY,
    DELETE_TREE
  }

  /** One thing that is done, in the order of the batch. */
  public record Change(@Nullable Deed kind, @Nullable String path, @Nullable Value value) {}
}
