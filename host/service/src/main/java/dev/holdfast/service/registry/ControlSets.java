package dev.holdfast.service.registry;

import dev.holdfast.registry.KeyPath;
import dev.holdfast.registry.NameOrder;
import dev.holdfast.registry.Snapshot;
import dev.holdfast.registry.ValueType;
import java.util.ArrayList;
import java.util.List;

/**
 * {@code CurrentControlSet}: no key of its own but a link to the control set that {@code
 * Select\Current} chooses, followed when a path is resolved.
 */
final class ControlSets {
  static final String SELECT = "Select";
  static final String LINK = "CurrentControlSet";

  private ControlSets() {}

  /** The key of a control set by its number. */
  static String name(long number) {
    return "ControlSet%03d".formatted(number);
  }

  /** Whether a path of the System hive goes through the link. */
  static boolean isLinked(KeyPath path) {
    return !path.isRoot() && NameOrder.same(path.names().getFirst(), LINK);
  }

  /** The path with the link followed. */
  static KeyPath resolve(Snapshot system, KeyPath path) {
    if (!isLinked(path)) {
      return path;
    }
    List<String> names = new ArrayList<>(path.names());
    names.set(0, current(system));
    KeyPath resolved = KeyPath.ROOT;
    for (String name : names) {
      resolved = resolved.child(name);
    }
    return resolved;
  }

  /** What it links to; ControlSet001 while nobody chooses. */
  static String current(Snapshot system) {
    return name(
        system
            .value(SELECT, "Current")
            .filter(value -> value.type() == ValueType.REG_DWORD && value.sizeBytes() == 4)
            .map(value -> value.number() & 0xFFFF_FFFFL)
            .orElse(1L));
  }
}
