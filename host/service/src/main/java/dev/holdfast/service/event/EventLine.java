package dev.holdfast.service.event;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * An event as a line of the log: JSON with the fields that the command line shows, and at its end a
 * check sum of all before it.
 *
 * <pre>
 * {"seq":1, … ,"incident":null,"crc32c":"0a1b2c3d"}\n
 *  └──────── CRC32C of these ────┘
 *  (from the opening brace on)
 * </pre>
 */
final class EventLine {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS'Z'").withZone(ZoneOffset.UTC);
  private static final Logger log = LoggerFactory.getLogger(EventLine.class);
  private static final String SEQ_OPENING = "{\"seq\":";
  private static final String SUM_OPENING = ",\"crc32c\":\"";
  private static final String SUM_CLOSING = "\"}";
  private static final int SUM_DIGITS = 8;
  private static final int SUM_BYTES = SUM_OPENING.length() + SUM_DIGITS + SUM_CLOSING.length();

  private EventLine() {}

  /** The line, with its end. */
  static byte[] encode(Event event) {
    byte[] json = json(event);
    byte[] summed = Arrays.copyOf(json, json.length - 1);
    String end = SUM_OPENING + sum(summed, 0, summed.length) + SUM_CLOSING + "\n";
    byte[] line = Arrays.copyOf(summed, summed.length + end.length());
    System.arraycopy(end.getBytes(ISO_8859_1), 0, line, summed.length, end.length());
    return line;
  }

  /**
   * The seq of the line that stands there, without its end; -1 when it is not what was written.
   * Much cheaper than the event.
   */
  static long seq(byte[] bytes, int start, int end) {
    int summed = end - SUM_BYTES;
    if (summed <= start + SEQ_OPENING.length()) {
      return -1;
    }
    String closing = new String(bytes, summed, SUM_BYTES, ISO_8859_1);
    if (!closing.equals(SUM_OPENING + sum(bytes, start, summed - start) + SUM_CLOSING)) {
      return -1;
    }
    long seq = 0;
    for (int i = start + SEQ_OPENING.length(); i < summed && bytes[i] != ','; i++) {
      seq = seq * 10 + Character.digit(bytes[i], 10);
    }
    return seq;
  }

  /** The event of a line whose sum was found right; empty when another version wrote it. */
  static Optional<Event> decode(byte[] bytes, int start, int end) {
    try {
      return Optional.of(event(JSON.readTree(new String(bytes, start, end - start, UTF_8))));
    } catch (JacksonException | IllegalArgumentException | DateTimeException e) {
      log.warn("An event is skipped: this version does not understand it", e);
      return Optional.empty();
    }
  }

  private static String sum(byte[] bytes, int start, int length) {
    CRC32C sum = new CRC32C();
    sum.update(bytes, start, length);
    return HexFormat.of().toHexDigits((int) sum.getValue());
  }

  /** Field by field, without a tree: a monitor's death may be a thousand events. */
  private static byte[] json(Event event) {
    var bytes = new ByteArrayOutputStream(512);
    try (JsonGenerator to = JSON.createGenerator(bytes)) {
      to.writeStartObject();
      to.writeNumberProperty("seq", event.seq());
      to.writeNumberProperty("id", event.id());
      to.writeStringProperty("source", event.source());
      to.writeStringProperty("type", event.type().text());
      to.writeStringProperty("level", event.level());
      to.writeStringProperty("category", event.category());
      to.writeStringProperty("time", TIME.format(event.time()));
      to.writeStringProperty("node", event.node());
      to.writeStringProperty("message", event.message());
      to.writeObjectPropertyStart("parameters");
      event.parameters().forEach(to::writeStringProperty);
      to.writeEndObject();
      to.writeStringProperty("resource", event.resource());
      if (event.resourceId() != null) {
        to.writeStringProperty("resourceId", event.resourceId());
      }
      to.writeStringProperty("cause", event.cause());
      to.writeArrayPropertyStart("holders");
      event.holders().forEach(holder -> write(to, holder));
      to.writeEndArray();
      to.writeStringProperty("correlation", event.correlation());
      if (event.incident() == null) {
        to.writeNullProperty("incident");
      } else {
        to.writeNumberProperty("incident", event.incident());
      }
      to.writeEndObject();
    }
    return bytes.toByteArray();
  }

  private static void write(JsonGenerator to, Holder holder) {
    to.writeStartObject();
    to.writeStringProperty("process", holder.process());
    to.writeNumberProperty("pid", holder.pid());
    to.writeStringProperty("key", holder.key());
    to.writeStringProperty("resolvedKey", holder.resolvedKey());
    to.writeStringProperty("since", holder.since() == null ? null : TIME.format(holder.since()));
    to.writeEndObject();
  }

  private static Event event(JsonNode node) {
    Map<String, String> parameters = new LinkedHashMap<>();
    node.required("parameters")
        .properties()
        .forEach(entry -> parameters.put(entry.getKey(), entry.getValue().asString()));
    List<Holder> holders = new ArrayList<>();
    node.required("holders").forEach(holder -> holders.add(holder(holder)));
    String type = node.required("type").asString();
    return new Event(
        node.required("seq").asLong(),
        node.required("id").asInt(),
        node.required("source").asString(),
        EventType.find(type).orElseThrow(() -> new IllegalArgumentException(type)),
        node.required("category").asString(),
        Instant.parse(node.required("time").asString()),
        node.required("node").asString(),
        node.required("message").asString(),
        parameters,
        text(node, "resource"),
        resourceId(node),
        text(node, "cause"),
        holders,
        text(node, "correlation"),
        node.required("incident").isNull() ? null : node.required("incident").asLong());
  }

  private static Holder holder(JsonNode node) {
    String since = text(node, "since");
    return new Holder(
        node.required("process").asString(),
        node.required("pid").asLong(),
        node.required("key").asString(),
        node.required("resolvedKey").asString(),
        since == null ? null : Instant.parse(since));
  }

  /** Absent where an event is about none, and in what earlier versions wrote. */
  private static @Nullable String resourceId(JsonNode node) {
    JsonNode value = node.path("resourceId");
    return value.isString() ? value.asString() : null;
  }

  private static @Nullable String text(JsonNode node, String field) {
    JsonNode value = node.required(field);
    return value.isNull() ? null : value.asString();
  }
}
