package dev.holdfast.cli.output;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import tools.jackson.databind.JsonNode;

/** Prints an answer's envelope in one of the formats. */
public final class Printer {
  private final PrintStream out;
  private final Format format;

  public Printer(PrintStream out, Format format) {
    this.out = out;
    this.format = format;
  }

  /**
   * Prints.
   *
   * @param table makes the lines for people
   */
  public void print(JsonNode envelope, Function<List<JsonNode>, List<String>> table) {
    List<JsonNode> items = new ArrayList<>(envelope.path("items").values());
    switch (format) {
      case table, wide -> table.apply(items).forEach(out::println);
      case json -> out.println(Json.pretty(envelope));
      case jsonl -> items.forEach(item -> out.println(Json.line(item)));
      case yaml -> out.print(Yaml.write(envelope));
      case name -> items.forEach(item -> out.println(nameOf(item)));
    }
  }

  /** What an object is called by in commands. */
  static String nameOf(JsonNode item) {
    for (String field : List.of("name", "seq", "id", "generation", "code", "version")) {
      JsonNode value = item.path(field);
      if (value.isValueNode() && !value.isNull()) {
        return Text.oneLine(value.asString());
      }
    }
    JsonNode node = item.path("service").path("node");
    return node.isString() ? Text.oneLine(node.asString()) : Details.inline(item);
  }
}
