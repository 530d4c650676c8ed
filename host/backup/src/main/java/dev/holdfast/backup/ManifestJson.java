package dev.holdfast.backup;

import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.json.JsonMapper;

/** A manifest as JSON that people read, too. */
final class ManifestJson {
  private static final JsonMapper MAPPER =
      JsonMapper.builder()
          .disable(MapperFeature.SORT_PROPERTIES_ALPHABETICALLY)
          .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
          .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private ManifestJson() {}

  static byte[] write(Manifest manifest) {
    return MAPPER.writerWithDefaultPrettyPrinter().writeValueAsBytes(manifest);
  }

  /**
   * @throws MalformedBackupException it is none that this version writes
   */
  static Manifest read(byte[] json) throws MalformedBackupException {
    try {
      Manifest manifest = MAPPER.readValue(json, Manifest.class);
      if (manifest == null) {
        throw new MalformedBackupException("its manifest is null");
      }
      return manifest;
    } catch (JacksonException | IllegalArgumentException | NullPointerException e) {
      throw new MalformedBackupException("its manifest cannot be read: " + firstLine(e), e);
    }
  }

  private static String firstLine(RuntimeException e) {
    String said = e instanceof JacksonException json ? json.getOriginalMessage() : e.getMessage();
    return String.valueOf(said).lines().findFirst().orElse("?");
  }
}
