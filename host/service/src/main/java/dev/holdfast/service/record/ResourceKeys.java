package dev.holdfast.service.record;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.holdfast.cluster.CommonProperties;
import dev.holdfast.cluster.GroupId;
import dev.holdfast.cluster.ResourceConfig;
import dev.holdfast.cluster.ResourceId;
import dev.holdfast.registry.Batch;
import dev.holdfast.registry.KeyPath;
import dev.holdfast.registry.RegistryKey;
import dev.holdfast.registry.RegistryValue;
import dev.holdfast.registry.ValueType;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What was said about a resource, as {@code Resources\ID}. */
final class ResourceKeys {
  private ResourceKeys() {}

  static void write(Batch.Builder batch, KeyPath key, ResourceConfig config, boolean exists) {
    batch
        .createKey(key)
        .set(key, RegistryValue.sz("Name", config.name()))
        .set(key, RegistryValue.sz("Type", config.type()))
        .set(key, RegistryValue.sz("Group", config.group().toString()))
        .set(key, RegistryValue.dword("PersistentState", config.wantedOnline() ? 1 : 0))
        .set(
            key,
            RegistryValue.multiSz(
                "DependsOn",
                config.dependsOn().stream().sorted().map(ResourceId::toString).toList()));
    config.common().asText().forEach((name, text) -> batch.set(key, RegistryValue.sz(name, text)));
    KeyPath parameters = key.child("Parameters");
    if (exists) {
      batch.deleteTree(parameters);
    }
    writeProperties(batch, parameters, config.properties());
  }

  /** A key with a value for each property, where nothing is. */
  static void writeProperties(
      Batch.Builder batch, KeyPath key, Map<String, List<String>> properties) {
    batch.createKey(key);
    properties.forEach((name, text) -> batch.set(key, parameter(name, text)));
  }

  /**
   * One text is a REG_SZ, several are a REG_MULTI_SZ. That type cannot hold an empty text; a list
   * with one in it is a REG_BINARY, each item in UTF-8 and ended by a NUL.
   */
  private static RegistryValue parameter(String name, List<String> text) {
    if (text.size() == 1) {
      return RegistryValue.sz(name, text.getFirst());
    }
    return text.contains("")
        ? RegistryValue.binary(name, (String.join("\0", text) + '\0').getBytes(UTF_8))
        : RegistryValue.multiSz(name, text);
  }

  static ResourceConfig read(RegistryKey key) {
    var common = new HashMap<String, String>();
    for (String name : CommonProperties.NAMES) {
      Values.findText(key, name).ifPresent(text -> common.put(name, text));
    }
    Set<ResourceId> dependsOn = new LinkedHashSet<>();
    Values.texts(key, "DependsOn").forEach(id -> dependsOn.add(ResourceId.of(id)));
    return new ResourceConfig(
        ResourceId.of(key.name()),
        Values.text(key, "Name"),
        Values.text(key, "Type"),
        GroupId.of(Values.text(key, "Group")),
        dependsOn,
        Values.number(key, "PersistentState", 0) == 1,
        CommonProperties.ofText(common),
        key.subkey("Parameters").map(ResourceKeys::readProperties).orElse(Map.of()));
  }

  static Map<String, List<String>> readProperties(RegistryKey key) {
    Map<String, List<String>> properties = new LinkedHashMap<>();
    for (RegistryValue value : key.values()) {
      properties.put(value.name(), texts(value));
    }
    return properties;
  }

  private static List<String> texts(RegistryValue value) {
    if (value.type() == ValueType.REG_BINARY) {
      String items = new String(value.bytes(), UTF_8);
      // The last NUL ends the last item, and begins none.
      return List.of(items.substring(0, items.length() - 1).split("\0", -1));
    }
    return value.type() == ValueType.REG_MULTI_SZ ? value.texts() : List.of(value.text());
  }
}
