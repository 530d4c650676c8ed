package dev.holdfast.registry.regf;

import dev.holdfast.registry.RegistryKey;
import dev.holdfast.registry.RegistryValue;

/**
 * Keys of the registry as {@link HiveWriter} looks at them: with class, time, link and descriptor,
 * values in the order of their names, volatile keys left out. The descriptor is the key's own; a
 * key without one gets the one that says nothing special, as every key of a hive file has one.
 *
 * @param rootName what a root is called that has no name, such as that of a hive
 */
public record RegistryKeyView(String rootName) implements KeyView<RegistryKey> {
  @Override
  public KeyInfo info(RegistryKey key) {
    return new KeyInfo(
        key.name().isEmpty() ? rootName : key.name(),
        key.className(),
        key.lastWritten().ticks(),
        key.isLink(),
        key.options().security());
  }

  @Override
  public Iterable<RegistryValue> values(RegistryKey key) {
    return key.values();
  }

  @Override
  public Iterable<RegistryKey> subkeys(RegistryKey key) {
    return key.durableSubkeys();
  }
}
