package dev.holdfast.service.slot;

import dev.holdfast.cluster.ResourceId;
import org.jspecify.annotations.Nullable;

/** A process slot of a resource: at most one living process at any time. */
public record SlotKey(ResourceId resource, String slot) {
  /** The slot of a tool that patches the resource. No plugin can name one so. */
  public static final String PATCH = "@patch";

  /** Whether it is the service's own, of which no plugin knows. */
  public boolean isTools() {
    return slot.equals(PATCH);
  }

  // Written out for the reason that ResourceId has.
  @Override
  public boolean equals(@Nullable Object other) {
    return this == other
        || (other instanceof SlotKey that
            && resource.equals(that.resource)
            && slot.equals(that.slot));
  }

  @Override
  public int hashCode() {
    return 31 * resource.hashCode() + slot.hashCode();
  }

  @Override
  public String toString() {
    return resource + "/" + slot;
  }
}
