package dev.holdfast.service.archive;

import dev.holdfast.protocol.PluginLimits;
import dev.holdfast.service.archive.ArchiveRefusedException.Reason;
import dev.holdfast.spi.SpiVersion;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * An archive that was inspected and found right. None of its code has run.
 *
 * @param pluginId the plugin's id, {@code generic-application}
 * @param version the plugin's version, {@code 0.1.0}
 * @param requires which versions of the SPI it works with; this one is among them
 * @param provider who made it; may be empty
 * @param description what it is; may be empty
 * @param typeClasses the resource types it offers, by class, in the order in which they are named;
 *     at least one
 */
public record PluginArchive(
    String pluginId,
    String version,
    String requires,
    String provider,
    String description,
    List<String> typeClasses) {

  /** Copies the list. */
  public PluginArchive {
    typeClasses = List.copyOf(typeClasses);
  }

  /**
   * Inspects an archive. It is unpacked into a folder of its own below {@code scratch}, which is
   * deleted again.
   *
   * @param scratch a folder that exists, on a disk with room
   * @throws ArchiveRefusedException saying what is wrong with it
   * @throws IOException when it cannot be read, or scratch cannot be written
   */
  public static PluginArchive inspect(Path zip, Path scratch)
      throws IOException, ArchiveRefusedException {
    return inspect(zip, scratch, ArchiveLimits.DEFAULT);
  }

  static PluginArchive inspect(Path zip, Path scratch, ArchiveLimits limits)
      throws IOException, ArchiveRefusedException {
    Path folder = Files.createTempDirectory(scratch, FolderTree.TEMPORARY_PREFIX);
    try {
      return of(folder, Unpacking.unpack(zip, folder, limits), limits);
    } finally {
      FolderTree.delete(folder);
    }
  }

  /** Inspects what was unpacked. */
  static PluginArchive of(Path folder, List<UnpackedFile> files, ArchiveLimits limits)
      throws IOException, ArchiveRefusedException {
    PluginDescriptor descriptor = PluginDescriptor.read(folder);
    if (!descriptor.requires().admits(SpiVersion.CURRENT)) {
      throw new ArchiveRefusedException(
          Reason.INCOMPATIBLE,
          "%s %s works with versions %s of the SPI; this is %s."
              .formatted(
                  descriptor.id(),
                  descriptor.version(),
                  descriptor.requires().text(),
                  SpiVersion.CURRENT));
    }
    return new PluginArchive(
        descriptor.id(),
        descriptor.version(),
        descriptor.requires().text(),
        descriptor.provider(),
        descriptor.description(),
        types(folder, files, limits));
  }

  private static List<String> types(Path folder, List<UnpackedFile> files, ArchiveLimits limits)
      throws IOException, ArchiveRefusedException {
    List<UnpackedFile> jars = files.stream().filter(UnpackedFile::isJar).toList();
    if (jars.isEmpty()) {
      throw new ArchiveRefusedException(
          Reason.NO_JARS, "The archive has no jar in lib/; the type's own belongs there.");
    }
    Map<String, String> jarOf = new HashMap<>();
    Set<String> types = new LinkedHashSet<>();
    for (UnpackedFile jar : jars) {
      JarInspection inspection = JarInspection.of(folder.resolve(jar.name()), jar.name(), limits);
      inspection.classes().forEach(name -> jarOf.putIfAbsent(name, jar.name()));
      types.addAll(inspection.types());
    }
    requireTypes(types, jarOf.keySet());
    ClassNeeds.require(folder, jarOf, types);
    return List.copyOf(types);
  }

  private static void requireTypes(Set<String> types, Set<String> classes)
      throws ArchiveRefusedException {
    if (types.isEmpty()) {
      throw new ArchiveRefusedException(
          Reason.NO_TYPES,
          "No jar in lib/ names a type in META-INF/services/dev.holdfast.spi.ResourceType.");
    }
    if (types.size() > PluginLimits.TYPES_MAX) {
      throw new ArchiveRefusedException(
          Reason.TOO_LARGE,
          "The archive names %d types; at most %d are taken."
              .formatted(types.size(), PluginLimits.TYPES_MAX));
    }
    for (String type : types) {
      if (!classes.contains(type)) {
        throw new ArchiveRefusedException(
            Reason.NO_TYPES,
            "META-INF/services names the type '%s', which no jar in lib/ has."
                .formatted(type.replaceAll("\\p{Cntrl}", "?")));
      }
    }
  }
}
