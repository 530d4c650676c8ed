package dev.holdfast.service.archive;

import dev.holdfast.service.archive.ArchiveRefusedException.Reason;
import dev.holdfast.spi.SpiVersion;
import java.io.IOException;
import java.io.InputStream;
import java.lang.classfile.ClassFile;
import java.lang.classfile.constantpool.ClassEntry;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/**
 * Looks, before any code runs, for classes that the types' own code names and nobody has: a library
 * that was left out of the archive, mostly. A type's own code is what can be reached from it within
 * its package and those below. What a library in turn lacks is its own affair: many name classes
 * that they can do without.
 */
final class ClassNeeds {
  private static final String CLASS = ".class";
  private static final ClassLoader JDK = ClassLoader.getPlatformClassLoader();
  private static final ClassLoader HOST = SpiVersion.class.getClassLoader();

  private final Path folder;
  private final Map<String, String> jarOf;
  private final Deque<String> toRead = new ArrayDeque<>();
  private final Set<String> seen = new HashSet<>();

  private ClassNeeds(Path folder, Map<String, String> jarOf) {
    this.folder = folder;
    this.jarOf = jarOf;
  }

  /**
   * Refuses types that lack a class.
   *
   * @param folder where the archive is unpacked
   * @param jarOf all classes of the archive, each with the name of its jar
   */
  static void require(Path folder, Map<String, String> jarOf, Collection<String> types)
      throws IOException, ArchiveRefusedException {
    for (String type : types) {
      new ClassNeeds(folder, jarOf).require(type);
    }
  }

  private void require(String type) throws IOException, ArchiveRefusedException {
    seen.add(type);
    toRead.add(type);
    while (!toRead.isEmpty()) {
      String name = toRead.remove();
      for (String needed : namedIn(name)) {
        if (!seen.add(needed)) {
          continue;
        }
        if (!jarOf.containsKey(needed)) {
          requireProvided(name, needed);
        } else if (isOwn(type, needed)) {
          toRead.add(needed);
        }
      }
    }
  }

  private static boolean isOwn(String type, String name) {
    int end = type.lastIndexOf('.');
    return end < 0 ? name.indexOf('.') < 0 : name.startsWith(type.substring(0, end + 1));
  }

  private void requireProvided(String by, String needed) throws ArchiveRefusedException {
    if (!isProvided(needed)) {
      throw new ArchiveRefusedException(
          Reason.MISSING_CLASS,
          "%s's class %s needs the class %s, which no jar in lib/ has, nor the SPI or the JDK. Put the library that has it into lib/."
              .formatted(jarOf.get(by), by, needed.replaceAll("\\p{Cntrl}", "?")));
    }
  }

  /** As a monitor's plugins see it: the JDK, and of the host the SPI alone. */
  private static boolean isProvided(String name) {
    String resource = name.replace('.', '/') + CLASS;
    return JDK.getResource(resource) != null
        || name.startsWith("org.jspecify.annotations.")
        || (name.startsWith("dev.holdfast.spi.") && HOST.getResource(resource) != null);
  }

  /** The classes that a class names, by the class file's own list of them. */
  private Set<String> namedIn(String name) throws IOException, ArchiveRefusedException {
    String jar = String.valueOf(jarOf.get(name));
    var named = new TreeSet<String>();
    try {
      for (var entry : ClassFile.of().parse(bytes(jar, name)).constantPool()) {
        if (entry instanceof ClassEntry constant) {
          named.add(elementName(constant.asInternalName()));
        }
      }
    } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
      throw new ArchiveRefusedException(
          Reason.BAD_CLASS_FILE, "%s's class %s cannot be read.".formatted(jar, name), e);
    }
    named.remove("");
    return named;
  }

  private byte[] bytes(String jar, String name) throws IOException, ArchiveRefusedException {
    try (var file = new ZipFile(folder.resolve(jar).toFile())) {
      ZipEntry entry = file.getEntry(name.replace('.', '/') + CLASS);
      try (InputStream in = file.getInputStream(entry)) {
        byte[] bytes = in.readNBytes(ArchiveLimits.CLASS_BYTES_MAX + 1);
        if (bytes.length > ArchiveLimits.CLASS_BYTES_MAX) {
          throw new ArchiveRefusedException(
              Reason.TOO_LARGE,
              "%s's class %s is larger than %d bytes."
                  .formatted(jar, name, ArchiveLimits.CLASS_BYTES_MAX));
        }
        return bytes;
      }
    }
  }

  /** Of {@code [[Lx/Y;} it is {@code x.Y}; of an array of numbers, nothing. */
  private static String elementName(String internalName) {
    if (!internalName.startsWith("[")) {
      return internalName.replace('/', '.');
    }
    String element = internalName.substring(internalName.lastIndexOf('[') + 1);
    return element.startsWith("L")
        ? element.substring(1, element.length() - 1).replace('/', '.')
        : "";
  }
}
