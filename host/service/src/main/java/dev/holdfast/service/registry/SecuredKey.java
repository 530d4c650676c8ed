package dev.holdfast.service.registry;

import dev.holdfast.registry.DescriptorBytes;
import dev.holdfast.registry.RegistryKey;
import dev.holdfast.registry.RegistryValue;
import dev.holdfast.registry.regf.KeyInfo;
import dev.holdfast.registry.regf.KeyView;
import dev.holdfast.registry.security.MalformedDescriptorException;
import dev.holdfast.service.registry.KnownDescriptors.Known;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A key with the descriptor that counts for it, as a hive file has it: there every key has one.
 *
 * @param below what keys right below it inherit; null when that cannot be told, because the key's
 *     own is damaged
 * @param bytes its own, byte by byte, or what it inherits
 */
record SecuredKey(RegistryKey key, @Nullable Known below, @Nullable DescriptorBytes bytes) {
  /**
   * A key that a file begins with.
   *
   * @param effective what counts for it; empty when that is damaged
   */
  static SecuredKey of(RegistryKey key, Optional<Known> effective) {
    @Nullable Known known = effective.orElse(null);
    DescriptorBytes own = key.options().security();
    return new SecuredKey(
        key,
        known == null ? null : known.inherited(),
        own == null && known != null ? known.bytes() : own);
  }

  private SecuredKey below(RegistryKey subkey, KnownDescriptors descriptors) {
    DescriptorBytes own = subkey.options().security();
    if (own == null) {
      return new SecuredKey(
          subkey, below == null ? null : below.inherited(), below == null ? null : below.bytes());
    }
    try {
      return new SecuredKey(subkey, descriptors.of(own).inherited(), own);
    } catch (MalformedDescriptorException e) {
      return new SecuredKey(subkey, null, own);
    }
  }

  /** The way in for a writer. Volatile keys are in no file. For one thread. */
  static final class View implements KeyView<SecuredKey> {
    private final String rootName;
    private final KnownDescriptors descriptors = new KnownDescriptors();

    /**
     * @param rootName what a root is called that has no name, such as that of a hive
     */
    View(String rootName) {
      this.rootName = rootName;
    }

    @Override
    public KeyInfo info(SecuredKey secured) {
      RegistryKey key = secured.key();
      return new KeyInfo(
          key.name().isEmpty() ? rootName : key.name(),
          key.className(),
          key.lastWritten().ticks(),
          key.isLink(),
          secured.bytes());
    }

    @Override
    public Iterable<RegistryValue> values(SecuredKey secured) {
      return secured.key().values();
    }

    @Override
    public Iterable<SecuredKey> subkeys(SecuredKey secured) {
      List<SecuredKey> subkeys = new ArrayList<>();
      secured
          .key()
          .durableSubkeys()
          .forEach(subkey -> subkeys.add(secured.below(subkey, descriptors)));
      return subkeys;
    }
  }
}
