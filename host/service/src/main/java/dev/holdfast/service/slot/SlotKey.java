package dev.holdfast.service.slot;

import dev.holdfast.cluster.ResourceId;

/** A process slot of a resource: at most one living process at any time. */
public record SlotKey(ResourceId resource, String slot) {
  @Override
  public String toString() {
    return resource + "/" + slot;
  }
}
