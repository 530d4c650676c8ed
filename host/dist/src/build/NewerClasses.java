import java.io.IOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassFile.ClassHierarchyResolverOption;
import java.lang.classfile.ClassFile.StackMapsOption;
import java.lang.classfile.ClassFileVersion;
import java.lang.classfile.ClassHierarchyResolver;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeTransform;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;

/**
 * Copies a jar. Classes of a version before Java 6, which have no stack maps, get them on the way,
 * and with them that version: the JVM keeps no class without them in an AOT cache. The code of
 * their methods stays as it is.
 */
final class NewerClasses {
  private static final int FIRST_WITH_STACK_MAPS = ClassFile.JAVA_6_VERSION;

  private NewerClasses() {}

  /**
   * The copy has the bytes of the original when no class is that old.
   *
   * @throws IOException also when a class cannot be verified afterwards
   */
  static void copy(Path jar, Path to) throws IOException {
    try (var original = new ZipFile(jar.toFile());
        var classes =
            new URLClassLoader(
                new URL[] {jar.toUri().toURL()}, ClassLoader.getPlatformClassLoader())) {
      var entries = Collections.list(original.entries());
      boolean old = false;
      for (ZipEntry entry : entries) {
        old |= isOld(entry, read(original, entry));
      }
      if (!old) {
        Files.copy(jar, to);
        return;
      }
      ClassFile classFile =
          ClassFile.of(
              StackMapsOption.GENERATE_STACK_MAPS,
              ClassHierarchyResolverOption.of(hierarchy(classes)));
      try (var copy = new ZipOutputStream(Files.newOutputStream(to))) {
        for (ZipEntry entry : entries) {
          byte[] bytes = read(original, entry);
          var renewed = new ZipEntry(entry.getName());
          renewed.setTime(entry.getTime());
          copy.putNextEntry(renewed);
          copy.write(isOld(entry, bytes) ? renew(classFile, entry, bytes) : bytes);
          copy.closeEntry();
        }
      }
    }
  }

  /** What is beside a class in its jar, and the JDK: nothing of the program that runs this. */
  private static ClassHierarchyResolver hierarchy(ClassLoader classes) {
    return ClassHierarchyResolver.ofResourceParsing(classes).cached();
  }

  private static boolean isOld(ZipEntry entry, byte[] bytes) {
    return entry.getName().endsWith(".class")
        && ((bytes[6] & 0xff) << 8 | (bytes[7] & 0xff)) < FIRST_WITH_STACK_MAPS;
  }

  private static byte[] renew(ClassFile classFile, ZipEntry entry, byte[] bytes)
      throws IOException {
    ClassTransform version =
        (to, element) -> {
          if (element instanceof ClassFileVersion) {
            to.withVersion(FIRST_WITH_STACK_MAPS, 0);
          } else {
            to.with(element);
          }
        };
    byte[] renewed =
        classFile.transformClass(
            classFile.parse(bytes),
            ClassTransform.transformingMethodBodies(CodeTransform.ACCEPT_ALL).andThen(version));
    var errors = classFile.verify(renewed);
    if (!errors.isEmpty()) {
      throw new IOException(entry.getName() + " with stack maps is refused: " + errors.getFirst());
    }
    return renewed;
  }

  private static byte[] read(ZipFile jar, ZipEntry entry) throws IOException {
    try (var in = jar.getInputStream(entry)) {
      return in.readAllBytes();
    }
  }
}
