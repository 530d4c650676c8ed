package dev.holdfast.registry.regf;

import dev.holdfast.registry.Filetime;
import dev.holdfast.registry.KeyOptions;
import dev.holdfast.registry.RegistryKey;
import dev.holdfast.registry.RegistryValue;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Makes keys of the registry of what a reader tells, with class, time, link and descriptor; for one
 * reading, by one thread. The order of values is not kept: in the registry it is that of their
 * names. No key is volatile, and the revision of all is zero, unless whoever begins them says
 * otherwise.
 *
 * <p>A key whose name has a backslash, which a {@link Strictness#LENIENT} reading lets pass, is
 * refused with an {@link IllegalArgumentException}: no path could lead to it.
 */
public final class RegistryKeyBuilder implements KeySink {
  private final Function<KeyInfo, RegistryKey.Builder> beginning;
  private final Deque<RegistryKey.Builder> open = new ArrayDeque<>();
  private @Nullable RegistryKey root;

  /** Of keys as a file has them. */
  public RegistryKeyBuilder() {
    this(new AsInTheFile()::begin);
  }

  /**
   * Of keys of which more is known than the file says.
   *
   * @param beginning begins each key, in the file's order
   */
  public RegistryKeyBuilder(Function<KeyInfo, RegistryKey.Builder> beginning) {
    this.beginning = beginning;
  }

  private static final class AsInTheFile {
    private KeyOptions last = KeyOptions.PLAIN;

    RegistryKey.Builder begin(KeyInfo key) {
      var own = new KeyOptions(key.className(), key.security(), false, key.link());
      // Neighbours mostly have the same, and then they share it.
      last = own.equals(last) ? last : own;
      return RegistryKey.builder(key.name(), new Filetime(key.lastWrittenFiletime()), last);
    }
  }

  @Override
  public void enter(KeyInfo key) {
    open.addLast(beginning.apply(key));
  }

  @Override
  public void value(RegistryValue value) {
    open.getLast().add(value);
  }

  @Override
  public void leave() {
    RegistryKey key = open.removeLast().build();
    RegistryKey.Builder parent = open.peekLast();
    if (parent == null) {
      root = key;
    } else {
      parent.add(key);
    }
  }

  /** The root under the name that it was begun with, once reading has returned. */
  public RegistryKey root() {
    RegistryKey read = root;
    if (read == null) {
      throw new IllegalStateException("no tree was read to its end");
    }
    return read;
  }
}
