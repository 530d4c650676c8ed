package dev.holdfast.registry;

import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A key as it was at one revision, with all that was below it: immutable, free to keep, read
 * without a lock from any thread. Names are found ignoring case and come back as they were first
 * written; subkeys and values are iterated in order of their names.
 */
public final class RegistryKey implements Named {
  static final RegistryKey EMPTY_ROOT = created("", new Stamp(0, 0), KeyOptions.PLAIN);

  private final String name;
  private final long revision;
  private final long lastWrittenTicks;
  private final KeyOptions options;
  private final NameSet<RegistryKey> subkeys;
  private final NameSet<RegistryValue> values;

  private RegistryKey(
      String name,
      long revision,
      long lastWrittenTicks,
      KeyOptions options,
      NameSet<RegistryKey> subkeys,
      NameSet<RegistryValue> values) {
    this.name = name;
    this.revision = revision;
    this.lastWrittenTicks = lastWrittenTicks;
    this.options = options;
    this.subkeys = subkeys;
    this.values = values;
  }

  static RegistryKey of(
      String name,
      Stamp stamp,
      KeyOptions options,
      NameSet<RegistryKey> subkeys,
      NameSet<RegistryValue> values) {
    return new RegistryKey(name, stamp.revision(), stamp.ticks(), options, subkeys, values);
  }

  static RegistryKey created(String name, Stamp stamp, KeyOptions options) {
    return of(name, stamp, options, NameSet.empty(), NameSet.empty());
  }

  /** Makes keys outside of any hive, such as those of a file; for one key, by one thread. */
  public static final class Builder {
    private final String name;
    private final Stamp stamp;
    private final KeyOptions options;
    private final NameSetBuilder<RegistryKey> subkeys = new NameSetBuilder<>();
    private final NameSetBuilder<RegistryValue> values = new NameSetBuilder<>();

    private Builder(String name, Stamp stamp, KeyOptions options) {
      this.name = name;
      this.stamp = stamp;
      this.options = options;
    }

    /** Adds a value, in place of one of that name if there is one. */
    public Builder add(RegistryValue value) {
      values.add(value);
      return this;
    }

    /**
     * Adds a subkey, in place of one of that name if there is one.
     *
     * @throws IllegalArgumentException if the subkey has no name, or is not volatile although this
     *     key is
     */
    public Builder add(RegistryKey subkey) {
      if (subkey.name().isEmpty() || (options.isVolatile() && !subkey.isVolatile())) {
        throw new IllegalArgumentException(
            "a subkey has a name, and is volatile if the key above is; found %s in %s"
                .formatted(subkey, name));
      }
      subkeys.add(subkey);
      return this;
    }

    public RegistryKey build() {
      return of(name, stamp, options, subkeys.build(), values.build());
    }
  }

  /**
   * Begins a key of revision zero.
   *
   * @param name empty only for a root
   * @throws IllegalArgumentException if the name has a backslash or is too long
   */
  public static Builder builder(String name, Filetime lastWritten, KeyOptions options) {
    return builder(name, Revision.ZERO, lastWritten, options);
  }

  /** As {@link #builder(String, Filetime, KeyOptions)}, of a key that had this revision. */
  public static Builder builder(
      String name, Revision revision, Filetime lastWritten, KeyOptions options) {
    if (name.indexOf('\\') >= 0) {
      throw new IllegalArgumentException("a key's name has no backslash, found: " + name);
    }
    Limits.check(
        "characters of a key's name",
        name.length(),
        Limits.KEY_NAME_CHARS_MAX,
        "KEY_NAME_CHARS_MAX");
    return new Builder(name, new Stamp(revision.number(), lastWritten.ticks()), options);
  }

  /** The key's own name; empty for the root of a hive. */
  @Override
  public String name() {
    return name;
  }

  /**
   * The last commit that created this key, set or deleted one of its values, set its security, or
   * created or deleted one of its direct subkeys. What happens inside a subkey does not count, nor
   * does the coming and going of a volatile subkey, unless this key is volatile, too.
   */
  public Revision revision() {
    return new Revision(revision);
  }

