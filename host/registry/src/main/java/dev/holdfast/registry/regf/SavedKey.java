package dev.holdfast.registry.regf;

import dev.holdfast.registry.NameOrder;
import dev.holdfast.registry.RegistryValue;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A key as a hive file holds it, with all below it: immutable, and equal to another one when every
 * name, byte, time and descriptor is, and values stand in the same order.
 */
public final class SavedKey {
  /** The way in for {@link HiveWriter}. */
  public static final KeyView<SavedKey> VIEW =
      new KeyView<>() {
        @Override
        public KeyInfo info(SavedKey key) {
          return key.info;
        }

        @Override
        public Iterable<RegistryValue> values(SavedKey key) {
          return key.values;
        }

        @Override
        public Iterable<SavedKey> subkeys(SavedKey key) {
          return key.subkeys;
        }
      };

  private static final Comparator<SavedKey> BY_NAME =
      Comparator.comparing(SavedKey::name, NameOrder.IGNORING_CASE);

  private final KeyInfo info;
  private final List<RegistryValue> values;
  private final List<SavedKey> subkeys;

  private SavedKey(KeyInfo info, List<RegistryValue> values, List<SavedKey> subkeys) {
    this.info = info;
    this.values = values;
    this.subkeys = subkeys;
  }

  /**
   * A key with these values in this order, and these subkeys, which are put in order.
   *
   * @throws IllegalArgumentException if two values or two subkeys have the same name, ignoring case
   */
  public static SavedKey of(KeyInfo info, List<RegistryValue> values, List<SavedKey> subkeys) {
    var ordered = new ArrayList<>(subkeys);
    ordered.sort(BY_NAME);
    refuseTwins(ordered, SavedKey::name, "subkeys");
    var byName = new ArrayList<>(values);
    byName.sort(Comparator.comparing(RegistryValue::name, NameOrder.IGNORING_CASE));
    refuseTwins(byName, RegistryValue::name, "values");
    return new SavedKey(info, List.copyOf(values), List.copyOf(ordered));
  }

  private static <T> void refuseTwins(List<T> ordered, Function<T, String> name, String what) {
    for (int i = 1; i < ordered.size(); i++) {
      if (NameOrder.same(name.apply(ordered.get(i - 1)), name.apply(ordered.get(i)))) {
        throw new IllegalArgumentException(
            "two %s of one key have the same name: %s".formatted(what, name.apply(ordered.get(i))));
      }
    }
  }

  public KeyInfo info() {
    return info;
  }

  public String name() {
    return info.name();
  }

  /** In the file's order, which is that of their making. */
  public List<RegistryValue> values() {
    return values;
  }

  /** In the order of their names. */
  public List<SavedKey> subkeys() {
    return subkeys;
  }

  public Optional<SavedKey> subkey(String name) {
    return subkeys.stream().filter(key -> NameOrder.same(key.name(), name)).findFirst();
  }

  public Optional<RegistryValue> value(String name) {
    return values.stream().filter(value -> NameOrder.same(value.name(), name)).findFirst();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof SavedKey key
        && info.equals(key.info)
        && values.equals(key.values)
        && subkeys.equals(key.subkeys);
  }

  @Override
  public int hashCode() {
    return 31 * info.hashCode() + values.hashCode();
  }

  @Override
  public String toString() {
    return "%s (%,d subkeys, %,d values)".formatted(name(), subkeys.size(), values.size());
  }

  /** Makes a tree of what a reader tells; for one reading, by one thread. */
  public static final class Builder implements KeySink {
    /** Keys that are not left yet, and where their own begins in the lists below. */
    private final ArrayList<Open> open = new ArrayList<>();

    private final ArrayList<RegistryValue> values = new ArrayList<>();
    private final ArrayList<SavedKey> finished = new ArrayList<>();

    private record Open(KeyInfo info, int firstValue, int firstSubkey) {}

    @Override
    public void enter(KeyInfo key) {
      open.add(new Open(key, values.size(), finished.size()));
    }

    @Override
    public void value(RegistryValue value) {
      values.add(value);
    }

    @Override
    public void leave() {
      Open key = open.removeLast();
      List<RegistryValue> ownValues = taken(values, key.firstValue());
      List<SavedKey> ownSubkeys = taken(finished, key.firstSubkey());
      finished.add(new SavedKey(key.info(), ownValues, ownSubkeys));
    }

    private static <T> List<T> taken(List<T> all, int from) {
      List<T> tail = all.subList(from, all.size());
      List<T> taken = List.copyOf(tail);
      tail.clear();
      return taken;
    }

    /** The root, once reading has returned. */
    public SavedKey root() {
      @Nullable SavedKey root = finished.size() == 1 && open.isEmpty() ? finished.getFirst() : null;
      if (root == null) {
        throw new IllegalStateException("no tree was read to its end");
      }
      return root;
    }
  }
}
