package dev.holdfast.service.archive;

import dev.holdfast.service.archive.ArchiveRefusedException.Reason;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringReader;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Properties;
import java.util.regex.Pattern;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;

/**
 * What {@code plugin.properties} says.
 *
 * @param id the plugin's id
 * @param version the plugin's version
 * @param requires which versions of the SPI it works with
 * @param provider who made it; may be empty
 * @param description what it is; may be empty
 */
record PluginDescriptor(
    String id, String version, VersionRange requires, String provider, String description) {
  static final String FILE = "plugin.properties";

  private static final Pattern ID = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,127}");
  private static final Pattern VERSION =
      Pattern.compile("\\d{1,9}\\.\\d{1,9}\\.\\d{1,9}([-+][0-9A-Za-z.+-]{1,64})?");
  private static final int SENTENCE_CHARS_MAX = 1_000;

  /** PF4J would act on these: run code outside of any entry point, or wait for another plugin. */
  private static final List<String> REFUSED_KEYS = List.of("plugin.class", "plugin.dependencies");

  /** Reads the descriptor in a folder. */
  static PluginDescriptor read(Path folder) throws IOException, ArchiveRefusedException {
    Path file = folder.resolve(FILE);
    if (!Files.isRegularFile(file)) {
      throw bad("The archive has no " + FILE + " at its top.");
    }
    if (Files.size(file) > ArchiveLimits.TEXT_BYTES_MAX) {
      throw bad(
          "The archive's %s is larger than %d bytes."
              .formatted(FILE, ArchiveLimits.TEXT_BYTES_MAX));
    }
    Properties properties = parse(Files.readAllBytes(file));
    for (String key : REFUSED_KEYS) {
      if (!properties.getProperty(key, "").isBlank()) {
        throw bad(
            FILE + " says " + key + ", which Holdfast does not use: take the line out of it.");
      }
    }
    return new PluginDescriptor(
        matching(properties, "plugin.id", ID, "letters, digits, dots, dashes and underscores"),
        matching(properties, "plugin.version", VERSION, "three numbers, such as 1.0.0"),
        range(properties),
        sentence(properties, "plugin.provider"),
        sentence(properties, "plugin.description"));
  }

  /** Whether a zip calls itself by this id and version; false when that cannot be read. */
  static boolean isNamed(Path zip, String id, String version) throws IOException {
    try (var file = new ZipFile(zip.toFile())) {
      ZipEntry entry = file.getEntry(FILE);
      if (entry == null) {
        return false;
      }
      try (InputStream in = file.getInputStream(entry)) {
        Properties properties = parse(in.readNBytes(ArchiveLimits.TEXT_BYTES_MAX));
        return properties.getProperty("plugin.id", "").strip().equals(id)
            && properties.getProperty("plugin.version", "").strip().equals(version);
      }
    } catch (ZipException | EOFException | IllegalArgumentException | ArchiveRefusedException e) {
      return false; // a damaged archive is told of when it is used
    }
  }

  private static Properties parse(byte[] bytes) throws IOException, ArchiveRefusedException {
    var properties = new Properties();
    try {
      String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
      properties.load(new StringReader(text));
    } catch (CharacterCodingException e) {
      throw new ArchiveRefusedException(Reason.BAD_DESCRIPTOR, FILE + " is not UTF-8.", e);
    } catch (IllegalArgumentException e) {
      throw new ArchiveRefusedException(
          Reason.BAD_DESCRIPTOR, FILE + " cannot be read: " + e.getMessage() + ".", e);
    }
    return properties;
  }

  private static String matching(Properties properties, String key, Pattern pattern, String form)
      throws ArchiveRefusedException {
    String value = properties.getProperty(key, "").strip();
    if (value.isEmpty()) {
      throw bad(FILE + " does not say " + key + ".");
    }
    if (!pattern.matcher(value).matches()) {
      throw bad("%s says %s=%s; %s are needed.".formatted(FILE, key, printable(value), form));
    }
    return value;
  }

  private static VersionRange range(Properties properties) throws ArchiveRefusedException {
    String value = properties.getProperty("plugin.requires", "").strip();
    if (value.isEmpty()) {
      throw bad(FILE + " does not say plugin.requires, such as >=0.1.0 & <1.0.0.");
    }
    try {
      return VersionRange.parse(value);
    } catch (IllegalArgumentException e) {
      throw new ArchiveRefusedException(
          Reason.BAD_DESCRIPTOR,
          FILE + " says plugin.requires: " + printable(String.valueOf(e.getMessage())),
          e);
    }
  }

  private static String sentence(Properties properties, String key) {
    return printable(properties.getProperty(key, "").strip());
  }

  /** Something to be shown in a terminal: bounded, and without control characters. */
  private static String printable(String text) {
    String bounded = text.substring(0, Math.min(text.length(), SENTENCE_CHARS_MAX));
    return bounded.replaceAll("\\p{Cntrl}", " ");
  }

  private static ArchiveRefusedException bad(String sentence) {
    return new ArchiveRefusedException(Reason.BAD_DESCRIPTOR, sentence);
  }
}