  /** The time of that commit; of a key that was read from a file, what the file said. */
  public Filetime lastWritten() {
    return new Filetime(lastWrittenTicks);
  }

  /** What it is beside all that. */
  public KeyOptions options() {
    return options;
  }

  /** Empty for none. */
  public String className() {
    return options.className();
  }

  /** Its own; see {@link KeyOptions} for what counts when there is none. */
  public Optional<DescriptorBytes> security() {
    return Optional.ofNullable(options.security());
  }

  public boolean isVolatile() {
    return options.isVolatile();
  }

  public boolean isLink() {
    return options.isLink();
  }

  public Iterable<RegistryKey> subkeys() {
    return subkeys;
  }

  /** Those that are not volatile. */
  public Iterable<RegistryKey> durableSubkeys() {
    return () -> new Durable(subkeys.iterator());
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
    return Optional.ofNullable(descend(path));
  }

  @Nullable RegistryKey find(String subkeyName) {
    return subkeys.find(subkeyName);
  }

  /**
   * As {@link #descend(KeyPath)}, without making a path of the text: that of a key that is there is
   * one.
   *
   * @throws IllegalArgumentException if the text is no path
   */
  @Nullable RegistryKey descend(String path) {
    if (path.isEmpty()) {
      return this;
    }
    RegistryKey key = this;
    int from = 0;
    while (from <= path.length()) {
      int backslash = path.indexOf('\\', from);
      int to = backslash < 0 ? path.length() : backslash;
      key = key.subkeys.find(path, from, to);
      if (key == null) {
        return descend(KeyPath.of(path));
      }
      from = to + 1;
    }
    return key;
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

  RegistryKey withoutName() {
    return name.isEmpty()
        ? this
        : new RegistryKey("", revision, lastWrittenTicks, options, subkeys, values);
  }

  /** This key with other subkeys, as if that commit had created it; the time stays. */
  RegistryKey adopted(long newRevision, NameSet<RegistryKey> newSubkeys) {
    return new RegistryKey(name, newRevision, lastWrittenTicks, options, newSubkeys, values);
  }

  /** This key with the values, the subkeys and all else of that one but its name. */
  RegistryKey withContents(RegistryKey contents, Stamp stamp) {
    return of(name, stamp, contents.options, contents.subkeys, contents.values);
  }

  /** The subkey's own changes leave this key's revision. */
  RegistryKey withSubkey(RegistryKey subkey) {
    return new RegistryKey(name, revision, lastWrittenTicks, options, subkeys.with(subkey), values);
  }

  RegistryKey withoutSubkey(String subkeyName) {
    return new RegistryKey(
        name, revision, lastWrittenTicks, options, subkeys.without(subkeyName), values);
  }

  RegistryKey withValue(RegistryValue value, Stamp stamp) {
    RegistryValue old = values.find(value.name());
    RegistryValue kept = old == null ? value : value.named(old.name());
    return of(name, stamp, options, subkeys, values.with(kept));
  }

  RegistryKey withoutValue(String valueName, Stamp stamp) {
    return of(name, stamp, options, subkeys, values.without(valueName));
  }

  RegistryKey withSecurity(DescriptorBytes security, Stamp stamp) {
    return of(name, stamp, options.withSecurity(security), subkeys, values);
  }

  RegistryKey stamped(Stamp stamp) {
    return of(name, stamp, options, subkeys, values);
  }

  @Override
  public String toString() {
    return "%s (revision %d, %,d subkeys, %,d values)"
        .formatted(name.isEmpty() ? "\\" : name, revision, subkeyCount(), valueCount());
  }

  private static final class Durable implements Iterator<RegistryKey> {
    private final Iterator<RegistryKey> all;
    private @Nullable RegistryKey next;

    Durable(Iterator<RegistryKey> all) {
      this.all = all;
    }

    @Override
    public boolean hasNext() {
      while (next == null && all.hasNext()) {
        RegistryKey key = all.next();
        next = key.isVolatile() ? null : key;
      }
      return next != null;
    }

    @Override
    public RegistryKey next() {
      RegistryKey key = hasNext() ? next : null;
      if (key == null) {
        throw new NoSuchElementException();
      }
      next = null;
      return key;
    }
  }
}
