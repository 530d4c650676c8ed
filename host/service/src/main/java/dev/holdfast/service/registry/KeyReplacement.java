package dev.holdfast.service.registry;

import dev.holdfast.registry.Batch;
import dev.holdfast.registry.DescriptorBytes;
import dev.holdfast.registry.KeyPath;
import dev.holdfast.registry.RegistryKey;
import dev.holdfast.registry.RegistryValue;
import java.util.Optional;

/**
 * The changes that make a key what was saved of it: only those that are needed, so that a value
 * that was edited costs a commit of that value, whatever else the key has. Keys that are as they
 * were saved keep their times, and go on inheriting their security.
 */
final class KeyReplacement {
  /** With more than that, the contents as a whole are smaller to say, or about as small. */
  private static final int CHANGES_MAX = 256;

  private final Batch.Builder batch = Batch.builder();
  private int changes;

  /**
   * What to do, for a key at that path; empty if nothing short of replacing it as a whole would do,
   * or that is simpler.
   *
   * @param live as it is, with what counts for it; the batch is good for that only
   * @param saved as it is to be; security descriptors are its keys' own
   */
  static Optional<Batch.Builder> of(KeyPath path, SecuredKey live, RegistryKey saved) {
    var replacement = new KeyReplacement();
    return replacement.key(path, live, saved, false, new SecuredKey.View(""))
        ? Optional.of(replacement.batch)
        : Optional.empty();
  }

  /**
   * @param inheritsAnew the key above gets another descriptor, so that what this one inherited so
   *     far has to be its own
   * @return whether the changes so far do it
   */
  private boolean key(
      KeyPath path,
      SecuredKey secured,
      RegistryKey saved,
      boolean inheritsAnew,
      SecuredKey.View view) {
    RegistryKey live = secured.key();
    if (live.isLink() != saved.isLink() || !live.className().equals(saved.className())) {
      return false; // Nothing changes these in place.
    }
    Optional<DescriptorBytes> wanted = saved.security();
    boolean setsSecurity =
        !wanted.equals(Optional.ofNullable(secured.bytes()))
            || (inheritsAnew && live.security().isEmpty());
    if (setsSecurity) {
      if (wanted.isEmpty()) {
        return false; // Nothing takes its own away in place.
      }
      batch.setSecurity(path, wanted.get());
      changes++;
    }
    values(path, live, saved);
    for (RegistryKey subkey : live.subkeys()) {
      if (subkey.isVolatile()) {
        return false; // A replaced key has none of them.
      }
      if (counterpart(saved, subkey).isEmpty()) {
        batch.deleteTree(path.child(subkey.name()));
        changes++;
      }
    }
    for (SecuredKey subkey : view.subkeys(secured)) {
      Optional<RegistryKey> savedSubkey = counterpart(saved, subkey.key());
      if (savedSubkey.isPresent()
          && !key(path.child(subkey.key().name()), subkey, savedSubkey.get(), setsSecurity, view)) {
        return false;
      }
    }
    for (RegistryKey subkey : saved.subkeys()) {
      if (counterpart(live, subkey).isEmpty()) {
        create(path.child(subkey.name()), subkey);
      }
    }
    return changes <= CHANGES_MAX;
  }

  /** The subkey of that name, in that spelling. */
  private static Optional<RegistryKey> counterpart(RegistryKey key, RegistryKey subkey) {
    return key.subkey(subkey.name()).filter(each -> each.name().equals(subkey.name()));
  }

  private void values(KeyPath path, RegistryKey live, RegistryKey saved) {
    for (RegistryValue value : live.values()) {
      if (saved.value(value.name()).filter(each -> each.name().equals(value.name())).isEmpty()) {
        batch.deleteValue(path, value.name());
        changes++;
      }
    }
    for (RegistryValue value : saved.values()) {
      if (!live.value(value.name()).equals(Optional.of(value))) {
        batch.set(path, value);
        changes++;
      }
    }
  }

  private void create(KeyPath path, RegistryKey saved) {
    if (changes > CHANGES_MAX) {
      return;
    }
    batch.createKey(path, saved.options());
    changes++;
    for (RegistryValue value : saved.values()) {
      batch.set(path, value);
      changes++;
    }
    for (RegistryKey subkey : saved.subkeys()) {
      create(path.child(subkey.name()), subkey);
    }
  }
}
