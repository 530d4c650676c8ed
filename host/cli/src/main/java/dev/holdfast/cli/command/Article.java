package dev.holdfast.cli.command;

import dev.holdfast.cli.output.Details;
import dev.holdfast.cli.output.Text;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;

/**
 * The articles of the Knowledge Base whose layouts events are printed in: fields below each other,
 * indented, and the description wrapped at 80 columns.
 */
enum Article {
  Q316772("Event ID"),
  Q192493("Event");

  private static final int WIDTH = 80;
  private static final String INDENT = "  ";

  private final String firstField;

  Article(String firstField) {
    this.firstField = firstField;
  }

  List<String> lines(JsonNode event) {
    List<String> lines = new ArrayList<>();
    lines.add(field(firstField, event.path("id")));
    lines.add(field("Source", event.path("source")));
    lines.add(field("Type", event.path("type")));
    lines.add(field("Category", event.path("category")));
    lines.addAll(wrapped(field("Description", event.path("message"))));
    return lines;
  }

  private static String field(String name, JsonNode value) {
    return INDENT + name + ": " + Details.inline(value);
  }

  /** A word that is wider than a line has a line of its own. */
  private static List<String> wrapped(String text) {
    List<String> lines = new ArrayList<>();
    String line = "";
    for (String word : text.strip().split(" +", -1)) {
      if (!line.isEmpty() && Text.width(line) + 1 + Text.width(word) > WIDTH) {
        lines.add(line);
        line = "";
      }
      line += line.isEmpty() ? INDENT + word : " " + word;
    }
    lines.add(line);
    return lines;
  }
}
