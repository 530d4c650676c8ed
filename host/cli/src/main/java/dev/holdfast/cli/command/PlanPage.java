package dev.holdfast.cli.command;

import dev.holdfast.cli.output.Details;
import dev.holdfast.cli.output.Text;
import dev.holdfast.cli.session.Session;
import java.io.Console;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/** What a cluster file would change, field by field. */
final class PlanPage {
  private static final String GREEN = "\033[32m";
  private static final String YELLOW = "\033[33m";
  private static final String RED = "\033[31m";
  private static final String PLAIN = "\033[0m";
  private static final String DEFAULT = "(default)";

  private final boolean coloured;

  PlanPage(boolean coloured) {
    this.coloured = coloured;
  }

  /** Colours are for a terminal that has them, and for who has not said NO_COLOR. */
  static boolean isColoured(Session session) {
    Map<String, String> environment = session.surroundings().environment();
    return environment.getOrDefault("NO_COLOR", "").isEmpty()
        && !environment.getOrDefault("TERM", "dumb").equals("dumb")
        && Optional.ofNullable(System.console()).filter(Console::isTerminal).isPresent();
  }

  List<String> lines(JsonNode plan) {
    List<String> lines = new ArrayList<>();
    plan.path("changes").values().forEach(change -> add(change, lines));
    return lines;
  }

  private void add(JsonNode change, List<String> lines) {
    String action = change.path("action").asString("");
    String effect = change.path("effect").isString() ? ": " + text(change, "effect") : "";
    lines.add(
        painted(
            action,
            "%s %s %s%s%s"
                .formatted(
                    sign(action),
                    text(change, "kind"),
                    text(change, "name"),
                    where(change),
                    effect)));
    int width = 0;
    for (JsonNode field : change.path("fields").values()) {
      width = Math.max(width, Text.width(text(field, "field")));
    }
    for (JsonNode field : change.path("fields").values()) {
      lines.add(
          "    %s  %s".formatted(Text.padded(text(field, "field"), width), values(action, field)));
    }
  }

  private static String values(String action, JsonNode field) {
    String to = value(field, "to");
    return action.equals("create") ? to : value(field, "from") + " → " + to;
  }

  private static String value(JsonNode field, String side) {
    return field.path(side).isString() ? Text.oneLine(field.path(side).asString()) : DEFAULT;
  }

  private static String text(JsonNode node, String field) {
    return Details.inline(node.path(field));
  }

  /** The group of a resource, or the resource of a checkpoint, after a word. */
  static String where(JsonNode node) {
    return switch (node.path("kind").asString("")) {
      case "resource" -> " in " + text(node, "in");
      case "checkpoint" -> " of " + text(node, "in");
      default -> "";
    };
  }

  private static String sign(String action) {
    return switch (action) {
      case "create" -> "+";
      case "delete" -> "-";
      default -> "~";
    };
  }

  private String painted(String action, String line) {
    if (!coloured) {
      return line;
    }
    String colour =
        switch (action) {
          case "create" -> GREEN;
          case "delete" -> RED;
          default -> YELLOW;
        };
    return colour + line + PLAIN;
  }

  /** All of it in figures. */
  static String summary(JsonNode plan) {
    if (plan.path("changes").isEmpty()) {
      return "nothing would change";
    }
    return "would be: %d created, %d changed, %d deleted"
        .formatted(count(plan, "create"), count(plan, "change"), count(plan, "delete"));
  }

  private static long count(JsonNode plan, String action) {
    return plan.path("changes")
        .valueStream()
        .filter(change -> change.path("action").asString("").equals(action))
        .filter(change -> !action.equals("change") || !change.path("fields").isEmpty())
        .count();
  }
}
