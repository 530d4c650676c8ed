package dev.holdfast.cli.output;

import java.util.Map;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.StringNode;

/**
 * Writes a tree as YAML in block style. Strings that could be taken for something else are quoted
 * as JSON quotes them, which YAML 1.2 reads.
 */
public final class Yaml {
  private static final Pattern PLAIN =
      Pattern.compile("[A-Za-z/][A-Za-z0-9_./ -]*[A-Za-z0-9_./-]|[A-Za-z]");
  private static final Pattern WORD =
      Pattern.compile("(?i)true|false|null|yes|no|on|off|y|n|\\.inf|\\.nan");

  /** What JSON writes as it is, and YAML takes only when it is escaped. */
  private static final Pattern UNPRINTABLE = Pattern.compile("[\\x7F-\\x9F\\uFEFF\\uFFFE\\uFFFF]");

  private Yaml() {}

  /** The tree, with a line break at its end. */
  public static String write(JsonNode node) {
    var out = new StringBuilder();
    if (isBlock(node)) {
      block(node, "", out);
    } else {
      out.append(scalar(node)).append('\n');
    }
    return out.toString();
  }

  private static boolean isBlock(JsonNode node) {
    return node.isContainer() && !node.isEmpty();
  }

  private static void block(JsonNode node, String indent, StringBuilder out) {
    if (node.isArray()) {
      for (JsonNode item : node) {
        out.append(indent).append("-");
        value(item, indent + "  ", out, true);
      }
    } else {
      for (Map.Entry<String, JsonNode> field : node.properties()) {
        out.append(indent).append(text(field.getKey())).append(':');
        value(field.getValue(), indent + "  ", out, false);
      }
    }
  }

  private static void value(JsonNode node, String indent, StringBuilder out, boolean inList) {
    if (!isBlock(node)) {
      out.append(' ').append(scalar(node)).append('\n');
    } else if (inList) {
      // The first line of the item stands beside its dash.
      var nested = new StringBuilder();
      block(node, indent, nested);
      out.append(' ').append(nested, indent.length(), nested.length());
    } else {
      out.append('\n');
      block(node, indent, out);
    }
  }

  private static String scalar(JsonNode node) {
    if (node.isString()) {
      return text(node.asString());
    }
    return node.isContainer() ? (node.isArray() ? "[]" : "{}") : node.toString();
  }

  private static String text(String text) {
    boolean plain = PLAIN.matcher(text).matches() && !WORD.matcher(text).matches();
    return plain ? text : escaped(Json.line(StringNode.valueOf(text)));
  }

  private static String escaped(String quoted) {
    return UNPRINTABLE
        .matcher(quoted)
        .replaceAll(found -> "\\\\u%04X".formatted((int) found.group().charAt(0)));
  }
}
