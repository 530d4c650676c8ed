package dev.holdfast.cluster;

import java.util.UUID;

/** A resource's identity: it stays when the resource is renamed. */
public record ResourceId(UUID value) implements Comparable<ResourceId> {
  /** Parses the text form. */
  public static ResourceId of(String text) {
    return new ResourceId(UUID.fromString(text));
  }

  @Override
  public int compareTo(ResourceId other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value.toString();
  }
}
