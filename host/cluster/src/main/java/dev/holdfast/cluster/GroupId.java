package dev.holdfast.cluster;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A group's identity: it stays when the group is renamed. */
public record GroupId(UUID value) implements Comparable<GroupId> {
  /** Parses the text form. */
  public static GroupId of(String text) {
    return new GroupId(UUID.fromString(text));
  }

  // Written out: it is the key of every map that a step looks through, and what the JVM makes for a
  // record is linked at run time and, until it is compiled well, many times as slow.
  @Override
  public boolean equals(@Nullable Object other) {
    return this == other || (other instanceof GroupId that && value.equals(that.value));
  }

  @Override
  public int hashCode() {
    return value.hashCode();
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
