package dev.holdfast.http;

import dev.holdfast.service.api.ApiException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonWriteFeature;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.ObjectReader;
import tools.jackson.databind.SerializationContext;
import tools.jackson.databind.ValueSerializer;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.module.SimpleModule;

/**
 * JSON as people see it: fields in the order of the record, every field present, times in ISO-8601
 * UTC with milliseconds. The mapper is made when it is first needed, or by {@link #warm}.
 */
final class Json {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS'Z'", Locale.ROOT)
          .withZone(ZoneOffset.UTC);

  private Json() {}

  static byte[] write(Object value) {
    return Mapper.INSTANCE.writeValueAsBytes(value);
  }

  /** The same with everything escaped that is not ASCII: also half a character arrives as it is. */
  static byte[] writeAscii(Object value) {
    return Mapper.ASCII.writeValueAsBytes(value);
  }

  /**
   * Reads a request's body.
   *
   * @throws ApiException.Usage it is not JSON, or has a field nobody knows
   */
  static <T> T read(byte[] body, Class<T> type) {
    try {
      T value = Mapper.INSTANCE.readValue(body, type);
      if (value == null) {
        throw new ApiException.Usage("BadBody", "The request's body is null.");
      }
      return value;
    } catch (JacksonException unreadable) {
      throw new ApiException.Usage(
          "BadBody",
          "The request's body cannot be read as JSON for "
              + type.getSimpleName()
              + ": "
              + unreadable.getOriginalMessage());
    }
  }

  /**
   * Reads an object of which nothing is known.
   *
   * @throws ApiException.Usage it is not JSON, no object, or has a key twice
   */
  static Map<String, Object> readDocument(byte[] body) {
    try {
      return Mapper.DOCUMENTS.readValue(body);
    } catch (JacksonException unreadable) {
      throw new ApiException.Usage(
          "BadBody",
          "The document cannot be read as a JSON object: " + unreadable.getOriginalMessage());
    }
  }

  /** Makes the mapper, so that the first to ask need not wait for it. */
  static void warm() {
    write(new Envelope("Nothing", List.of()));
  }

  private static final class Mapper {
    static final JsonMapper INSTANCE =
        JsonMapper.builder()
            .disable(MapperFeature.SORT_PROPERTIES_ALPHABETICALLY)
            .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .disable(JsonWriteFeature.ESCAPE_FORWARD_SLASHES)
            .addModule(new SimpleModule().addSerializer(Instant.class, new InstantSerializer()))
            .build();

    static final ObjectReader DOCUMENTS =
        INSTANCE
            .readerFor(new TypeReference<LinkedHashMap<String, Object>>() {})
            .with(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .with(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS);

    static final JsonMapper ASCII =
        INSTANCE.rebuild().enable(JsonWriteFeature.ESCAPE_NON_ASCII).build();
  }

  private static final class InstantSerializer extends ValueSerializer<Instant> {
    @Override
    public void serialize(Instant value, JsonGenerator out, SerializationContext context) {
      out.writeString(TIME.format(value));
    }
  }
}
