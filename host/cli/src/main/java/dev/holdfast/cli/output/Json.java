package dev.holdfast.cli.output;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** JSON as trees: this side shows what it gets and need not know every field. */
public final class Json {
  private static final JsonMapper MAPPER = JsonMapper.shared();

  private Json() {}

  /** Reads a document; throws Jackson's own exception when it is none. */
  public static JsonNode read(String text) {
    return MAPPER.readTree(text);
  }

  public static JsonNode read(byte[] text) {
    return MAPPER.readTree(text);
  }

  public static byte[] bytes(JsonNode node) {
    return MAPPER.writeValueAsBytes(node);
  }

  /** On one line. */
  public static String line(JsonNode node) {
    return exact(MAPPER.writeValueAsString(node));
  }

  /** Over many lines, indented by two. */
  public static String pretty(JsonNode node) {
    return exact(MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(node));
  }

  /** Half a character, as a registry name may have it, is not to become a question mark. */
  private static String exact(String json) {
    if (json.chars().noneMatch(c -> Character.isSurrogate((char) c))) {
      return json;
    }
    var exact = new StringBuilder(json.length() + 16);
    json.codePoints()
        .forEach(
            c -> {
              if (c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE) {
                exact.append("\\u").append(Integer.toHexString(c));
              } else {
                exact.appendCodePoint(c);
              }
            });
    return exact.toString();
  }

  public static ObjectNode object() {
    return JsonNodeFactory.instance.objectNode();
  }
}
