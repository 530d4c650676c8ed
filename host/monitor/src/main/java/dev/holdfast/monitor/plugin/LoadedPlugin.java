package dev.holdfast.monitor.plugin;

import dev.holdfast.protocol.wire.Failure;
import java.util.List;
import java.util.Optional;

/**
 * A plugin that was loaded.
 *
 * @param id the plugin's id
 * @param version its version
 * @param digest of its archive
 * @param loader the class loader of its own
 * @param types what it offers, at least one
 * @param refused what it names and does not offer, each with its reason
 */
public record LoadedPlugin(
    String id,
    String version,
    String digest,
    ClassLoader loader,
    List<LoadedType> types,
    List<Failure> refused) {
  /** Copies the lists. */
  public LoadedPlugin {
    types = List.copyOf(types);
    refused = List.copyOf(refused);
  }

  /** How it stands in logs and in the state block. */
  public String label() {
    return id + "@" + version;
  }

  /**
   * The type of this class. A loop, here and where else a replacement looks at each of a thousand
   * resources while nothing is compiled yet: a stream took a twentieth of what its link's thread
   * does for them.
   */
  public Optional<LoadedType> type(String className) {
    for (LoadedType type : types) {
      if (type.className().equals(className)) {
        return Optional.of(type);
      }
    }
    return Optional.empty();
  }
}
