package dev.holdfast.cluster;

import java.util.UUID;

/** A group's identity: it stays when the group is renamed. */
public record GroupId(UUID value) implements Comparable<GroupId> {
  /** Parses the text form. */
  public static GroupId of(String text) {
    return new GroupId(UUID.fromString(text));
  }

  @Override
  public int compareTo(GroupId other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value.toString();
  }
}
