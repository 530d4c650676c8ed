package dev.holdfast.service.registry;

import dev.holdfast.registry.RegistryKey;
import dev.holdfast.registry.security.EffectiveSecurity;
import dev.holdfast.registry.security.KeyAccess;
import dev.holdfast.registry.security.MalformedDescriptorException;
import dev.holdfast.registry.security.SecurityDescriptor;
import dev.holdfast.service.api.ApiException;
import dev.holdfast.service.api.Caller;
import dev.holdfast.service.api.RegistryKeyView;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/** Tells keys, as far as the caller may read them. */
final class KeyReader {
  /** So many keys are told in one answer; an export has no such limit. */
  static final int KEYS_MAX = 100_000;

  private final KeyGuard guard;

  KeyReader(KeyGuard guard) {
    this.guard = guard;
  }

  /** The key above all hives, which is nobody's and hides nothing. */
  static RegistryKeyView root(List<MountedHive> hives) {
    return new RegistryKeyView(
        RegistryPath.ROOT,
        RegistryPath.ROOT,
        RegistryPath.ROOT,
        0,
        List.of(),
        hives.stream().map(MountedHive::name).toList(),
        null);
  }

  /** A key that the caller may read, and what is below it when asked. */
  List<RegistryKeyView> keys(Caller caller, Place place, boolean recursive) {
    guard.require(caller, place, KeyAccess.KEY_READ);
    var telling = new Telling(guard, caller, recursive, new ArrayList<>());
    RegistryKey key = RegistryTree.existing(place);
    telling.readable(
        key,
        RegistryTree.name(place, key),
        place.path(),
        place.resolvedPath(),
        recursive ? guard.descriptor(place) : null);
    return telling.views();
  }

  /** One answer. */
  private record Telling(
      KeyGuard guard, Caller caller, boolean recursive, List<RegistryKeyView> views) {
    void readable(
        RegistryKey key,
        String name,
        String path,
        String resolvedPath,
        @Nullable SecurityDescriptor descriptor) {
      add(
          new RegistryKeyView(
              name,
              path,
              resolvedPath,
              key.revision().number(),
              stream(key.values()).map(ValueText::view).toList(),
              stream(key.subkeys()).map(RegistryKey::name).toList(),
              null));
      if (descriptor == null) {
        return;
      }
      for (RegistryKey subkey : key.subkeys()) {
        below(subkey, path + "\\" + subkey.name(), resolvedPath + "\\" + subkey.name(), descriptor);
      }
    }

    private void below(
        RegistryKey key, String path, String resolvedPath, SecurityDescriptor above) {
      try {
        SecurityDescriptor descriptor = EffectiveSecurity.ofSubkey(key, above);
        Optional<String> refusal = guard.refusal(caller, descriptor, KeyAccess.KEY_READ);
        if (refusal.isEmpty()) {
          readable(key, key.name(), path, resolvedPath, descriptor);
        } else {
          unreadable(key, path, resolvedPath, refusal.get());
        }
      } catch (MalformedDescriptorException e) {
        unreadable(
            key, path, resolvedPath, "its security descriptor is damaged: " + e.getMessage());
      }
    }

    private void unreadable(RegistryKey key, String path, String resolvedPath, String refusal) {
      add(new RegistryKeyView(key.name(), path, resolvedPath, 0, List.of(), List.of(), refusal));
    }

    private void add(RegistryKeyView view) {
      if (views.size() >= KEYS_MAX) {
        throw new ApiException.Usage(
            "TooManyKeys",
            "There are more than %,d keys to be told in one answer; export the key, or ask for less."
                .formatted(KEYS_MAX));
      }
      views.add(view);
    }

    private static <T> Stream<T> stream(Iterable<T> items) {
      return StreamSupport.stream(items.spliterator(), false);
    }
  }
}
