package dev.holdfast.service.api;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A node of those that share the quorum.
 *
 * @param state {@code Holder}: it has all groups; {@code Waiting}: it takes them when the holder
 *     ends; {@code Down}: no service of it runs, and so the rest is null
 * @param since when it came to that
 * @param groups names of those that it has
 */
public record NodeView(
    String name,
    String state,
    @Nullable Integer pid,
    @Nullable String home,
    @Nullable String socket,
    @Nullable Instant since,
    List<String> groups) {
  public NodeView {
    groups = List.copyOf(groups);
  }
}
