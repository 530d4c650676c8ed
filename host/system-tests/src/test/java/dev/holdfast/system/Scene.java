package dev.holdfast.system;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/**
 * What there is to see of a cluster in which something went wrong, while it is still there: what
 * its service said, what it says of monitors and resources, and what all its threads do.
 */
final class Scene {
  /** So many lines of what a service said are told. */
  private static final int LAST_WORDS = 60;

  private static final String JCMD =
      Path.of(System.getProperty("java.home"), "bin", "jcmd").toString();

  private static final Path FOLDER = Path.of("target", "scenes");

  private static final List<String> OF_RESOURCES =
      List.of("name", "state", "health", "pid", "monitorPid", "unsupervisedSince", "detail");

  private Scene() {}

  /** In words, with the file that has the threads. Never fails: something has already. */
  static String of(Cluster cluster) {
    return "its last words: %s%nmonitors: %s%nresources: %s%nthreads: %s"
        .formatted(
            said(() -> lastWords(cluster)),
            said(() -> cluster.door().items("/v1/monitors").toString()),
            said(() -> resources(cluster)),
            said(() -> threads(cluster)));
  }

  @FunctionalInterface
  private interface Look {
    String seen() throws Exception;
  }

  private static String said(Look look) {
    try {
      return look.seen();
    } catch (Exception e) {
      return "not to be seen: " + e.getMessage();
    }
  }

  private static String lastWords(Cluster cluster) throws IOException {
    List<String> lines = cluster.errors().lines().toList();
    return String.join("\n", lines.subList(Math.max(0, lines.size() - LAST_WORDS), lines.size()));
  }

  private static String resources(Cluster cluster) throws IOException {
    List<String> all = new ArrayList<>();
    for (JsonNode resource : cluster.resources()) {
      all.add(
          String.join(
              " ", OF_RESOURCES.stream().map(field -> field + "=" + resource.get(field)).toList()));
    }
    return String.join("; ", all);
  }

  /** Of the service and its monitors, which are Java; of anything else there are none. */
  private static String threads(Cluster cluster) throws IOException, InterruptedException {
    var dumps = new StringBuilder();
    for (Processes.Seen process : cluster.processes()) {
      if (process.command().contains("java")) {
        Ran dump =
            Distribution.run(
                cluster.folder(),
                Map.of(),
                List.of(JCMD, Long.toString(process.pid()), "Thread.print"));
        dumps.append(process).append('\n').append(dump.out()).append(dump.err()).append('\n');
      }
    }
    Files.createDirectories(FOLDER);
    return Files.writeString(
            Files.createTempFile(FOLDER.toAbsolutePath(), "threads", ".txt"), dumps)
        .toString();
  }
}
