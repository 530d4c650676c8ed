package dev.holdfast.service.record;

import dev.holdfast.registry.RegistryKey;
import dev.holdfast.registry.RegistryValue;
import java.util.List;
import java.util.Optional;

/** Reads values that we wrote; what is missing or of another type is told with key and value. */
final class Values {
  private Values() {}

  static String text(RegistryKey key, String name) {
    return findText(key, name)
        .orElseThrow(
            () ->
                new IllegalStateException(
                    "HKLM\\Cluster: the key %s has no value %s.".formatted(key.name(), name)));
  }

  static Optional<String> findText(RegistryKey key, String name) {
    return key.value(name).map(RegistryValue::text);
  }

  static long number(RegistryKey key, String name, long missing) {
    return key.value(name).map(RegistryValue::number).orElse(missing);
  }

  static List<String> texts(RegistryKey key, String name) {
    return key.value(name).map(RegistryValue::texts).orElse(List.of());
  }
}
