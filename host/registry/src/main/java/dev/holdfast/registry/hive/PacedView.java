package dev.holdfast.registry.hive;

import dev.holdfast.registry.RegistryKey;
import dev.holdfast.registry.RegistryValue;
import dev.holdfast.registry.regf.KeyInfo;
import dev.holdfast.registry.regf.KeyView;

/** A view of keys whose looking through takes its rests. */
record PacedView(KeyView<RegistryKey> view, Pace pace) implements KeyView<RegistryKey> {
  @Override
  public KeyInfo info(RegistryKey key) {
    return view.info(key);
  }

  @Override
  public Iterable<RegistryValue> values(RegistryKey key) {
    return view.values(key);
  }

  @Override
  public Iterable<RegistryKey> subkeys(RegistryKey key) {
    pace.step();
    return view.subkeys(key);
  }
}
