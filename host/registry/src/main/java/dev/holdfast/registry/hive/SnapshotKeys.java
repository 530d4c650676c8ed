package dev.holdfast.registry.hive;

import dev.holdfast.registry.DescriptorBytes;
import dev.holdfast.registry.Filetime;
import dev.holdfast.registry.KeyOptions;
import dev.holdfast.registry.RegistryKey;
import dev.holdfast.registry.Revision;
import dev.holdfast.registry.regf.KeyInfo;
import java.nio.LongBuffer;
import java.util.HashMap;
import java.util.Map;

/**
 * Begins the keys of a snapshot with what stands beside its regf file: for each its revision, and
 * whether the descriptor in the file is its own. For one reading, by one thread.
 */
final class SnapshotKeys {
  /** Of an entry: the key has a descriptor of its own. */
  static final long OWN_DESCRIPTOR = Long.MIN_VALUE;

  private final LongBuffer entries;

  /** For the keys that have a descriptor and nothing else: one object for each descriptor. */
  private final Map<DescriptorBytes, KeyOptions> secured = new HashMap<>();

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

  RegistryKey.Builder begin(KeyInfo key) {
    // In the file a root has a name, as in all such files; in the tree it has none.
    String name = entries.position() == 0 ? "" : key.name();
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
    return RegistryKey.builder(
        name,
        new Revision(entry & ~OWN_DESCRIPTOR),
        new Filetime(key.lastWrittenFiletime()),
        options);
  }
}
