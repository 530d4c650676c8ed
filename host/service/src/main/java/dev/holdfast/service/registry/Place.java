package dev.holdfast.service.registry;

import dev.holdfast.registry.KeyPath;
import dev.holdfast.registry.handle.KeyHandle;
import org.jspecify.annotations.Nullable;

/**
 * Where a path leads.
 *
 * @param key within the hive, links followed
 * @param asked within the hive, as it was asked for
 * @param handle an open handle to this very key, by which it is asked for
 */
record Place(MountedHive hive, KeyPath key, KeyPath asked, @Nullable KeyHandle handle) {
  /** As it was asked for. */
  String path() {
    return hive.path(asked);
  }

  String resolvedPath() {
    return hive.path(key);
  }

  /** The path from the root of all on, as handles are compared by it. */
  KeyPath resolvedFullPath() {
    return hive.fullPath(key);
  }

  /** As it was asked for, and where that leads if that is elsewhere; for people. */
  String described() {
    return described(path(), resolvedPath());
  }

  /** The same of a key below a place. */
  static String described(String path, String resolved) {
    return path.equals(resolved) ? path : "%s, which is %s now".formatted(path, resolved);
  }
}
