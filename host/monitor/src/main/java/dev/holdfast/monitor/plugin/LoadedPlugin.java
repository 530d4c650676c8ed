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

  /** The type of this class. */
  public Optional<LoadedType> type(String className) {
    return types.stream().filter(type -> type.className().equals(className)).findFirst();
  }
}
