package dev.holdfast.service.archive;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.classfile.ClassFile;
import java.lang.constant.ClassDesc;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** Makes archives entry by entry: right ones to begin with, then wrong in one thing. */
public final class ArchiveBuilder {
  static final String SERVICES = "META-INF/services/dev.holdfast.spi.ResourceType";
  static final String TYPE = "example.Type";

  /** Always the same, so that the same entries are the same bytes. */
  private static final LocalDateTime WRITTEN = LocalDateTime.of(2026, 11, 1, 0, 0);

  private final Map<String, byte[]> entries = new LinkedHashMap<>();

  /** One that nobody could have anything against. */
  public static ArchiveBuilder good() {
    return new ArchiveBuilder()
        .with("plugin.properties", descriptor("example", "1.0.0", ">=0.1.0 & <1.0.0"))
        .with("lib/example.jar", typeJar());
  }

  static String descriptor(String id, String version, String requires) {
    return """
    plugin.id=%s
    plugin.version=%s
    plugin.requires=%s
    plugin.provider=Größe & Co
    plugin.description=An example.
    """
        .formatted(id, version, requires);
  }

  static byte[] typeJar() {
    return new ArchiveBuilder()
        .with(SERVICES, TYPE + " # the one\n\n")
        .with("example/Type.class", classFile(TYPE))
        .bytes();
  }

  static byte[] classFile(String name) {
    return ClassFile.of().build(ClassDesc.of(name), builder -> {});
  }

  ArchiveBuilder with(String name, byte[] content) {
    entries.put(name, content);
    return this;
  }

  ArchiveBuilder with(String name, String content) {
    return with(name, content.getBytes(StandardCharsets.UTF_8));
  }

  ArchiveBuilder without(String name) {
    entries.remove(name);
    return this;
  }

  byte[] bytes() {
    var bytes = new ByteArrayOutputStream();
    try (var zip = new ZipOutputStream(bytes)) {
      for (var entry : entries.entrySet()) {
        var fresh = new ZipEntry(entry.getKey());
        fresh.setTimeLocal(WRITTEN);
        zip.putNextEntry(fresh);
        zip.write(entry.getValue());
        zip.closeEntry();
      }
    } catch (IOException e) {
      throw new AssertionError("Memory does not fail.", e);
    }
    return bytes.toByteArray();
  }

  public Path write(Path file) throws IOException {
    return Files.write(file, bytes());
  }

  /** Replaces a text everywhere by one of the same length: what no writer of zips would write. */
  static byte[] patched(byte[] bytes, String from, String to) {
    byte[] old = from.getBytes(StandardCharsets.UTF_8);
    byte[] fresh = to.getBytes(StandardCharsets.UTF_8);
    if (old.length != fresh.length) {
      throw new IllegalArgumentException(from + " and " + to + " differ in length");
    }
    byte[] patched = bytes.clone();
    for (int i = 0; i + old.length <= patched.length; i++) {
      if (Arrays.equals(patched, i, i + old.length, old, 0, old.length)) {
        System.arraycopy(fresh, 0, patched, i, fresh.length);
      }
    }
    return patched;
  }
}
