package dev.holdfast.cli.audit;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import tools.jackson.databind.JsonNode;

/**
 * The service's own word, as {@code GET /v1/audit} gives it.
 *
 * @param time the service's clock; ages are counted from it, so that two clocks need not agree
 */
record Facts(
    Instant time,
    boolean ready,
    boolean stopping,
    long newestEvent,
    List<Slot> slots,
    List<External> externals,
    List<Resource> resources,
    List<Type> types,
    List<Monitor> monitors) {
  Facts {
    slots = List.copyOf(slots);
    externals = List.copyOf(externals);
    resources = List.copyOf(resources);
    types = List.copyOf(types);
    monitors = List.copyOf(monitors);
  }

  /** What is written down about a slot's last process. */
  record Slot(
      String resource,
      String resourceId,
      String slot,
      String tokenDigest,
      String state,
      long intendedTicks,
      Optional<Life> process) {
    /** How it is named in findings. */
    String label() {
      return resource + "/" + slot;
    }

    boolean isRunning() {
      return state.equals("Running");
    }

    boolean isIntended() {
      return state.equals("Intended");
    }

    /** Whether a command has ended, and what it left may go on: it is the resource itself. */
    boolean isLeft() {
      return state.equals("Left");
    }
  }

  /** One life of a process. */
  record Life(int pid, long startTicks, String bootId) {}

  /** What is written down about something that a resource has elsewhere. */
  record External(
      String resource,
      String resourceId,
      String slot,
      String kind,
      String key,
      long epoch,
      String node,
      Optional<String> lives) {
    /** How it is named in findings. */
    String label() {
      return resource + "/" + slot;
    }
  }

  /** A resource, and how it is polled. */
  record Resource(
      String id,
      String name,
      String type,
      String typeStatus,
      String state,
      String wanted,
      long epoch,
      Optional<String> monitor,
      Optional<Instant> unsupervisedSince,
      boolean maintenance,
      Optional<Instant> polledSince,
      Checks looksAlive,
      Checks isAlive) {
    boolean isOnline() {
      return state.equals("Online");
    }

    boolean isPending() {
      return state.endsWith("Pending") || state.equals("Initializing");
    }

    /** Failed is how something that is not wanted may stand, too: nobody could end it, say. */
    boolean isAsWanted() {
      return state.equals(wanted);
    }
  }

  /** One of the two kinds of check. */
  record Checks(long intervalMillis, Optional<Instant> lastAt, long lastMillis) {}

  /** A registration, in its current version. */
  record Type(
      String name, String className, String digest, String archive, String status, String detail) {}

  /** A monitor's process, and what the monitor itself said. */
  record Monitor(
      String name,
      String kind,
      String state,
      Optional<Life> process,
      boolean answered,
      List<HeldPlugin> plugins,
      List<HeldResource> resources) {
    Monitor {
      plugins = List.copyOf(plugins);
      resources = List.copyOf(resources);
    }
  }

  /** A plugin that a monitor has loaded. */
  record HeldPlugin(String plugin, String digest, List<String> classes) {
    HeldPlugin {
      classes = List.copyOf(classes);
    }
  }

  /** A resource that a monitor has open. */
  record HeldResource(String resourceId, long epoch, String digest, Optional<Long> polledEpoch) {}

  static Facts of(JsonNode item) {
    return new Facts(
        Instant.parse(item.required("time").asString()),
        item.required("ready").asBoolean(),
        item.required("stopping").asBoolean(),
        item.required("newestEvent").asLong(),
        slots(item.required("slots")),
        all(item.required("externals"), Facts::external),
        all(item.required("resources"), Facts::resource),
        all(item.required("types"), Facts::type),
        all(item.required("monitors"), Facts::monitor));
  }

  /** Also as a baseline keeps them. */
  static List<Slot> slots(JsonNode slots) {
    return all(slots, Facts::slot);
  }

  private static <T> List<T> all(JsonNode nodes, Function<JsonNode, T> reader) {
    List<T> all = new ArrayList<>();
    nodes.values().forEach(node -> all.add(reader.apply(node)));
    return all;
  }

  private static Slot slot(JsonNode node) {
    return new Slot(
        node.required("resource").asString(),
        node.required("resourceId").asString(),
        node.required("slot").asString(),
        node.required("tokenDigest").asString(),
        node.required("state").asString(),
        node.required("intendedTicks").asLong(),
        life(node, node.required("bootId").asString("")));
  }

  private static External external(JsonNode node) {
    return new External(
        node.required("resource").asString(),
        node.required("resourceId").asString(),
        node.required("slot").asString(),
        node.required("kind").asString(),
        node.required("key").asString(),
        node.required("epoch").asLong(),
        node.required("node").asString(),
        text(node, "lives"));
  }

  private static Optional<Life> life(JsonNode node, String bootId) {
    return node.required("pid").isNull()
        ? Optional.empty()
        : Optional.of(
            new Life(node.required("pid").asInt(), node.required("startTicks").asLong(), bootId));
  }

  private static Resource resource(JsonNode node) {
    return new Resource(
        node.required("id").asString(),
        node.required("name").asString(),
        node.required("type").asString(),
        node.required("typeStatus").asString(),
        node.required("state").asString(),
        node.required("wanted").asString(),
        node.required("epoch").asLong(),
        text(node, "monitor"),
        time(node, "unsupervisedSince"),
        node.required("maintenance").asBoolean(),
        time(node, "polledSince"),
        checks(node.required("looksAlive")),
        checks(node.required("isAlive")));
  }

  private static Checks checks(JsonNode node) {
    return new Checks(
        node.required("intervalMillis").asLong(),
        time(node, "lastAt"),
        node.required("lastMillis").asLong(0));
  }

  private static Type type(JsonNode node) {
    return new Type(
        node.required("name").asString(),
        node.required("className").asString(),
        node.required("digest").asString(),
        node.required("archive").asString(),
        node.required("status").asString(),
        node.required("detail").asString(""));
  }

  private static Monitor monitor(JsonNode node) {
    return new Monitor(
        node.required("name").asString(),
        node.required("kind").asString(),
        node.required("state").asString(),
        life(node, ""),
        node.required("answered").asBoolean(),
        all(node.required("plugins"), Facts::heldPlugin),
        all(node.required("resources"), Facts::heldResource));
  }

  private static HeldPlugin heldPlugin(JsonNode node) {
    return new HeldPlugin(
        node.required("plugin").asString(),
        node.required("digest").asString(),
        all(node.required("classes"), JsonNode::asString));
  }

  private static HeldResource heldResource(JsonNode node) {
    JsonNode polled = node.required("polledEpoch");
    return new HeldResource(
        node.required("resourceId").asString(),
        node.required("epoch").asLong(),
        node.required("digest").asString(),
        polled.isNull() ? Optional.empty() : Optional.of(polled.asLong()));
  }

  private static Optional<String> text(JsonNode node, String field) {
    JsonNode value = node.required(field);
    return value.isNull() ? Optional.empty() : Optional.of(value.asString());
  }

  private static Optional<Instant> time(JsonNode node, String field) {
    return text(node, field).map(Instant::parse);
  }
}
