package dev.holdfast.cli.audit;

import dev.holdfast.cli.output.Json;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What an audit saw, kept for a later one: to tell what grew, and, while no service answers, which
 * processes were written down.
 *
 * @param time when it was taken
 * @param processes slots and programs there were
 */
record Baseline(
    String time, long processes, List<Facts.Slot> slots, Map<String, Footprint> footprints) {
  private static final String KIND = "AuditBaseline";

  Baseline {
    slots = List.copyOf(slots);
    footprints = Map.copyOf(footprints);
  }

  /** Of a look. */
  static Baseline of(Look look, String time) {
    List<Facts.Slot> slots = look.slots().orElse(List.of());
    return new Baseline(time, processes(look), slots, look.footprints());
  }

  /** What the service has to do with: slots, monitors, and itself. */
  static long processes(Look look) {
    return (long) look.slots().orElse(List.of()).size() + look.footprints().size();
  }

  ObjectNode toJson() {
    ObjectNode json = Json.object().put("apiVersion", "holdfast/v1").put("kind", KIND);
    json.put("time", time).put("processes", processes);
    var all = json.putArray("slots");
    for (Facts.Slot slot : slots) {
      ObjectNode node = all.addObject();
      node.put("resource", slot.resource()).put("resourceId", slot.resourceId());
      node.put("slot", slot.slot()).put("tokenDigest", slot.tokenDigest());
      node.put("state", slot.state()).put("intendedTicks", slot.intendedTicks());
      node.put("pid", slot.process().map(Facts.Life::pid).orElse(null));
      node.put("startTicks", slot.process().map(Facts.Life::startTicks).orElse(null));
      node.put("bootId", slot.process().map(Facts.Life::bootId).orElse(null));
    }
    ObjectNode taken = json.putObject("footprints");
    footprints.forEach(
        (name, footprint) ->
            taken
                .putObject(name)
                .put("threads", footprint.threads())
                .put("descriptors", footprint.descriptors())
                .put("descriptorsMax", footprint.descriptorsMax()));
    return json;
  }

  /**
   * Reads what {@link #toJson} wrote.
   *
   * @throws IllegalArgumentException it is something else
   */
  static Baseline of(JsonNode json) {
    if (!json.path("kind").asString("").equals(KIND)) {
      throw new IllegalArgumentException("it is no " + KIND);
    }
    Map<String, Footprint> footprints = new HashMap<>();
    for (Map.Entry<String, JsonNode> entry : json.required("footprints").properties()) {
      footprints.put(
          entry.getKey(),
          new Footprint(
              entry.getValue().required("threads").asLong(),
              entry.getValue().required("descriptors").asLong(),
              entry.getValue().required("descriptorsMax").asLong()));
    }
    return new Baseline(
        json.required("time").asString(),
        json.required("processes").asLong(),
        Facts.slots(json.required("slots")),
        footprints);
  }
}
