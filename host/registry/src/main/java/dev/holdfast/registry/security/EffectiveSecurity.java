package dev.holdfast.registry.security;

import dev.holdfast.registry.DescriptorBytes;
import dev.holdfast.registry.KeyPath;
import dev.holdfast.registry.RegistryKey;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The descriptor that counts for a key, whether it has one of its own or not. Pure. */
public final class EffectiveSecurity {
  private EffectiveSecurity() {}

  /**
   * The key's own descriptor; of a key without one, what the nearest one above hands down, with the
   * owner and group of that one. A key on the path that is not there is taken for one without.
   *
   * @param root the root of the hive
   * @param ofRoot what counts for the root if it has none of its own: see {@link DefaultSecurity}
   * @throws MalformedDescriptorException if one that a key has is none; nobody should be let in
   */
  public static SecurityDescriptor of(RegistryKey root, KeyPath path, SecurityDescriptor ofRoot)
      throws MalformedDescriptorException {
    SecurityDescriptor effective = own(root, ofRoot);
    @Nullable RegistryKey key = root;
    for (String name : path.names()) {
      key = key == null ? null : key.subkey(name).orElse(null);
      effective = key == null ? inherited(effective) : ofSubkey(key, effective);
    }
    return effective;
  }

  /**
   * What counts for a key, by what counts for the one right above it.
   *
   * @throws MalformedDescriptorException if the key has one that is none
   */
  public static SecurityDescriptor ofSubkey(RegistryKey key, SecurityDescriptor above)
      throws MalformedDescriptorException {
    return key.options().security() == null ? inherited(above) : own(key, above);
  }

  /** What counts for a key without a descriptor, by what counts for the one right above it. */
  public static SecurityDescriptor inherited(SecurityDescriptor above) {
    return Inheritance.ofSubkey(above, null, ownerOf(above));
  }

  private static SecurityDescriptor own(RegistryKey key, SecurityDescriptor otherwise)
      throws MalformedDescriptorException {
    DescriptorBytes own = key.options().security();
    return own == null ? otherwise : SecurityDescriptor.decode(own.bytes());
  }

  private static Token ownerOf(SecurityDescriptor descriptor) {
    Sid owner = descriptor.owner();
    Sid group = descriptor.group();
    return new Token(
        owner == null ? Sid.CLUSTER_SERVICE : owner,
        group == null ? Sid.CLUSTER_SERVICE : group,
        Set.of());
  }
}
