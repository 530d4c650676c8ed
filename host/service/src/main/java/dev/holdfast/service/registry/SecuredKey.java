package dev.holdfast.service.registry;

import dev.holdfast.registry.DescriptorBytes;
import dev.holdfast.registry.RegistryKey;
import dev.holdfast.registry.RegistryValue;
import dev.holdfast.registry.regf.KeyInfo;
import dev.holdfast.registry.regf.KeyView;
import dev.holdfast.registry.security.EffectiveSecurity;
import dev.holdfast.registry.security.MalformedDescriptorException;
import dev.holdfast.registry.security.SecurityDescriptor;
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
record SecuredKey(RegistryKey key, @Nullable Inherited below, @Nullable DescriptorBytes bytes) {
  private record Inherited(SecurityDescriptor descriptor, DescriptorBytes bytes) {
    static Inherited of(SecurityDescriptor above) {
      SecurityDescriptor descriptor = EffectiveSecurity.inherited(above);
      return new Inherited(descriptor, DescriptorBytes.of(descriptor.encode()));
    }
  }

  /**
   * A key that a file begins with.
   *
   * @param effective what counts for it; empty when that is damaged
   */
  static SecuredKey of(RegistryKey key, Optional<SecurityDescriptor> effective) {
    DescriptorBytes own = key.options().security();
    return new SecuredKey(
        key,
        effective.map(Inherited::of).orElse(null),
        own == null ? effective.map(it -> DescriptorBytes.of(it.encode())).orElse(null) : own);
  }

  private SecuredKey below(RegistryKey subkey) {
    DescriptorBytes own = subkey.options().security();
    if (own == null) {
      return new SecuredKey(
          subkey,
          below == null ? null : Inherited.of(below.descriptor()),
          below == null ? null : below.bytes());
    }
    try {
      return new SecuredKey(subkey, Inherited.of(SecurityDescriptor.decode(own.bytes())), own);
    } catch (MalformedDescriptorException e) {
      return new SecuredKey(subkey, null, own);
    }
  }

  /**
   * The way in for a writer. Volatile keys are in no file.
   *
   * @param rootName what a root is called that has no name, such as that of a hive
   */
  record View(String rootName) implements KeyView<SecuredKey> {
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
      secured.key().durableSubkeys().forEach(subkey -> subkeys.add(secured.below(subkey)));
      return subkeys;
    }
  }
}
