package dev.holdfast.cluster;

import dev.holdfast.spi.Description;
import java.util.List;
import java.util.Optional;

/**
 * A registered resource type: name to plugin, durable and never derived from what a monitor has in
 * memory (Q242398).
 *
 * @param name the registered name: the identity, stored by resources
 * @param versions oldest first; never empty
 * @param current which version is resolved: the plugin version of one of {@code versions}
 */
public record TypeRegistration(String name, List<Version> versions, String current) {

  /**
   * One version of a type.
   *
   * @param digest {@code sha256:} and the archive's SHA-256 in hex
   * @param className the class that implements it
   * @param description what it says of itself, so that it is known while no monitor lives
   * @param source of a member of a family: the file that it is made from; else empty
   */
  public record Version(
      String plugin,
      String pluginVersion,
      String digest,
      String className,
      Description description,
      Optional<Source> source) {
    /** Of a type that its archive brings itself. */
    public Version(
        String plugin,
        String pluginVersion,
        String digest,
        String className,
        Description description) {
      this(plugin, pluginVersion, digest, className, description, Optional.empty());
    }
  }

  /**
   * A file on the node, as it was when the type was registered.
   *
   * @param digest {@code sha256:} and the file's SHA-256 in hex
   */
  public record Source(String path, String digest) {}

  public TypeRegistration {
    versions = List.copyOf(versions);
    if (versions.isEmpty()) {
      throw new IllegalArgumentException("the type " + name + " has no version");
    }
  }

  /** The version that is resolved. */
  public Version version() {
    return versions.stream()
        .filter(version -> version.pluginVersion().equals(current))
        .findFirst()
        .orElseThrow(
            () -> new IllegalStateException("type " + name + " has no version " + current));
  }
}
