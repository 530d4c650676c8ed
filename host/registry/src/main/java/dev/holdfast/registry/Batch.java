package dev.holdfast.registry;

import java.util.ArrayList;
import java.util.List;

/**
 * Changes that are applied together or not at all, in their order, if all preconditions hold.
 * Immutable. Later changes see what earlier ones of the same batch did; preconditions see the state
 * before all of them. What a {@link Builder} builds has a change; what is left of a batch that
 * concerned only volatile keys, when it is read from a log, has none.
 *
 * <pre>{@code
 * Batch.builder()
 *     .ifKeyAbsent("Resources\\" + id)
 *     .createKey("Resources\\" + id)
 *     .set("Resources\\" + id, RegistryValue.sz("Name", "web"))
 *     .build();
 * }</pre>
 */
public record Batch(List<Precondition> preconditions, List<Change> changes) {
  /**
   * A batch of these.
   *
   * @throws IllegalArgumentException if there is more of something than {@link Limits} allows
   */
  public Batch {
    preconditions = List.copyOf(preconditions);
    changes = List.copyOf(changes);
    Limits.check(
        "changes of a batch", changes.size(), Limits.BATCH_CHANGES_MAX, "BATCH_CHANGES_MAX");
    Limits.check(
        "preconditions of a batch",
        preconditions.size(),
        Limits.BATCH_PRECONDITIONS_MAX,
        "BATCH_PRECONDITIONS_MAX");
  }

  public static Builder builder() {
    return new Builder();
  }

  /**
   * Collects a batch; not thread-safe. Each method also takes a path as it is written, and then
   * throws {@link IllegalArgumentException} for one that no key can have.
   */
  public static final class Builder {
    private final List<Precondition> preconditions = new ArrayList<>();
    private final List<Change> changes = new ArrayList<>();

    private Builder() {}

    public Builder require(Precondition precondition) {
      preconditions.add(precondition);
      return this;
    }

    public Builder change(Change change) {
      changes.add(change);
      return this;
    }

    public boolean isEmpty() {
      return changes.isEmpty();
    }

    /**
     * The batch.
     *
     * @throws IllegalArgumentException also if there is no change
     */
    public Batch build() {
      if (changes.isEmpty()) {
        throw new IllegalArgumentException("a batch has at least one change, found none");
      }
      return new Batch(preconditions, changes);
    }

    public Builder ifKeyExists(KeyPath path) {
      return require(new Precondition.KeyExists(path));
    }

    public Builder ifKeyExists(String path) {
      return ifKeyExists(KeyPath.of(path));
    }

    public Builder ifKeyAbsent(KeyPath path) {
      return require(new Precondition.KeyAbsent(path));
    }

    public Builder ifKeyAbsent(String path) {
      return ifKeyAbsent(KeyPath.of(path));
    }

    public Builder ifValue(KeyPath path, RegistryValue value) {
      return require(new Precondition.ValueEquals(path, value));
    }

    public Builder ifValue(String path, RegistryValue value) {
      return ifValue(KeyPath.of(path), value);
    }

    public Builder ifValueAbsent(KeyPath path, String name) {
      return require(new Precondition.ValueAbsent(path, name));
    }

    public Builder ifValueAbsent(String path, String name) {
      return ifValueAbsent(KeyPath.of(path), name);
    }

    public Builder ifHiveRevision(Revision revision) {
      return require(new Precondition.HiveRevisionIs(revision));
    }

    public Builder ifKeyRevision(KeyPath path, Revision revision) {
      return require(new Precondition.KeyRevisionIs(path, revision));
    }

    public Builder ifKeyRevision(String path, Revision revision) {
      return ifKeyRevision(KeyPath.of(path), revision);
    }

    public Builder createKey(KeyPath path) {
      return change(new Change.CreateKey(path));
    }

    public Builder createKey(String path) {
      return createKey(KeyPath.of(path));
    }

    public Builder createKey(KeyPath path, KeyOptions options) {
      return change(new Change.CreateKey(path, options));
    }

    public Builder createKey(String path, KeyOptions options) {
      return createKey(KeyPath.of(path), options);
    }

    public Builder setSecurity(KeyPath path, DescriptorBytes descriptor) {
      return change(new Change.SetSecurity(path, descriptor));
    }

    public Builder setSecurity(String path, DescriptorBytes descriptor) {
      return setSecurity(KeyPath.of(path), descriptor);
    }

    public Builder replaceContents(KeyPath path, RegistryKey contents) {
      return change(new Change.ReplaceContents(path, contents));
    }

    public Builder replaceContents(String path, RegistryKey contents) {
      return replaceContents(KeyPath.of(path), contents);
    }

    public Builder set(KeyPath path, RegistryValue value) {
      return change(new Change.SetValue(path, value));
    }

    public Builder set(String path, RegistryValue value) {
      return set(KeyPath.of(path), value);
    }

    public Builder deleteValue(KeyPath path, String name) {
      return change(new Change.DeleteValue(path, name));
    }

    public Builder deleteValue(String path, String name) {
      return deleteValue(KeyPath.of(path), name);
    }

    public Builder deleteKey(KeyPath path) {
      return change(new Change.DeleteKey(path));
    }

    public Builder deleteKey(String path) {
      return deleteKey(KeyPath.of(path));
    }

    public Builder deleteTree(KeyPath path) {
      return change(new Change.DeleteTree(path));
    }

    public Builder deleteTree(String path) {
      return deleteTree(KeyPath.of(path));
    }
  }
}
