package dev.holdfast.cli.command;

import dev.holdfast.cli.output.Json;
import dev.holdfast.cli.output.Table;
import dev.holdfast.cli.session.ExitCode;
import dev.holdfast.cli.session.Failure;
import dev.holdfast.cli.session.Session;
import dev.holdfast.failpoint.FailPoint;
import dev.holdfast.failpoint.HitsFile;
import dev.holdfast.failpoint.Moment;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;

/** {@code holdfast debug …}. */
final class DebugCommands {
  private DebugCommands() {}

  /** Asks nobody: the list is that of this distribution, which is what it starts. */
  static final class FailPointList extends Verb {
    @Option(
        names = "--hits",
        paramLabel = "FILE",
        description = "The file that HOLDFAST_FAILPOINT_HITS named: tell how often each was hit.")
    @Nullable Path file;

    @Option(
        names = "--count",
        paramLabel = "on|off",
        description =
            "With --hits: begin or end to count, in all processes at once; the file is made if it"
                + " is not there.")
    @Nullable Counting counting;

    /** What can be done to a file of hits. */
    enum Counting {
      ON,
      OFF
    }

    @Override
    int run(Session session) {
      if (counting != null) {
        count(counting == Counting.ON);
      }
      Map<String, Long> hits = hits();
      var points = new ArrayList<JsonNode>();
      for (FailPoint point : FailPoint.all()) {
        for (Moment moment : Moment.values()) {
          points.add(item(point, moment, hits));
        }
      }
      session.print(
          Session.envelope("FailPointList", points.toArray(JsonNode[]::new)),
          file == null ? FailPointList::table : FailPointList::tableWithHits);
      return ExitCode.OK.number();
    }

    private void count(boolean on) {
      if (file == null) {
        throw new Failure(ExitCode.USAGE, "--count says where to count by --hits FILE.");
      }
      try {
        HitsFile hits = Files.exists(file) ? HitsFile.open(file) : HitsFile.create(file);
        hits.counting(on);
      } catch (IOException e) {
        throw new Failure(
            ExitCode.FAILED, "Hits cannot be counted in " + file + ": " + e.getMessage());
      }
    }

    private Map<String, Long> hits() {
      if (file == null) {
        return Map.of();
      }
      try {
        return HitsFile.open(file).hits();
      } catch (IOException e) {
        throw new Failure(
            ExitCode.FAILED, "The hits in " + file + " cannot be read: " + e.getMessage());
      }
    }

    private static JsonNode item(FailPoint point, Moment moment, Map<String, Long> hits) {
      String name = point.name(moment);
      var item =
          Json.object()
              .put("name", name)
              .put("process", point.side().toString())
              .put("storage", point.isStorage())
              .put("standsFor", moment + ": " + point.standsFor());
      Long count = hits.get(name);
      if (count == null) {
        item.putNull("hits");
      } else {
        item.put("hits", count);
      }
      return item;
    }

    private static List<String> table(List<JsonNode> items) {
      var table = new Table("NAME", "PROCESS", "DISK", "STANDS FOR");
      items.forEach(
          item ->
              table.row(
                  text(item, "name"), text(item, "process"), disk(item), text(item, "standsFor")));
      return table.lines();
    }

    private static List<String> tableWithHits(List<JsonNode> items) {
      var table = new Table("NAME", "PROCESS", "DISK", "HITS", "STANDS FOR");
      items.forEach(
          item ->
              table.row(
                  text(item, "name"),
                  text(item, "process"),
                  disk(item),
                  text(item, "hits"),
                  text(item, "standsFor")));
      return table.lines();
    }

    private static String text(JsonNode item, String field) {
      return item.path(field).asString("");
    }

    private static String disk(JsonNode item) {
      return item.path("storage").asBoolean(false) ? "yes" : "";
    }
  }
}
