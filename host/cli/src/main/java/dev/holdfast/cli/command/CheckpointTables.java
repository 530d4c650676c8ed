package dev.holdfast.cli.command;

import dev.holdfast.cli.output.Details;
import dev.holdfast.cli.output.Format;
import dev.holdfast.cli.output.Table;
import dev.holdfast.cli.output.Text;
import dev.holdfast.cli.session.Session;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import tools.jackson.databind.JsonNode;

/** How checkpoints look to people. */
final class CheckpointTables {
  private static final String GAP = "   ";

  private CheckpointTables() {}

  static List<String> checkpoints(Session session, List<JsonNode> checkpoints) {
    boolean wide = session.flags().format == Format.wide;
    List<String> fields =
        wide
            ? List.of(
                "resource",
                "id",
                "source",
                "path",
                "generation",
                "sizeBytes",
                "cause",
                "policy",
                "onDrift",
                "excludes",
                "keep",
                "quietMillis",
                "delayMillis",
                "rollBackWithinMillis",
                "unrestored",
                "watched",
                "digest")
            : List.of(
                "resource", "id", "source", "path", "generation", "sizeBytes", "cause", "policy");
    List<String> headers = new ArrayList<>(fields);
    headers.add("saved");
    headers.add("detail");
    var table =
        new Table(headers.stream().map(h -> h.toUpperCase(Locale.ROOT)).toArray(String[]::new));
    for (JsonNode checkpoint : checkpoints) {
      List<String> cells = new ArrayList<>();
      fields.forEach(field -> cells.add(Details.inline(checkpoint.path(field))));
      cells.add(session.times().dateAndTime(checkpoint.path("savedAt").asString("-")));
      cells.add(detail(session, checkpoint));
      table.row(cells);
    }
    return table.lines();
  }

  private static String detail(Session session, JsonNode checkpoint) {
    List<String> words = new ArrayList<>();
    if (checkpoint.path("unrestored").asBoolean(false)) {
      words.add("not restored");
    }
    if (checkpoint.path("dirtySince").isString()) {
      String since = checkpoint.path("dirtySince").asString("");
      words.add("changes not saved for " + session.times().ago(since));
    }
    return words.isEmpty() ? "-" : String.join(", ", words);
  }

  static List<String> history(Session session, List<JsonNode> generations) {
    boolean wide = session.flags().format == Format.wide;
    List<String> headers =
        new ArrayList<>(List.of("GENERATION", "SAVED", "CAUSE", "NODE", "SIZEBYTES", "STATE", ""));
    if (wide) {
      headers.addAll(List.of("REVISION", "DIGEST"));
    }
    var table = new Table(headers.toArray(String[]::new));
    for (JsonNode generation : generations) {
      List<String> cells =
          new ArrayList<>(
              List.of(
                  Details.inline(generation.path("generation")),
                  session.times().dateAndTime(generation.path("savedAt").asString("-")),
                  Details.inline(generation.path("cause")),
                  Details.inline(generation.path("node")),
                  Details.inline(generation.path("sizeBytes")),
                  Details.inline(generation.path("state")),
                  generation.path("current").asBoolean(false) ? "current" : ""));
      if (wide) {
        cells.add(Details.inline(generation.path("revision")));
        cells.add(Details.inline(generation.path("digest")));
      }
      table.row(cells);
    }
    return table.lines();
  }

  static List<String> verified(List<JsonNode> generations, boolean wide) {
    List<String> fields =
        wide
            ? List.of("resource", "checkpoint", "generation", "sizeBytes", "state", "digest")
            : List.of("resource", "checkpoint", "generation", "sizeBytes", "state");
    var table =
        new Table(fields.stream().map(h -> h.toUpperCase(Locale.ROOT)).toArray(String[]::new));
    for (JsonNode generation : generations) {
      table.row(fields.stream().map(field -> Details.inline(generation.path(field))).toList());
    }
    return table.lines();
  }

  static List<String> differences(List<JsonNode> diffs) {
    return diffs.stream()
        .flatMap(
            diff ->
                differences(
                    diff.path("differences"), diff.path("path").asString("").startsWith("/"))
                    .stream())
        .toList();
  }

  /**
   * A line for each difference: {@code Parameters\Port REG_DWORD 80 → 8080}; a plus before what was
   * added, a minus before what was removed.
   */
  static List<String> differences(JsonNode differences, boolean ofFiles) {
    List<String> names =
        differences.valueStream().map(difference -> name(difference, ofFiles)).toList();
    int width = names.stream().mapToInt(Text::width).max().orElse(0);
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < names.size(); i++) {
      lines.add(Text.padded(names.get(i), width) + GAP + change(differences.path(i)));
    }
    return lines;
  }

  private static String name(JsonNode difference, boolean ofFiles) {
    String where = Text.oneLine(difference.path("where").asString(""));
    String what = Text.oneLine(difference.path("what").asString(""));
    String between = where.isEmpty() || what.isEmpty() ? "" : ofFiles ? " " : "\\";
    String name = where + between + what;
    return sign(difference) + (name.isEmpty() ? "." : name);
  }

  private static String sign(JsonNode difference) {
    if (difference.path("from").isNull()) {
      return "+ ";
    }
    return difference.path("to").isNull() ? "- " : "";
  }

  private static String change(JsonNode difference) {
    JsonNode from = difference.path("from");
    JsonNode to = difference.path("to");
    if (from.isNull() || to.isNull()) {
      return Text.oneLine((from.isNull() ? to : from).asString(""));
    }
    String was = from.asString("");
    String is = to.asString("");
    int end = was.indexOf(' ') + 1;
    boolean isSameType = was.startsWith("REG_") && end > 0 && is.startsWith(was.substring(0, end));
    return Text.oneLine(was + " → " + (isSameType ? is.substring(end) : is));
  }
}
