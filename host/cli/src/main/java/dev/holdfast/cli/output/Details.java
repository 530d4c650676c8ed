package dev.holdfast.cli.output;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/** One object, a line for each field, for {@code show}. */
public final class Details {
  private Details() {}

  public static List<String> lines(JsonNode object) {
    List<String> lines = new ArrayList<>();
    add(object, "", lines);
    return lines;
  }

  private static void add(JsonNode object, String indent, List<String> lines) {
    int width = 0;
    for (Map.Entry<String, JsonNode> field : object.properties()) {
      width = Math.max(width, Text.width(field.getKey()));
    }
    for (Map.Entry<String, JsonNode> field : object.properties()) {
      String name = indent + Text.padded(Text.oneLine(field.getKey()), width) + "  ";
      JsonNode value = field.getValue();
      if (value.isObject() && !value.isEmpty()) {
        lines.add(name.stripTrailing());
        add(value, indent + "    ", lines);
      } else if (value.isArray() && !value.isEmpty() && value.get(0).isObject()) {
        lines.add(name.stripTrailing());
        for (JsonNode item : value) {
          lines.add(indent + "  - " + inline(item));
        }
      } else {
        lines.add((name + inline(value)).stripTrailing());
      }
    }
  }

  /** A value on one line; {@code -} for what is not there. */
  public static String inline(JsonNode value) {
    if (value.isMissingNode() || value.isNull() || (value.isContainer() && value.isEmpty())) {
      return "-";
    }
    List<String> parts = new ArrayList<>();
    if (value.isArray()) {
      for (JsonNode item : value) {
        parts.add(inline(item));
      }
    } else if (value.isObject()) {
      for (Map.Entry<String, JsonNode> field : value.properties()) {
        if (!field.getValue().isNull()) {
          parts.add(field.getKey() + " " + inline(field.getValue()));
        }
      }
    } else {
      return Text.oneLine(value.asString());
    }
    return parts.isEmpty() ? "-" : String.join(", ", parts);
  }
}
