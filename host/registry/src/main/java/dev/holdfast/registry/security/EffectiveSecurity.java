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
      SecurityDescriptor inherited = Inheritance.ofSubkey(effective, null, ownerOf(effective));
      effective = key == null ? inherited : own(key, inherited);
    }
    return effective;
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
