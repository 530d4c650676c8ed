package dev.holdfast.system;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Homes that a sweep's clusters are copies of, made once: copying one takes milliseconds, making
 * one some seconds.
 *
 * <p>There are three resources, all of them {@code life-journal.sh}: {@code a}; {@code b}, which
 * depends on it; and {@code c}, which is Offline.
 */
final class SweepHomes implements AutoCloseable {
  /** Property text of this size, a few times, brings the database to its compaction. */
  private static final int FILL_BYTES = 800_000;

  /** Well before the 16 MiB at which it is compacted, room made in advance included. */
  private static final long FILLED_BYTES = 15L << 20;

  /** In the directory of each resource, where its application runs; so a home can be copied. */
  private static final Path JOURNAL = Path.of("life.journal");

  private final Path folder;
  private final Cluster usual;
  private final Cluster full;
  private final Cluster talking;
  private final Cluster reaching;
  private final VolumeCloud cloud;
  private final Path agents;

  SweepHomes() throws Exception {
    folder = Files.createTempDirectory("holdfast-sweep");
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
    usual = prepared(Cluster.empty());
    full = filled(Cluster.copyOf(usual.home()));
    talking = talking(Cluster.copyOf(usual.home()));
    cloud = VolumeCloud.start();
    agents = agents(folder.resolve("ocf"));
    reaching = reaching(Cluster.copyOf(usual.home()));
  }

  /** Two agents alike: one is registered in homes that have it, the other is not. */
  private static Path agents(Path root) throws IOException {
    Path provider = Files.createDirectories(root.resolve("resource.d").resolve("test"));
    for (String name : List.of("sweep", "late")) {
      Path agent = provider.resolve(name);
      try (InputStream source =
          Objects.requireNonNull(SweepHomes.class.getResourceAsStream("/sweep-agent.sh"))) {
        Files.copy(source, agent);
      }
      Files.setPosixFilePermissions(agent, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
    return root;
  }

  private Cluster prepared(Cluster cluster) throws Exception {
    cluster.start("serve");
    cluster.change("POST", "/v1/groups", Map.of("name", "g"));
    cluster.change("POST", "/v1/resources", resource("a"));
    cluster.change("POST", "/v1/resources", resource("b", "a"));
    cluster.change("POST", "/v1/resources", resource("c"));
    cluster.change("POST", "/v1/resources/b/online", Map.of());
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

  /**
   * Has two more resources: {@code talker} says during its online all that a plugin can say there,
   * {@code watched} signals in each LooksAlive, which is answered by an IsAlive.
   */
  private static Cluster talking(Cluster cluster) throws Exception {
    cluster.start("serve");
    cluster.change(
        "POST", "/v1/types", Map.of("archive", Distribution.sample("scriptable").toString()));
    List<String> online = List.of("log 1", "token 8", "progress 1 1ms", "once wait");
    cluster.change("POST", "/v1/resources", scriptable("talker", Map.of("AtOnline", online)));
    cluster.change(
        "POST",
        "/v1/resources",
        scriptable(
            "watched",
            Map.of(
                "LooksAlivePollInterval", List.of("100"),
                "AtLooksAlive", List.of("signal something"),
                "AtIsAlive", List.of("degraded by what was signalled"))));
    stop(cluster);
    return cluster;
  }

  /**
   * Has three more resources, which are Offline: {@code agent} of an OCF agent, {@code slow}, whose
   * start lasts until it is cancelled, and {@code volume} at a cloud.
   */
  private Cluster reaching(Cluster cluster) throws Exception {
    cluster.with("OCF_ROOT", agents.toString()).start("serve");
    cluster.change("POST", "/v1/types", Map.of("name", "ocf:test:sweep"));
    cluster.change(
        "POST", "/v1/types", Map.of("archive", Distribution.sample("lease-volume").toString()));
    cluster.change("POST", "/v1/resources", of("ocf:test:sweep", "agent", Map.of()));
    cluster.change(
        "POST", "/v1/resources", of("ocf:test:sweep", "slow", Map.of("hold", List.of("1"))));
    cluster.change(
        "POST",
        "/v1/resources",
        of(
            "Lease Volume",
            "volume",
            Map.of("Api", List.of(cloud.url()), "Volume", List.of("template"))));
    stop(cluster);
    return cluster;
  }

  private static Map<String, Object> scriptable(String name, Map<String, Object> properties) {
    return of("Scriptable", name, properties);
  }

  private static Map<String, Object> of(String type, String name, Map<String, Object> properties) {
    return Map.of("name", name, "type", type, "group", "g", "properties", properties);
  }

  /** What creates a resource that a stranger holds, as its first look says, and nobody after it. */
  static Map<String, Object> heldByAStranger(String name) {
    return scriptable(name, Map.of("AtFind", List.of("once foreign 7 a stranger")));
  }

  /** Makes the database longer. */
  static void fill(Cluster cluster, int with) throws IOException {
    String text = String.valueOf((char) ('a' + with % 26)).repeat(FILL_BYTES);
    cluster.change(
        "PATCH",
        "/v1/groups/g/properties",
        Map.of("properties", Map.of("Description", List.of(text))));
  }

  /**
   * The token of a slot's next process is written down with the end of the one before, and copies
   * that run at one time must not share any. With another signal to stop by, it is not taken.
   */
  private static void stop(Cluster cluster) throws IOException, InterruptedException {
    for (String resource : List.of("a", "b")) {
      String now = cluster.resource(resource).at("/properties/StopSignal").asString("TERM");
      cluster.change(
          "PATCH",
          "/v1/resources/" + resource + "/properties",
          Map.of("properties", Map.of("StopSignal", List.of(now.equals("INT") ? "TERM" : "INT"))));
    }
    cluster.change("POST", "/v1/service/stop", Map.of());
    cluster.awaitEnd();
  }

  /** What creates a resource that keeps a {@link LifeJournal} in its own directory. */
  Map<String, Object> resource(String name, String... dependsOn) throws IOException {
    return Map.of(
        "name",
        name,
        "type",
        "Generic Application",
        "group",
        "g",
        "dependsOn",
        List.of(dependsOn),
        "properties",
        Map.of("CommandLine", List.of(LifeJournal.commandLine(folder, JOURNAL))));
  }

  /** A home that is not there yet. */
  Cluster none() throws IOException {
    return Cluster.empty();
  }

  /** A home that was stopped in order: a and b are wanted Online, c is not. */
  Cluster usual() throws IOException {
    return Cluster.copyOf(usual.home());
  }

  /** The same, shortly before its database is compacted. */
  Cluster full() throws IOException {
    return Cluster.copyOf(full.home());
  }

  /**
   * With the resource {@code talker}, whose first online lasts until it is cancelled, and {@code
   * watched}, which is Offline.
   */
  Cluster talking() throws IOException {
    return Cluster.copyOf(talking.home());
  }

  /** With {@code agent}, {@code slow} and {@code volume}, all of them Offline. */
  Cluster reaching() throws IOException {
    return Cluster.copyOf(reaching.home()).with("OCF_ROOT", agents.toString());
  }

  /** What the application of a resource in one of these homes says of its own lives. */
  static LifeJournal journal(Path directory) {
    return LifeJournal.of(directory.resolve(JOURNAL));
  }

  @Override
  public void close() throws IOException {
    usual.close();
    full.close();
    talking.close();
    reaching.close();
    try {
      cloud.assertNeverAttachedTwice();
    } finally {
      cloud.close();
    }
    Cluster.removeTree(folder);
  }
}
