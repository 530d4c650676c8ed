package dev.holdfast.service.event;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** An incident as its file has it: JSON with the fields that the command line shows. */
final class IncidentJson {
  private static final JsonMapper JSON =
      JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS'Z'").withZone(ZoneOffset.UTC);

  private IncidentJson() {}

  static String encode(Incident incident) {
    IncidentReport report = incident.report();
    ObjectNode node = JSON.createObjectNode();
    node.put("seq", incident.seq());
    node.put("time", TIME.format(report.time()));
    node.put("monitor", report.monitor());
    node.put("pid", report.pid());
    node.put("epoch", report.epoch());
    ObjectNode exit = node.putObject("exit");
    exit.put("code", report.exit().code());
    exit.put("signal", report.exit().signal());
    exit.put("reason", report.exit().reason());
    ArrayNode calls = node.putArray("calls");
    for (IncidentReport.Call call : report.calls()) {
      ObjectNode one = calls.addObject();
      one.put("resource", call.resource());
      one.put("plugin", call.plugin());
      one.put("entryPoint", call.entryPoint());
      one.put("millis", call.millis());
    }
    node.put("culprit", report.culprit());
    strings(node.putArray("victims"), report.victims());
    strings(node.putArray("actions"), incident.actions());
    ObjectNode timings = node.putObject("timings");
    incident.timings().forEach(timings::put);
    strings(node.putArray("evidence"), incident.evidence());
    return JSON.writeValueAsString(node) + "\n";
  }

  /**
   * The incident of a text.
   *
   * @throws RuntimeException of several kinds when it is none
   */
  static Incident decode(String text) {
    JsonNode node = JSON.readTree(text);
    JsonNode exit = node.required("exit");
    List<IncidentReport.Call> calls = new ArrayList<>();
    node.required("calls")
        .forEach(
            call ->
                calls.add(
                    new IncidentReport.Call(
                        text(call, "resource"),
                        text(call, "plugin"),
                        call.required("entryPoint").asString(),
                        call.required("millis").asLong())));
    Map<String, Long> timings = new LinkedHashMap<>();
    node.required("timings")
        .properties()
        .forEach(entry -> timings.put(entry.getKey(), entry.getValue().asLong()));
    IncidentReport report =
        new IncidentReport(
            Instant.parse(node.required("time").asString()),
            node.required("monitor").asString(),
            node.required("pid").asLong(),
            node.required("epoch").asLong(),
            new IncidentReport.Exit(
                number(exit, "code"), number(exit, "signal"), exit.required("reason").asString()),
            calls,
            text(node, "culprit"),
            strings(node, "victims"));
    return new Incident(
        node.required("seq").asLong(),
        report,
        strings(node, "actions"),
        timings,
        strings(node, "evidence"));
  }

  private static void strings(ArrayNode array, List<String> values) {
    values.forEach(array::add);
  }

  private static List<String> strings(JsonNode node, String field) {
    List<String> values = new ArrayList<>();
    node.required(field).forEach(value -> values.add(value.asString()));
    return values;
  }

  private static @Nullable String text(JsonNode node, String field) {
    JsonNode value = node.required(field);
    return value.isNull() ? null : value.asString();
  }

  private static @Nullable Integer number(JsonNode node, String field) {
    JsonNode value = node.required(field);
    return value.isNull() ? null : value.asInt();
  }
}
