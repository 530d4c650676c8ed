package dev.holdfast.cluster;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A resource monitor's name: {@code shared-0} for the one that hosts what asked for nothing else,
 * {@code own-…} for the monitor of one resource (MSCS: SeparateMonitor). It is also the name of a
 * folder, so it holds letters, digits, dots, underscores and dashes only, and begins with a letter.
 */
public record MonitorName(String value) implements Comparable<MonitorName> {
  // Before SHARED, which it checks.
  private static final Pattern SAFE = Pattern.compile("[A-Za-z][A-Za-z0-9._-]{0,63}");

  /** Hosts every resource that did not ask for a monitor of its own. */
  public static final MonitorName SHARED = new MonitorName("shared-0");

  public MonitorName {
    if (!SAFE.matcher(value).matches()) {
      throw new IllegalArgumentException("not a monitor's name: " + value);
    }
  }

  /** The monitor of one resource; named by the resource where the name can be a folder's. */
  public static MonitorName own(ResourceId id, String resourceName) {
    String name = "own-" + resourceName;
    return SAFE.matcher(name).matches()
        ? new MonitorName(name)
        : new MonitorName("own-" + id.toString().substring(0, 8));
  }

  // Written out for the reason that ResourceId has.
  @Override
  public boolean equals(@Nullable Object other) {
    return this == other || (other instanceof MonitorName that && value.equals(that.value));
  }

  @Override
  public int hashCode() {
    return value.hashCode();
  }

  @Override
  public int compareTo(MonitorName other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }
}
