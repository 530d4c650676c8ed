package dev.holdfast.service.registry;

import dev.holdfast.registry.DescriptorBytes;
import dev.holdfast.registry.security.Access;
import dev.holdfast.registry.security.AccessCheck;
import dev.holdfast.registry.security.EffectiveSecurity;
import dev.holdfast.registry.security.KeyAccess;
import dev.holdfast.registry.security.MalformedDescriptorException;
import dev.holdfast.registry.security.SecurityDescriptor;
import dev.holdfast.registry.security.Token;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The descriptors that are met on a walk through a tree of keys. Neighbours mostly have the same
 * one, or inherit it from the same key; so each is decoded, handed down, encoded and asked once and
 * not once a key, which was most of what a checkpoint cost. For one walk, by one thread.
 */
final class KnownDescriptors {
  private final Map<DescriptorBytes, Known> decoded = new HashMap<>();

  /**
   * One that a key has of its own.
   *
   * @throws MalformedDescriptorException if it is none
   */
  Known of(DescriptorBytes own) throws MalformedDescriptorException {
    @Nullable Known known = decoded.get(own);
    if (known == null) {
      known = new Known(SecurityDescriptor.decode(own.bytes()));
      decoded.put(own, known);
    }
    return known;
  }

  /** A descriptor that counts for a key, and what was found out about it. Thread-safe. */
  static final class Known {
    private final SecurityDescriptor descriptor;
    private final Map<KeyAccess, Access> asked = new ConcurrentHashMap<>();
    private volatile @Nullable Known inherited;
    private volatile @Nullable DescriptorBytes bytes;

    Known(SecurityDescriptor descriptor) {
      this.descriptor = descriptor;
    }

    SecurityDescriptor descriptor() {
      return descriptor;
    }

    /** What counts for keys right below that have none of their own. */
    Known inherited() {
      Known handedDown = inherited;
      if (handedDown == null) {
        handedDown = new Known(EffectiveSecurity.inherited(descriptor));
        inherited = handedDown;
      }
      return handedDown;
    }

    DescriptorBytes bytes() {
      DescriptorBytes encoded = bytes;
      if (encoded == null) {
        encoded = DescriptorBytes.of(descriptor.encode());
        bytes = encoded;
      }
      return encoded;
    }

    /** What the cluster service gets of a key with it. */
    Access forService(KeyAccess needed) {
      return asked.computeIfAbsent(
          needed, it -> AccessCheck.check(descriptor, Token.CLUSTER_SERVICE, it));
    }
  }
}
