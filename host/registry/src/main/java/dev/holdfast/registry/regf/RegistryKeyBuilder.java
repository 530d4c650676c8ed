package dev.holdfast.registry.regf;

import dev.holdfast.registry.Filetime;
import dev.holdfast.registry.KeyOptions;
import dev.holdfast.registry.RegistryKey;
import dev.holdfast.registry.RegistryValue;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * Makes keys of the registry of what a reader tells, with class, time, link and descriptor; for one
 * reading, by one thread. The order of values is not kept: in the registry it is that of their
 * names. No key is volatile, and the revision of all is zero.
 *
 * <p>A key whose name has a backslash, which a {@link Strictness#LENIENT} reading lets pass, is
 * refused with an {@link IllegalArgumentException}: no path could lead to it.
 */
public final class RegistryKeyBuilder implements KeySink {
  private final Deque<Open> open = new ArrayDeque<>();
  private @Nullable RegistryKey root;

  private record Open(RegistryKey.Builder key, KeyOptions options) {}

  @Override
  public void enter(KeyInfo key) {
    var own = new KeyOptions(key.className(), key.security(), false, key.link());
    Open parent = open.peekLast();
    // Neighbours mostly have the same, and then they share it.
    KeyOptions options = parent != null && own.equals(parent.options()) ? parent.options() : own;
    var written = new Filetime(key.lastWrittenFiletime());
    open.addLast(new Open(RegistryKey.builder(key.name(), written, options), options));
  }

  @Override
  public void value(RegistryValue value) {
    open.getLast().key().add(value);
  }

  @Override
  public void leave() {
    RegistryKey key = open.removeLast().key().build();
    Open parent = open.peekLast();
    if (parent == null) {
      root = key;
    } else {
      parent.key().add(key);
    }
  }

  /** The root under the name that it was saved with, once reading has returned. */
  public RegistryKey root() {
    RegistryKey read = root;
    if (read == null) {
      throw new IllegalStateException("no tree was read to its end");
    }
    return read;
  }
}
