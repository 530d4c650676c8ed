package dev.holdfast.service.record;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.holdfast.cluster.TypeRegistration;
import dev.holdfast.protocol.DescriptionCodec;
import dev.holdfast.protocol.wire.TypeDescription;
import dev.holdfast.registry.Batch;
import dev.holdfast.registry.KeyPath;
import dev.holdfast.registry.RegistryKey;
import dev.holdfast.registry.RegistryValue;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * A type's registration as {@code ResourceTypes\NAME}. Its description is kept as the message that
 * the monitor sent; what people look for stands beside it in plain values.
 */
final class TypeKeys {
  private static final String SOURCE = "Source";
  private static final String SOURCE_DIGEST = "SourceDigest";

  private TypeKeys() {}

  static void write(Batch.Builder batch, KeyPath key, TypeRegistration type) {
    batch
        .createKey(key)
        .set(key, RegistryValue.sz("Name", type.version().description().displayName()))
        .set(key, RegistryValue.sz("Current", type.current()));
    int order = 0;
    for (TypeRegistration.Version version : type.versions()) {
      write(batch, key.child("Versions").child(version.pluginVersion()), version, order++);
    }
  }

  private static void write(
      Batch.Builder batch, KeyPath key, TypeRegistration.Version version, int order) {
    batch
        .createKey(key)
        .set(key, RegistryValue.dword("Order", order))
        .set(key, RegistryValue.sz("Plugin", version.plugin()))
        .set(key, RegistryValue.sz("Digest", version.digest()))
        .set(key, RegistryValue.sz("Class", version.className()))
        .set(key, RegistryValue.sz("Lives", version.description().lives().name()))
        .set(
            key,
            RegistryValue.binary(
                "Description", DescriptionCodec.encode(version.description()).toByteArray()));
    version
        .source()
        .ifPresent(
            source ->
                batch
                    .set(key, RegistryValue.sz(SOURCE, source.path()))
                    .set(key, RegistryValue.sz(SOURCE_DIGEST, source.digest())));
  }

  static TypeRegistration read(RegistryKey key) {
    List<RegistryKey> keys = new ArrayList<>();
    key.key("Versions").ifPresent(versions -> versions.subkeys().forEach(keys::add));
    keys.sort(Comparator.comparingLong(version -> Values.number(version, "Order", 0)));
    return new TypeRegistration(
        key.name(), keys.stream().map(TypeKeys::readVersion).toList(), Values.text(key, "Current"));
  }

  private static TypeRegistration.Version readVersion(RegistryKey key) {
    byte[] description =
        key.value("Description").map(RegistryValue::bytes).orElseGet(() -> new byte[0]);
    try {
      return new TypeRegistration.Version(
          Values.text(key, "Plugin"),
          key.name(),
          Values.text(key, "Digest"),
          Values.text(key, "Class"),
          DescriptionCodec.decode(TypeDescription.parseFrom(description)),
          Values.findText(key, SOURCE)
              .map(path -> new TypeRegistration.Source(path, Values.text(key, SOURCE_DIGEST))));
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException(
          "HKLM\\Cluster: the description in the key %s cannot be read.".formatted(key.name()), e);
    }
  }
}
