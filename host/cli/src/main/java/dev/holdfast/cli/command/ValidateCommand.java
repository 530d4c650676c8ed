package dev.holdfast.cli.command;

import dev.holdfast.cli.output.Json;
import dev.holdfast.cli.output.Table;
import dev.holdfast.cli.session.ExitCode;
import dev.holdfast.cli.session.Session;
import dev.holdfast.client.transport.Target;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Looks whether what will be needed would do, before it is needed. */
final class ValidateCommand extends Verb {
  /** Archives and blobs are read to their ends. */
  private static final Duration PATIENCE = Duration.ofMinutes(5);

  @Option(
      names = "--only",
      paramLabel = "CHECKS",
      description =
          "Of checkpoints (as if each were to be restored now) and plugins (archives), only those;"
              + " separated by commas.")
  @Nullable String only;

  @Override
  int run(Session session) {
    ObjectNode answer =
        (ObjectNode)
            service(session).ask(Target.of("validation").with("only", only), PATIENCE).deepCopy();
    if (only == null || only.contains("checkpoints")) {
      ((ArrayNode) answer.path("items")).addAll(onOtherNodes(session));
    }
    session.print(answer, ValidateCommand::table);
    JsonNode looked = answer.path("items");
    long bad = looked.valueStream().filter(one -> !one.path("ok").asBoolean(false)).count();
    for (JsonNode one : looked.values()) {
      if (!one.path("ok").asBoolean(false)) {
        session.narrate(
            "%s on %s: %s; next: %s"
                .formatted(
                    one.path("object").asString("-"),
                    one.path("node").asString("-"),
                    one.path("problem").asString("-"),
                    one.path("next").asString("-")));
      }
    }
    session.narrate(
        "%d looked at, %s"
            .formatted(looked.size(), bad == 0 ? "all would do" : bad + " would not do"));
    return (bad == 0 ? ExitCode.OK : ExitCode.NO).number();
  }

  /** Those that wait have hives and files of their own, and would have to restore to them. */
  private static List<JsonNode> onOtherNodes(Session session) {
    List<JsonNode> found = new ArrayList<>();
    @Nullable ObjectNode wanted = null;
    for (JsonNode node : service(session).ask(Target.of("nodes")).path("items").values()) {
      if (!node.path("state").asString("").equals("Waiting")) {
        continue;
      }
      if (wanted == null) {
        wanted = Json.object();
        wanted
            .putArray("rehearsals")
            .addAll(
                service(session)
                    .ask(Target.of("rehearsals"), PATIENCE)
                    .path("items")
                    .valueStream()
                    .toList());
      }
      Path home = Path.of(node.path("home").asString("/"));
      session
          .serviceOf(home)
          .tell(Target.of("rehearsals"), Json.bytes(wanted), PATIENCE)
          .path("items")
          .values()
          .forEach(found::add);
    }
    return found;
  }

  private static List<String> table(List<JsonNode> items) {
    var table = new Table("CHECK", "NODE", "OBJECT", "RESULT");
    for (JsonNode item : items) {
      List<String> cells = new ArrayList<>();
      for (String field : List.of("check", "node", "object")) {
        cells.add(item.path(field).asString("-"));
      }
      cells.add(item.path("ok").asBoolean(false) ? "ok" : item.path("obstacle").asString("-"));
      table.row(cells);
    }
    return table.lines();
  }
}
