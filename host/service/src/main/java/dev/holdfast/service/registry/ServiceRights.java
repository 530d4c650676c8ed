package dev.holdfast.service.registry;

import dev.holdfast.checkpoint.Obstacle;
import dev.holdfast.checkpoint.SourceException;
import dev.holdfast.registry.DescriptorBytes;
import dev.holdfast.registry.RegistryKey;
import dev.holdfast.registry.security.Access;
import dev.holdfast.registry.security.KeyAccess;
import dev.holdfast.registry.security.MalformedDescriptorException;
import dev.holdfast.service.registry.KnownDescriptors.Known;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Whether the descriptors of a key, and of those below it, grant the cluster service what it needs
 * there. For one look, by one thread.
 */
final class ServiceRights {
  private final Place place;
  private final Known top;
  private final KnownDescriptors descriptors = new KnownDescriptors();

  /** The names that lead from the place to the key that is looked at. */
  private final Deque<String> below = new ArrayDeque<>();

  /**
   * @param effective what counts for the key at that place
   */
  ServiceRights(Place place, Known effective) {
    this.place = place;
    this.top = effective;
  }

  /** Lets it do that with the key itself. */
  void require(KeyAccess needed) throws SourceException {
    require(top, needed);
  }

  /** Lets it do that with all keys below. */
  void requireBelow(RegistryKey key, KeyAccess needed) throws SourceException {
    requireBelow(key, top, needed);
  }

  private void requireBelow(RegistryKey key, Known above, KeyAccess needed) throws SourceException {
    for (RegistryKey subkey : key.subkeys()) {
      below.addLast(subkey.name());
      Known effective = effective(subkey, above);
      require(effective, needed);
      requireBelow(subkey, effective, needed);
      below.removeLast();
    }
  }

  private Known effective(RegistryKey key, Known above) throws SourceException {
    DescriptorBytes own = key.options().security();
    try {
      return own == null ? above.inherited() : descriptors.of(own);
    } catch (MalformedDescriptorException e) {
      throw new SourceException(
          Obstacle.ACCESS_DENIED,
          "the security descriptor of %s is damaged (%s)"
              .formatted(path(place.path()), e.getMessage()));
    }
  }

  private void require(Known effective, KeyAccess needed) throws SourceException {
    if (effective.forService(needed) instanceof Access.Denied denied) {
      throw new SourceException(
          Obstacle.ACCESS_DENIED,
          "at %s, %s"
              .formatted(
                  Place.described(path(place.path()), path(place.resolvedPath())),
                  denied.explanation("cluster-service")));
    }
  }

  private String path(String ofPlace) {
    return below.isEmpty() ? ofPlace : ofPlace + "\\" + String.join("\\", below);
  }
}
