package dev.holdfast.service.registry;

import dev.holdfast.registry.RegistryKey;
import dev.holdfast.registry.RegistryValue;
import dev.holdfast.registry.regf.KeyInfo;
import dev.holdfast.registry.regf.KeyView;

/** A live tree as writers of files look at it. */
final class TreeView implements KeyView<RegistryKey> {
  /** 1601, as nothing keeps when a key was written yet. */
  private static final long NEVER = 0;

  private final RegistryKey top;
  private final String topName;

  /**
   * @param topName what the first key is called, as a hive's root has no name of its own
   */
  TreeView(RegistryKey top, String topName) {
    this.top = top;
    this.topName = topName;
  }

  @Override
  @SuppressWarnings("ReferenceEquality") // That very key.
  public KeyInfo info(RegistryKey key) {
    return KeyInfo.named(key == top ? topName : key.name(), NEVER);
  }

  @Override
  public Iterable<RegistryValue> values(RegistryKey key) {
    return key.values();
  }

  @Override
  public Iterable<RegistryKey> subkeys(RegistryKey key) {
    return key.subkeys();
  }
}
