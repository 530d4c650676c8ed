package dev.holdfast.cli.command;

import dev.holdfast.cli.output.Details;
import dev.holdfast.cli.output.Table;
import dev.holdfast.cli.output.Times;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/** What {@code status} shows: the service, groups with their resources, monitors, last failures. */
final class StatusPage {
  private final Times times;

  StatusPage(Times times) {
    this.times = times;
  }

  List<String> lines(JsonNode status) {
    List<String> lines = new ArrayList<>();
    JsonNode service = status.path("service");
    lines.add(
        "Service  %s  node %s  pid %s  version %s  revision %s"
            .formatted(
                state(service),
                Details.inline(service.path("node")),
                Details.inline(service.path("pid")),
                Details.inline(service.path("version")),
                Details.inline(service.path("revision"))));
    JsonNode holder = service.path("waitsFor");
    if (holder.isObject()) {
      lines.add(
          "         waits for the quorum %s, held by node %s, pid %s, home %s"
              .formatted(
                  Details.inline(holder.path("quorum")),
                  Details.inline(holder.path("node")),
                  Details.inline(holder.path("pid")),
                  Details.inline(holder.path("home"))));
      return lines;
    }
    lines.add("");
    lines.addAll(tree(status));
    lines.add("");
    lines.addAll(MonitorCommands.table(new ArrayList<>(status.path("monitors").values())));
    if (!status.path("failures").isEmpty()) {
      lines.add("");
      lines.add("Last failures");
      status.path("failures").values().forEach(failure -> lines.add(failure(failure)));
    }
    return lines;
  }

  private static String state(JsonNode service) {
    return service.path("waitsFor").isObject()
        ? "waiting"
        : service.path("ready").asBoolean(false) ? "ready" : "not ready";
  }

  private List<String> tree(JsonNode status) {
    Map<String, JsonNode> resources = new HashMap<>();
    for (JsonNode resource : status.path("resources").values()) {
      resources.put(resource.path("name").asString(""), resource);
    }
    var table =
        new Table(
            "GROUP / resource", "TYPE", "STATE", "HEALTH", "SINCE", "MONITOR", "PID", "DETAIL");
    for (JsonNode group : status.path("groups").values()) {
      table.row(
          Details.inline(group.path("name")),
          "",
          Details.inline(group.path("state")),
          "",
          "",
          Details.inline(group.path("owner")),
          "",
          "");
      List<JsonNode> names = new ArrayList<>(group.path("resources").values());
      for (int i = 0; i < names.size(); i++) {
        String name = names.get(i).asString("");
        JsonNode resource = resources.get(name);
        String branch = i + 1 < names.size() ? "├─ " : "└─ ";
        if (resource == null) {
          table.row(branch + name, "-", "-", "-", "-", "-", "-", "-");
        } else {
          table.row(cells(branch, resource));
        }
      }
    }
    return table.lines();
  }

  private List<String> cells(String branch, JsonNode resource) {
    String version = resource.path("pluginVersion").asString("");
    return List.of(
        branch + resource.path("name").asString(""),
        resource.path("type").asString("") + (version.isEmpty() ? "" : "@" + version),
        Details.inline(resource.path("state")),
        Details.inline(resource.path("health")),
        times.ago(resource.path("since").asString("-")),
        Details.inline(resource.path("monitor")),
        Details.inline(resource.path("pid")),
        detail(resource));
  }

  private String detail(JsonNode resource) {
    List<String> parts = new ArrayList<>();
    if (!resource.path("typeStatus").asString("Registered").equals("Registered")) {
      parts.add(resource.path("typeStatus").asString(""));
    }
    if (resource.path("unsupervisedSince").isString()) {
      parts.add("unsupervised for " + times.ago(resource.path("unsupervisedSince").asString("")));
    }
    if (resource.path("unrestored").asBoolean(false)) {
      parts.add(ResourceCommands.UNRESTORED);
    }
    if (resource.path("detail").isString()) {
      parts.add(resource.path("detail").asString(""));
    }
    return String.join("; ", parts);
  }

  private String failure(JsonNode failure) {
    String resource =
        failure.path("resource").isString() ? Details.inline(failure.path("resource")) : "";
    String hint = resource.isEmpty() ? "" : "  try: holdfast why " + resource;
    return "  %s  %s%s  event %s%s"
        .formatted(
            times.clockTime(failure.path("time").asString("")),
            resource.isEmpty() ? "" : resource + "  ",
            Details.inline(failure.path("message")),
            Details.inline(failure.path("event")),
            hint);
  }
}
