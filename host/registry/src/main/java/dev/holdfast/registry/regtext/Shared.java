package dev.holdfast.registry.regtext;

import dev.holdfast.registry.RegistryValue;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Gives out one object for those that are equal, as far as it remembers: else a text of a million
 * short lines would be twenty times as large once it is read.
 */
final class Shared<T> {
  /** Enough for names of two Latin-1 characters; longer ones are paid for by their own length. */
  private static final int KEPT = 1 << 16;

  /** That of strings has the same hash for many names of two characters. */
  private static final int MULTIPLIER = 0x9E37_79B1;

  private final ToIntFunction<T> hash;
  private final @Nullable Object[] kept = new @Nullable Object[KEPT];

  private Shared(ToIntFunction<T> hash) {
    this.hash = hash;
  }

  static Shared<String> names() {
    return new Shared<>(Shared::hash);
  }

  static Shared<RegistryValue> values() {
    return new Shared<>(value -> hash(value.name()) * MULTIPLIER + value.hashCode());
  }

  private static int hash(String name) {
    int hash = name.length();
    for (int i = 0; i < name.length(); i++) {
      hash = hash * MULTIPLIER + name.charAt(i);
    }
    return hash;
  }

  /** This one, or an equal one that was given out before. */
  @SuppressWarnings("unchecked") // Nothing else is kept.
  T one(T object) {
    int mixed = hash.applyAsInt(object) * MULTIPLIER;
    int slot = (mixed ^ mixed >>> 16) & KEPT - 1;
    Object known = kept[slot];
    if (known != null && known.equals(object)) {
      return (T) known;
    }
    kept[slot] = object;
    return object;
  }
}
