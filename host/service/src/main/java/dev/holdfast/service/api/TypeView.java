package dev.holdfast.service.api;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A registered resource type.
 *
 * @param name its registered name: the identity
 * @param plugin plugin id of the current version
 * @param versions plugin versions registered, oldest first
 * @param archive path of the stored archive
 * @param digest {@code sha256:HEX} of the archive
 * @param status {@code Registered PluginMissing DigestMismatch LoadFailed}
 * @param detail what is wrong, in a sentence; null when nothing is
 * @param changeable the names of the properties that are put in effect at once, also while a
 *     resource is Online
 * @param controls what its resources can be asked to do
 */
public record TypeView(
    String name,
    String displayName,
    String plugin,
    String pluginVersion,
    List<String> versions,
    String archive,
    String digest,
    String status,
    @Nullable String detail,
    List<String> changeable,
    List<ControlView> controls) {
  public TypeView {
    versions = List.copyOf(versions);
    changeable = List.copyOf(changeable);
    controls = List.copyOf(controls);
  }
}
