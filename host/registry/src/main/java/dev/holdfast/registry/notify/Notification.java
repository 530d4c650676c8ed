package dev.holdfast.registry.notify;

import dev.holdfast.registry.Effect;
import dev.holdfast.registry.KeyPath;
import dev.holdfast.registry.NotifyFilter;
import dev.holdfast.registry.Origin;
import java.util.Set;

/**
 * What somebody wants to be told of, once. Immutable.
 *
 * @param id chosen by whoever arms it, and its alone
 * @param key seen from the root of the hive, links resolved
 * @param subtree whether it is about the keys below, too
 * @param ignored whose commits do not fire it
 */
public record Notification(
    long id, KeyPath key, boolean subtree, NotifyFilter filter, Set<Origin> ignored) {
  public Notification {
    ignored = Set.copyOf(ignored);
  }

  boolean isFor(Effect effect) {
    return switch (effect) {
      case Effect.Changed(KeyPath changed, NotifyFilter kind) ->
          filter.contains(kind) && (subtree ? changed.isWithin(key) : changed.equals(key));
      case Effect.Deleted(KeyPath deleted) -> key.isWithin(deleted);
    };
  }
}
