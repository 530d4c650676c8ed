package dev.holdfast.monitor.plugin;

import dev.holdfast.spi.Description;
import dev.holdfast.spi.ResourceType;
import dev.holdfast.spi.ResourceTypeFamily;
import java.util.Optional;

/**
 * A resource type that a plugin offers.
 *
 * @param className the class named in META-INF/services
 * @param type the one instance in this monitor
 * @param description what it said of itself when it was loaded; it is not asked again
 */
public record LoadedType(String className, ResourceType type, Description description) {
  /** The family, if it is one. */
  public Optional<ResourceTypeFamily> family() {
    return type instanceof ResourceTypeFamily family ? Optional.of(family) : Optional.empty();
  }

  /** A member of this family, as it was registered; this type itself when it is none. */
  public LoadedType member(Description registered) {
    return type instanceof ResourceTypeFamily family
        ? new LoadedType(className, new FamilyMember(family, registered), registered)
        : this;
  }
}
