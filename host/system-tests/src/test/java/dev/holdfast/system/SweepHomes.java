package dev.holdfast.system;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import tools.jackson.databind.JsonNode;

/**
 * Homes that a sweep's clusters are copies of, made once: copying one takes milliseconds, making
 * one some seconds.
 *
 * <p>There are three resources, all of them {@code journal-app}: {@code a}; {@code b}, which
 * depends on it; and {@code c}, which is Offline.
 */
final class SweepHomes implements AutoCloseable {
  /** Property text of this size, a few times, brings the database to its compaction. */
  private static final int FILL_BYTES = 800_000;

  /** Well before the 16 MiB at which it is compacted, room made in advance included. */
  private static final long FILLED_BYTES = 15L << 20;

  private final Path folder;
  private final Path program;
  private final Cluster usual;
  private final Cluster full;
  private final Cluster talking;

  SweepHomes() throws Exception {
    folder = Files.createTempDirectory("holdfast-sweep");
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
    program = folder.resolve(Journal.PROGRAM);
    try (InputStream script =
        Objects.requireNonNull(SweepHomes.class.getResourceAsStream("/sweep/journal-app"))) {
      Files.copy(script, program);
    }
    Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
    makeCaches();
    usual = prepared(withCaches(Cluster.empty()));
    full = filled(copy(usual));
    talking = talking(copy(usual));
  }

  private Path caches() {
    String given = System.getProperty(Distribution.CACHE_PROPERTY);
    return given == null ? folder.resolve("caches") : Path.of(given);
  }

  /** AOT caches are half of what a start costs, and a sweep is starts. */
  private void makeCaches() throws IOException, InterruptedException {
    Process making =
        Distribution.builder(
                Map.of("HOLDFAST_CACHE", caches().toString()),
                List.of(Distribution.launcher().toString(), "--make-aot-caches"))
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("caches.log").toFile())
            .start();
    if (making.waitFor() != 0) {
      throw new IOException("AOT caches cannot be made, see " + folder.resolve("caches.log"));
    }
  }

  private Cluster withCaches(Cluster cluster) {
    return cluster.with("HOLDFAST_CACHE", caches().toString());
  }

  private Cluster copy(Cluster template) throws IOException {
    return withCaches(Cluster.copyOf(template.home()));
  }

  private Cluster prepared(Cluster cluster) throws Exception {
    cluster.start("serve");
    Door door = cluster.door();
    done(door.change("POST", "/v1/groups", "{\"name\":\"g\"}"));
    done(door.change("POST", "/v1/resources", resource("a", "")));
    done(door.change("POST", "/v1/resources", resource("b", "\"a\"")));
    done(door.change("POST", "/v1/resources", resource("c", "")));
    done(door.change("POST", "/v1/resources/b/online", ""));
    stop(cluster);
    return cluster;
  }

  private static Cluster filled(Cluster cluster) throws Exception {
    cluster.start("serve");
    Path database = cluster.home().resolve("quorum").resolve("cluster.log");
    for (int i = 0; Files.size(database) < FILLED_BYTES; i++) {
      fill(cluster, i);
    }
    stop(cluster);
    return cluster;
  }

  /** Has one more resource, which says during its online all that a plugin can say. */
  private static Cluster talking(Cluster cluster) throws Exception {
    cluster.start("serve");
    Door door = cluster.door();
    done(
        door.change(
            "POST", "/v1/types", "{\"archive\":\"" + Distribution.sample("scripted") + "\"}"));
    done(
        door.change(
            "POST",
            "/v1/resources",
            """
            {"name":"talker","type":"Scripted","group":"g","properties":{"Script":[
              "online: log 1","online: remember a place","online: signal nothing",
              "online: progress 1 1ms","online: once wait"]}}
            """));
    stop(cluster);
    return cluster;
  }

  /** Makes the database longer. */
  static void fill(Cluster cluster, int with) throws IOException {
    String text = String.valueOf((char) ('a' + with % 26)).repeat(FILL_BYTES);
    done(
        cluster
            .door()
            .change(
                "PATCH",
                "/v1/groups/g/properties",
                "{\"properties\":{\"Description\":[\"" + text + "\"]}}"));
  }

  private static void stop(Cluster cluster) throws IOException, InterruptedException {
    done(cluster.door().change("POST", "/v1/service/stop", "{}"));
    cluster.awaitEnd();
  }

  private static void done(JsonNode operation) throws IOException {
    if (!operation.required("state").asString().equals("done")) {
      throw new IOException("A home for the sweep cannot be made: " + operation);
    }
  }

  /** The body that creates a resource. */
  String resource(String name, String dependsOn) {
    return """
    {"name":"%s","type":"Generic Application","group":"g","dependsOn":[%s],
     "properties":{"CommandLine":["%s"]}}
    """
        .formatted(name, dependsOn, program);
  }

  /** A home that is not there yet. */
  Cluster none() throws IOException {
    return withCaches(Cluster.empty());
  }

  /** A home that was stopped in order: a and b are wanted Online, c is not. */
  Cluster usual() throws IOException {
    return copy(usual);
  }

  /** The same, shortly before its database is compacted. */
  Cluster full() throws IOException {
    return copy(full);
  }

  /** With the resource {@code talker}, whose first online lasts until it is cancelled. */
  Cluster talking() throws IOException {
    return copy(talking);
  }

  @Override
  public void close() throws IOException {
    usual.close();
    full.close();
    talking.close();
    Cluster.removeTree(folder);
  }
}
