package dev.holdfast.service.archive;

import dev.holdfast.service.archive.ArchiveRefusedException.Reason;
import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.jar.Attributes;
import java.util.jar.Manifest;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;
import org.jspecify.annotations.Nullable;

/**
 * Looks through one jar of an archive without loading anything from it.
 *
 * @param classes the classes in it, by binary name; those for certain versions of Java left out
 * @param types the classes it names as resource types
 */
record JarInspection(Set<String> classes, Set<String> types) {
  private static final String SERVICES = "META-INF/services/dev.holdfast.spi.ResourceType";
  private static final String MANIFEST = "META-INF/MANIFEST.MF";
  private static final String VERSIONS = "META-INF/versions/";
  private static final String SPI = "dev/holdfast/spi/";
  private static final String CLASS = ".class";
  private static final int CLASS_MAGIC = 0xCAFEBABE;
  private static final int CLASS_VERSION_MAX = 69;
  private static final int JAVA_VERSION_MAX = 25;
  private static final int CLASS_VERSION_OF_JAVA_0 = 44;
  private static final int PREVIEW_MINOR = 0xFFFF;

  static JarInspection of(Path jar, String shown, ArchiveLimits limits)
      throws IOException, ArchiveRefusedException {
    try (var file = new ZipFile(jar.toFile())) {
      if (file.size() > limits.jarEntriesMax()) {
        throw new ArchiveRefusedException(
            Reason.TOO_LARGE,
            "%s has %d entries; at most %d are taken."
                .formatted(shown, file.size(), limits.jarEntriesMax()));
      }
      return inspect(file, shown);
    } catch (ZipException | EOFException | IllegalArgumentException e) {
      // The last one is a name that is not UTF-8. What else is an IOException is the disk's fault.
      throw new ArchiveRefusedException(
          Reason.UNREADABLE,
          shown
              + " cannot be read as a jar: "
              + Objects.requireNonNullElse(e.getMessage(), "it ends too early")
              + ".",
          e);
    }
  }

  private static JarInspection inspect(ZipFile jar, String shown)
      throws IOException, ArchiveRefusedException {
    var classes = new HashSet<String>();
    var types = new LinkedHashSet<String>();
    for (ZipEntry entry : Collections.list(jar.entries())) {
      String name = entry.getName();
      requireNoSpi(name, shown);
      if (name.endsWith(CLASS) && !entry.isDirectory()) {
        if (!isForLaterJava(name)) {
          requireClassFile(jar, entry, shown);
        }
        if (!name.startsWith("META-INF/")) {
          classes.add(name.substring(0, name.length() - CLASS.length()).replace('/', '.'));
        }
      } else if (name.equals(SERVICES)) {
        types.addAll(types(text(jar, entry, shown)));
      } else if (name.equalsIgnoreCase(MANIFEST)) {
        requireClassPathWithin(jar, entry, shown);
      }
    }
    return new JarInspection(Set.copyOf(classes), Collections.unmodifiableSet(types));
  }

  /** Also among the classes for certain versions of Java. */
  private static void requireNoSpi(String name, String shown) throws ArchiveRefusedException {
    String path = name;
    if (name.startsWith(VERSIONS)) {
      int slash = name.indexOf('/', VERSIONS.length());
      path = slash < 0 ? name : name.substring(slash + 1);
    }
    if (path.startsWith(SPI) && path.endsWith(CLASS)) {
      throw new ArchiveRefusedException(
          Reason.BUNDLES_SPI,
          shown
              + " brings the SPI's own class "
              + path.substring(0, path.length() - CLASS.length()).replace('/', '.')
              + ": the host provides it. Give the SPI the scope provided.");
    }
  }

  private static boolean isForLaterJava(String name) {
    if (!name.startsWith(VERSIONS)) {
      return false;
    }
    String version = name.substring(VERSIONS.length()).split("/", 2)[0];
    return version.matches("\\d{1,4}") && Integer.parseInt(version) > JAVA_VERSION_MAX;
  }

  private static void requireClassFile(ZipFile jar, ZipEntry entry, String shown)
      throws IOException, ArchiveRefusedException {
    int magic;
    int minor;
    int major;
    try (var in = new DataInputStream(jar.getInputStream(entry))) {
      magic = in.readInt();
      minor = in.readUnsignedShort();
      major = in.readUnsignedShort();
    } catch (EOFException e) {
      throw badClass(shown, entry, "is no class file", e);
    }
    if (magic != CLASS_MAGIC) {
      throw badClass(shown, entry, "is no class file", null);
    }
    if (major > CLASS_VERSION_MAX) {
      throw badClass(
          shown,
          entry,
          "is compiled for Java %d; monitors run Java %d"
              .formatted(major - CLASS_VERSION_OF_JAVA_0, JAVA_VERSION_MAX),
          null);
    }
    if (minor == PREVIEW_MINOR) {
      throw badClass(shown, entry, "uses preview features, which monitors do not enable", null);
    }
  }

  /** A class loader follows Class-Path wherever it leads; beside the jar is as far as it may. */
  private static void requireClassPathWithin(ZipFile jar, ZipEntry entry, String shown)
      throws IOException, ArchiveRefusedException {
    String classPath;
    try (InputStream in = new ByteArrayInputStream(bytes(jar, entry, shown))) {
      classPath = new Manifest(in).getMainAttributes().getValue(Attributes.Name.CLASS_PATH);
    }
    for (String element : classPath == null ? new String[0] : classPath.strip().split("\\s+")) {
      if (element.indexOf('/') >= 0
          || element.indexOf(':') >= 0
          || element.indexOf('\\') >= 0
          || element.indexOf('%') >= 0) {
        throw new ArchiveRefusedException(
            Reason.MISPLACED_ENTRY,
            shown
                + "'s manifest has a Class-Path that leads out of lib/: '"
                + element.substring(0, Math.min(element.length(), 64))
                + "'.");
      }
    }
  }

  private static List<String> types(String text) {
    return text.lines()
        .map(line -> line.replaceFirst("#.*", "").strip())
        .filter(line -> !line.isEmpty())
        .toList();
  }

  private static String text(ZipFile jar, ZipEntry entry, String shown)
      throws IOException, ArchiveRefusedException {
    return new String(bytes(jar, entry, shown), StandardCharsets.UTF_8);
  }

  private static byte[] bytes(ZipFile jar, ZipEntry entry, String shown)
      throws IOException, ArchiveRefusedException {
    try (InputStream in = jar.getInputStream(entry)) {
      byte[] bytes = in.readNBytes(ArchiveLimits.TEXT_BYTES_MAX + 1);
      if (bytes.length > ArchiveLimits.TEXT_BYTES_MAX) {
        throw new ArchiveRefusedException(
            Reason.TOO_LARGE,
            "%s's %s is larger than %d bytes."
                .formatted(shown, entry.getName(), ArchiveLimits.TEXT_BYTES_MAX));
      }
      return bytes;
    }
  }

  private static ArchiveRefusedException badClass(
      String shown, ZipEntry entry, String what, @Nullable Throwable cause) {
    return new ArchiveRefusedException(
        Reason.BAD_CLASS_FILE, shown + "'s " + entry.getName() + " " + what + ".", cause);
  }
}
