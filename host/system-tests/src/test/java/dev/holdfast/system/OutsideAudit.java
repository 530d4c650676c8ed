package dev.holdfast.system;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/**
 * The rules that hold after every crash, looked at through {@code /proc}, the journals of the
 * applications, the files and the API.
 */
final class OutsideAudit implements Audit {
  /** More than a sweep's cluster ever writes. */
  private static final String ALL_EVENTS = "/v1/events?limit=10000";

  private static final String MONITOR_MAIN = "dev.holdfast.monitor.ResourceMonitor";

  /** What writers call a file before it has its name; none is left when nobody writes. */
  private static final List<String> UNFINISHED = List.of(".incoming-", ".tmp", ".new");

  @Override
  public List<String> violations(Cluster cluster) throws IOException {
    var wrong = new ArrayList<String>();
    List<JsonNode> resources = cluster.resources();
    for (JsonNode resource : resources) {
      if (resource.required("properties").toString().contains(Journal.PROGRAM)) {
        wrong.addAll(oneLife(cluster, resource));
      }
    }
    wrong.addAll(nobodyElse(cluster, resources));
    wrong.addAll(gaplessEvents(cluster));
    wrong.addAll(oneIncidentForEachDeath(cluster));
    wrong.addAll(nothingUnfinished(cluster.home()));
    return wrong;
  }

  /**
   * One living process in the slot of what is Online, none in any other, and one life at a time.
   */
  private static List<String> oneLife(Cluster cluster, JsonNode resource) throws IOException {
    String name = resource.required("name").asString();
    Path directory =
        cluster.home().resolve("resources").resolve(resource.required("id").asString());
    Journal journal = Journal.in(directory);
    var wrong = new ArrayList<String>(journal.violations());
    List<Long> alive = journal.alive().stream().map(Journal.Line::pid).toList();
    List<Long> expected =
        resource.required("state").asString().equals("Online")
            ? List.of(resource.required("pid").asLong())
            : List.of();
    if (!alive.equals(expected)) {
      wrong.add("its living processes are %s and should be %s".formatted(alive, expected));
    }
    return wrong.stream().map(what -> name + ": " + what).toList();
  }

  /** Every process of this home is one that the service tells of. */
  private static List<String> nobodyElse(Cluster cluster, List<JsonNode> resources)
      throws IOException {
    Set<Long> told =
        Stream.concat(
                resources.stream().map(resource -> resource.path("pid")),
                cluster.door().items("/v1/monitors").stream().map(monitor -> monitor.path("pid")))
            .filter(JsonNode::isNumber)
            .map(JsonNode::asLong)
            .collect(Collectors.toSet());
    return cluster.processes().stream()
        .filter(process -> isMonitor(process) || isApplication(process))
        .filter(process -> !told.contains(process.pid()))
        .map(process -> "a process that the service does not know: " + process)
        .toList();
  }

  private static boolean isMonitor(Processes.Seen process) {
    return process.command().contains(MONITOR_MAIN);
  }

  private static boolean isApplication(Processes.Seen process) {
    return process.command().stream().anyMatch(word -> word.endsWith("/" + Journal.PROGRAM));
  }

  private static List<String> gaplessEvents(Cluster cluster) throws IOException {
    var wrong = new ArrayList<String>();
    long expected = 1;
    for (JsonNode event : cluster.door().items(ALL_EVENTS)) {
      long seq = event.required("seq").asLong();
      if (seq != expected) {
        wrong.add("event %d follows event %d".formatted(seq, expected - 1));
      }
      expected = seq + 1;
    }
    return wrong;
  }

  private static List<String> oneIncidentForEachDeath(Cluster cluster) throws IOException {
    var deaths = new HashSet<String>();
    return cluster.door().items("/v1/incidents").stream()
        .map(
            incident ->
                "%s (pid %s, epoch %s)"
                    .formatted(
                        incident.required("monitor").asString(),
                        incident.required("pid"),
                        incident.required("epoch")))
        .filter(death -> !deaths.add(death))
        .map(death -> "two incidents tell of one death of " + death)
        .toList();
  }

  private static List<String> nothingUnfinished(Path home) throws IOException {
    try (Stream<Path> files = Files.walk(home)) {
      return files
          .filter(
              file ->
                  UNFINISHED.stream()
                      .anyMatch(mark -> Objects.toString(file.getFileName()).contains(mark)))
          .map(file -> "a file that nobody finishes: " + home.relativize(file))
          .toList();
    }
  }
}
