package dev.holdfast.client;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import tools.jackson.core.JacksonException;
import tools.jackson.core.json.JsonWriteFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;

/**
 * What the service's documents say. Fields that are not known are left alone; one that lacks is a
 * broken answer.
 */
final class Documents {
  private static final HexFormat HEX = HexFormat.of();

  private Documents() {}

  static <T> List<T> all(List<JsonNode> nodes, Function<JsonNode, T> reading) throws IOException {
    List<T> things = new ArrayList<>(nodes.size());
    for (JsonNode node : nodes) {
      things.add(one(node, reading));
    }
    return things;
  }

  static <T> T one(JsonNode node, Function<JsonNode, T> reading) throws IOException {
    try {
      return reading.apply(node);
    } catch (JacksonException | IllegalArgumentException | DateTimeParseException unexpected) {
      throw new IOException(
          "The service's answer is not what this client knows: " + unexpected.getMessage(),
          unexpected);
    }
  }

  static Key key(JsonNode node) {
    return new Key(
        text(node, "name"),
        text(node, "path"),
        text(node, "resolvedPath"),
        number(node, "revision"),
        node.required("values").valueStream().map(Documents::value).toList(),
        texts(node, "subkeys"),
        Optional.ofNullable(node.path("denied").asString(null)));
  }

  private static Value value(JsonNode node) {
    return Value.of(
        text(node, "name"), ValueType.named(text(node, "type")), HEX.parseHex(text(node, "bytes")));
  }

  static Commit commit(JsonNode node) {
    return new Commit(
        text(node, "hive"),
        number(node, "revision"),
        node.required("changes").asInt(),
        texts(node, "notes"));
  }

  static KeyChange change(JsonNode node) {
    return new KeyChange(
        text(node, "hive"),
        number(node, "revision"),
        time(node, "time"),
        text(node, "path"),
        ChangeKind.named(text(node, "what")));
  }

  static Handle handle(JsonNode node) {
    return new Handle(
        number(node, "id"),
        text(node, "key"),
        text(node, "resolvedKey"),
        text(node, "rights"),
        text(node, "process"),
        number(node, "pid"),
        number(node, "startTicks"),
        number(node, "uid"),
        number(node, "connection"),
        time(node, "since"),
        time(node, "lastUse"),
        Duration.ofSeconds(number(node, "ageSeconds")),
        Duration.ofSeconds(number(node, "idleSeconds")),
        text(node, "state"));
  }

  static Security security(JsonNode node) {
    return new Security(
        text(node, "path"),
        text(node, "resolvedPath"),
        text(node, "owner"),
        text(node, "group"),
        flag(node, "own"),
        flag(node, "inherits"),
        flag(node, "open"),
        text(node, "sddl"),
        node.required("entries").valueStream().map(Documents::entry).toList());
  }

  private static Security.Entry entry(JsonNode node) {
    return new Security.Entry(
        text(node, "type"),
        text(node, "principal"),
        text(node, "sid"),
        text(node, "rights"),
        flag(node, "inherited"),
        flag(node, "here"),
        flag(node, "below"));
  }

  static byte[] rights(String path, String principal, String rights) {
    return escaped(
        JsonNodeFactory.instance
            .objectNode()
            .put("path", path)
            .put("principal", principal)
            .put("rights", rights));
  }

  /** As a request has it: escaped, half a surrogate pair in a name arrives as it is. */
  static byte[] escaped(JsonNode request) {
    return JsonMapper.shared()
        .writer()
        .with(JsonWriteFeature.ESCAPE_NON_ASCII)
        .writeValueAsBytes(request);
  }

  private static String text(JsonNode node, String field) {
    return node.required(field).asString();
  }

  private static List<String> texts(JsonNode node, String field) {
    return node.required(field).valueStream().map(JsonNode::asString).toList();
  }

  private static long number(JsonNode node, String field) {
    return node.required(field).asLong();
  }

  private static boolean flag(JsonNode node, String field) {
    return node.required(field).asBoolean();
  }

  private static Instant time(JsonNode node, String field) {
    return Instant.parse(text(node, field));
  }
}
