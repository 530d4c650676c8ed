package dev.holdfast.client;

import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/**
 * What is to be watched. Immutable: each method gives another one.
 *
 * @param subtree whether all below the key is watched, too
 * @param kinds which kinds of change are told; empty for all
 * @param after where it begins; empty for now
 */
public record WatchSpec(
    String path, boolean subtree, Set<ChangeKind> kinds, Optional<WatchPosition> after) {
  public WatchSpec {
    kinds = Set.copyOf(kinds);
    if (kinds.contains(ChangeKind.DELETED) || kinds.contains(ChangeKind.MISSED)) {
      throw new IllegalArgumentException("DELETED and MISSED are told in any case");
    }
  }

  /** A key, and all that changes there from now on. */
  public static WatchSpec of(String path) {
    return new WatchSpec(path, false, Set.of(), Optional.empty());
  }

  /** With all below it. */
  public WatchSpec withSubtree() {
    return new WatchSpec(path, true, kinds, after);
  }

  /** Only changes of these kinds; {@code DELETED} and {@code MISSED} are told in any case. */
  public WatchSpec only(ChangeKind first, ChangeKind... more) {
    return new WatchSpec(path, subtree, EnumSet.of(first, more), after);
  }

  /** From a position on: what was changed since then is told first. */
  public WatchSpec from(WatchPosition position) {
    return new WatchSpec(path, subtree, kinds, Optional.of(position));
  }
}
