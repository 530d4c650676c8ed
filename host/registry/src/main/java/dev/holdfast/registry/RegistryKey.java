package dev.holdfast.registry;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A key as it was at one revision, with all that was below it: immutable, free to keep, read
 * without a lock from any thread. Names are found ignoring case and come back as they were first
 * written; subkeys and values are iterated in order of their names.
 */
public final class RegistryKey implements Named {
  static final RegistryKey EMPTY_ROOT = created("", 0);

  private final String name;
  private final long revision;
  private final NameSet<RegistryKey> subkeys;
  private final NameSet<RegistryValue> values;

  private RegistryKey(
      String name, long revision, NameSet<RegistryKey> subkeys, NameSet<RegistryValue> values) {
    this.name = name;
    this.revision = revision;
    this.subkeys = subkeys;
    this.values = values;
  }

  static RegistryKey of(
      String name, long revision, NameSet<RegistryKey> subkeys, NameSet<RegistryValue> values) {
    return new RegistryKey(name, revision, subkeys, values);
  }

  static RegistryKey created(String name, long revision) {
    return new RegistryKey(name, revision, NameSet.empty(), NameSet.empty());
  }

  /** The key's own name; empty for a root. */
  @Override
  public String name() {
    return name;
  }

  /**
   * The last commit that created this key, set or deleted one of its values, or created or deleted
   * one of its direct subkeys. What happens inside a subkey does not count.
   */
  public Revision revision() {
    return new Revision(revision);
  }

  public Iterable<RegistryKey> subkeys() {
    return subkeys;
  }

  public int subkeyCount() {
    return subkeys.size();
  }

  public Optional<RegistryKey> subkey(String subkeyName) {
    return Optional.ofNullable(subkeys.find(subkeyName));
  }

  public Iterable<RegistryValue> values() {
    return values;
  }

  public int valueCount() {
    return values.size();
  }

  /** The value of that name; the default value's name is empty. */
  public Optional<RegistryValue> value(String valueName) {
    return Optional.ofNullable(values.find(valueName));
  }

  /** The key at that path below this one; this one for the empty path. */
  public Optional<RegistryKey> key(KeyPath path) {
    return Optional.ofNullable(descend(path));
  }

  /** As {@link #key(KeyPath)}, for a path that is written so. */
  public Optional<RegistryKey> key(String path) {
    return key(KeyPath.of(path));
  }

  @Nullable RegistryKey descend(KeyPath path) {
    RegistryKey key = this;
    for (String step : path.names()) {
      key = key.subkeys.find(step);
      if (key == null) {
        return null;
      }
    }
    return key;
  }

  /** The subkey's own changes leave this key's revision; its coming and going does not. */
  RegistryKey withSubkey(RegistryKey subkey, long newRevision) {
    return new RegistryKey(name, newRevision, subkeys.with(subkey), values);
  }

  RegistryKey withSubkey(RegistryKey subkey) {
    return withSubkey(subkey, revision);
  }

  RegistryKey withoutSubkey(String subkeyName, long newRevision) {
    return new RegistryKey(name, newRevision, subkeys.without(subkeyName), values);
  }

  RegistryKey withValue(RegistryValue value, long newRevision) {
    RegistryValue old = values.find(value.name());
    RegistryValue kept = old == null ? value : value.named(old.name());
    return new RegistryKey(name, newRevision, subkeys, values.with(kept));
  }

  RegistryKey withoutValue(String valueName, long newRevision) {
    return new RegistryKey(name, newRevision, subkeys, values.without(valueName));
  }

  @Override
  public String toString() {
    return "%s (revision %d, %,d subkeys, %,d values)"
        .formatted(name.isEmpty() ? "\\" : name, revision, subkeyCount(), valueCount());
  }
}
