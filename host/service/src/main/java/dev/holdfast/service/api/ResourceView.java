package dev.holdfast.service.api;

import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A resource.
 *
 * @param type the registered name of its type; never empty, also when the type is gone
 * @param typeStatus {@code Registered NotRegistered PluginMissing DigestMismatch LoadFailed}
 * @param plugin plugin id of the version it runs with; null when the type is not registered
 * @param state {@code Initializing Online Offline Failed OnlinePending OfflinePending}
 * @param health {@code Alive Degraded Failed Unknown}
 * @param wanted {@code Online} or {@code Offline}
 * @param monitor name of the monitor that has it; null while none has
 * @param pid of the application, where it has one that lives
 * @param since when it got into this state
 * @param failures within the restart policy's window
 * @param restarts of the application by policy, ever
 * @param adoptions how often it was found Running by a new monitor or a new service
 * @param dependsOn names of resources
 * @param properties the type's own and the common ones by their MSCS spelling: a {@link String}, a
 *     {@link Long} where the text is a whole number, a {@link Boolean}, or a list of strings. A
 *     secret is a mask
 * @param lastExit null when its application never ended
 * @param unrestored true while it runs on configuration that could not be restored
 * @param unsupervisedSince since when no monitor looks after it; null when one does or none should
 * @param detail one sentence for people; null when there is nothing to say
 * @param notInEffect the names of the type's properties that are set, and that what runs does not
 *     have: they take effect at its next online
 * @param externals what is written down of things that it has, or may have, elsewhere
 */
public record ResourceView(
    String id,
    String name,
    String group,
    String type,
    String typeStatus,
    @Nullable String plugin,
    @Nullable String pluginVersion,
    String state,
    String health,
    String wanted,
    String node,
    @Nullable String monitor,
    @Nullable Long monitorPid,
    @Nullable Long pid,
    Instant since,
    int failures,
    int restarts,
    int adoptions,
    List<String> dependsOn,
    Map<String, Object> properties,
    @Nullable LastExit lastExit,
    boolean unrestored,
    @Nullable Instant unsupervisedSince,
    @Nullable String detail,
    List<String> notInEffect,
    List<External> externals) {
  public ResourceView {
    notInEffect = List.copyOf(notInEffect);
    externals = List.copyOf(externals);
    dependsOn = List.copyOf(dependsOn);
    properties = Collections.unmodifiableMap(new LinkedHashMap<>(properties));
  }

  /**
   * Something elsewhere.
   *
   * @param key what the remote system knows it by
   * @param nonce what it was asked for with there; no secret
   * @param epoch under which it was written down last
   * @param node that wrote it last
   */
  public record External(
      String slot, String kind, String key, String nonce, long epoch, String node) {}

  /**
   * How its application last ended: one of the two, or neither when that is honestly unknown.
   *
   * @param signal the signal's number
   */
  public record LastExit(@Nullable Integer code, @Nullable Integer signal) {}
}
