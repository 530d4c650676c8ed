package dev.holdfast.registry.hive;

import dev.holdfast.registry.DescriptorBytes;
import dev.holdfast.registry.Filetime;
import dev.holdfast.registry.KeyOptions;
import dev.holdfast.registry.RegistryKey;
import dev.holdfast.registry.RegistryValue;
import dev.holdfast.registry.Revision;
import dev.holdfast.registry.regf.KeyInfo;
import dev.holdfast.registry.regf.KeySink;
import java.nio.LongBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Puts a tree together from a snapshot's regf file and what stands beside it: for each key its
 * revision, and whether the descriptor in the file is its own. For one reading, by one thread.
 */
final class SnapshotKeys implements KeySink {
  /** Of an entry: the key has a descriptor of its own. */
  static final long OWN_DESCRIPTOR = Long.MIN_VALUE;

  private final LongBuffer entries;
  private final Deque<RegistryKey.Builder> open = new ArrayDeque<>();

  /** For the keys that have a descriptor and nothing else: one object for each descriptor. */
  private final Map<DescriptorBytes, KeyOptions> secured = new HashMap<>();

  private @Nullable RegistryKey root;

  /**
   * @param entries one for each key, in the file's order
   */
  SnapshotKeys(LongBuffer entries) {
    this.entries = entries;
  }

  /** What stands beside the file for this key. */
  static long entry(RegistryKey key) {
    return key.revision().number() | (key.security().isPresent() ? OWN_DESCRIPTOR : 0);
  }

  @Override
  public void enter(KeyInfo key) {
    long entry = entries.get();
    KeyOptions options = KeyOptions.PLAIN;
    DescriptorBytes security = key.security();
    if ((entry & OWN_DESCRIPTOR) != 0 && security != null) {
      options = secured.computeIfAbsent(security, KeyOptions.PLAIN::withSecurity);
    }
    if (!key.className().isEmpty()) {
      options = options.withClassName(key.className());
    }
    if (key.link()) {
      options = options.asLink();
    }
    // In the file a root has a name, as in all such files; in the tree it has none.
    String name = open.isEmpty() ? "" : key.name();
    var revision = new Revision(entry & ~OWN_DESCRIPTOR);
    open.addLast(
        RegistryKey.builder(name, revision, new Filetime(key.lastWrittenFiletime()), options));
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

  /** The root, once reading has returned. */
  RegistryKey root() {
    RegistryKey read = root;
    if (read == null) {
      throw new IllegalStateException("no tree was read to its end");
    }
    return read;
  }
}
