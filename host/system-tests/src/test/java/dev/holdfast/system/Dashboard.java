package dev.holdfast.system;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/** A dashboard of {@code host/docs/dashboards}, as Grafana is given it. */
record Dashboard(JsonNode json) {
  private static final Pattern NAME = Pattern.compile("\\b(?:holdfast|jvm|process)_[a-z_0-9]+\\b");

  /**
   * A query of a panel.
   *
   * @param panel its title
   * @param expression with Grafana's variables in it
   */
  record Query(String panel, String refId, String expression) {
    /** As Grafana would send it. */
    String of(Map<String, String> variables) {
      String text = expression;
      for (Map.Entry<String, String> variable : variables.entrySet()) {
        text = text.replace("$" + variable.getKey(), variable.getValue());
      }
      return text;
    }

    @Override
    public String toString() {
      return panel + " " + refId;
    }
  }

  static Dashboard read(Path checkout, String name) throws IOException {
    return new Dashboard(
        Door.json(Files.readString(checkout.resolve("host/docs/dashboards").resolve(name))));
  }

  /** All panels but the rows that hold them together. */
  List<JsonNode> panels() {
    return json.required("panels").values().stream()
        .filter(panel -> !panel.required("type").asString().equals("row"))
        .toList();
  }

  List<Query> queries() {
    List<Query> queries = new ArrayList<>();
    for (JsonNode panel : panels()) {
      for (JsonNode target : panel.required("targets").values()) {
        queries.add(
            new Query(
                panel.required("title").asString(),
                target.required("refId").asString(),
                target.required("expr").asString()));
      }
    }
    return queries;
  }

  /** The names of metrics that some query asks for; of a histogram, its own. */
  Set<String> metrics() {
    Set<String> names = new TreeSet<>();
    for (Query query : queries()) {
      NAME.matcher(query.expression())
          .results()
          .map(MatchResult::group)
          .map(name -> name.replaceFirst("_(bucket|sum|count|max)$", ""))
          .forEach(names::add);
    }
    return names;
  }
}
