package dev.holdfast.system;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/** What is done while a fail point strikes, and what must be true of it afterwards. */
enum SweepAction {
  /** The first start ever: all files are made. */
  FIRST_START(true) {
    @Override
    Cluster cluster(SweepHomes homes) throws IOException {
      return homes.none();
    }

    @Override
    boolean hasResources() {
      return false;
    }
  },

  /** The service was killed; what it left is taken over by the next one. */
  RECOVERY(true) {
    @Override
    void beforeStart(Cluster cluster) throws IOException, InterruptedException {
      cluster.start("serve");
      Settled.await(cluster);
      cluster.end("KILL");
      tearEvents(cluster.home().resolve("events"));
      // What a compaction that was cut off leaves.
      Files.writeString(cluster.home().resolve("quorum").resolve("cluster.log.new"), "half");
    }
  },

  ONLINE(false) {
    @Override
    void perform(Cluster cluster, SweepHomes homes) throws IOException {
      cluster.door().change("POST", "/v1/resources/c/online", "");
    }

    @Override
    Optional<String> broken(Cluster cluster) throws IOException {
      return wanted(cluster, "c", "Online");
    }
  },

  /** Two resources, the dependent one first. */
  OFFLINE(false) {
    @Override
    void perform(Cluster cluster, SweepHomes homes) throws IOException {
      cluster.door().change("POST", "/v1/resources/a/offline", "");
    }

    @Override
    Optional<String> broken(Cluster cluster) throws IOException {
      return wanted(cluster, "a", "Offline");
    }
  },

  CREATE(false) {
    @Override
    void perform(Cluster cluster, SweepHomes homes) throws IOException {
      cluster.door().change("POST", "/v1/resources", homes.resource("d", "\"a\""));
    }

    @Override
    Optional<String> broken(Cluster cluster) throws IOException {
      return names(cluster).contains("d")
          ? Optional.empty()
          : Optional.of("the resource d was created, and is gone");
    }
  },

  SET(false) {
    private static final String DELAY = "RestartDelay";

    @Override
    void perform(Cluster cluster, SweepHomes homes) throws IOException {
      cluster
          .door()
          .change(
              "PATCH",
              "/v1/resources/c/properties",
              "{\"properties\":{\"" + DELAY + "\":[\"7s\"],\"StopGrace\":[\"3s\"]}}");
    }

    @Override
    Optional<String> broken(Cluster cluster) throws IOException {
      String properties = cluster.resource("c").required("properties").toString();
      return properties.contains("7") && properties.contains("3")
          ? Optional.empty()
          : Optional.of("the properties of c were set, and are " + properties);
    }
  },

  REGISTER(false) {
    @Override
    void perform(Cluster cluster, SweepHomes homes) throws IOException {
      cluster
          .door()
          .change("POST", "/v1/types", "{\"archive\":\"" + Distribution.sample("ticker") + "\"}");
    }

    @Override
    Optional<String> broken(Cluster cluster) throws IOException {
      return cluster.door().items("/v1/types").stream()
              .anyMatch(
                  type ->
                      type.required("plugin").asString().contains("ticker")
                          && type.required("status").asString().equals("Registered"))
          ? Optional.empty()
          : Optional.of("the type of the ticker was registered, and is not");
    }
  },

  MONITOR_DEATH(false) {
    @Override
    void perform(Cluster cluster, SweepHomes homes) throws IOException, InterruptedException {
      Processes.signal(cluster.monitor("shared-0").required("pid").asLong(), "KILL");
      awaitEvent(cluster, 1146);
    }
  },

  APPLICATION_DEATH(false) {
    @Override
    void perform(Cluster cluster, SweepHomes homes) throws IOException, InterruptedException {
      Processes.signal(cluster.number("b", "pid"), "KILL");
      awaitEvent(cluster, 2006);
    }
  },

  /** The cluster database is written anew, without what led to it. */
  COMPACTION(false) {
    private static final int FILLS = 4;

    @Override
    Cluster cluster(SweepHomes homes) throws IOException {
      return homes.full();
    }

    @Override
    void perform(Cluster cluster, SweepHomes homes) throws IOException {
      for (int i = 0; i < FILLS; i++) {
        SweepHomes.fill(cluster, i);
      }
    }

    @Override
    Optional<String> broken(Cluster cluster) throws IOException {
      return names(cluster).containsAll(List.of("a", "b", "c"))
          ? Optional.empty()
          : Optional.of("the database was compacted, and has only " + names(cluster));
    }
  },

  /** Everything is taken offline, and the service ends. */
  STOP(false) {
    @Override
    void perform(Cluster cluster, SweepHomes homes) throws IOException, InterruptedException {
      cluster.door().change("POST", "/v1/service/stop", "{}");
      cluster.awaitEnd();
    }
  };

  private final boolean atStart;

  SweepAction(boolean atStart) {
    this.atStart = atStart;
  }

  /** Whether the action is the start of a service, so that hits are counted from its beginning. */
  boolean isAtStart() {
    return atStart;
  }

  Cluster cluster(SweepHomes homes) throws IOException {
    return homes.usual();
  }

  boolean hasResources() {
    return true;
  }

  /** What comes before the service that is to fail is started. */
  void beforeStart(Cluster cluster) throws IOException, InterruptedException {}

  /**
   * Does it. Returning means that it was acknowledged; a service that went away under it is an
   * {@link IOException}.
   */
  void perform(Cluster cluster, SweepHomes homes) throws IOException, InterruptedException {}

  /** What is not as it was acknowledged to be. */
  Optional<String> broken(Cluster cluster) throws IOException {
    return Optional.empty();
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  private static List<String> names(Cluster cluster) throws IOException {
    return cluster.resources().stream()
        .map(resource -> resource.required("name").asString())
        .toList();
  }

  private static Optional<String> wanted(Cluster cluster, String resource, String wanted)
      throws IOException {
    JsonNode found = cluster.resource(resource).required("wanted");
    return found.asString("").equals(wanted)
        ? Optional.empty()
        : Optional.of(
            resource + " is wanted " + found + ", and was acknowledged to be wanted " + wanted);
  }

  /** Waits until it is told; fails when the service goes away before that. */
  private static void awaitEvent(Cluster cluster, int id) throws IOException {
    var told = new ArrayList<JsonNode>();
    Patience.named("event " + id + " is told, or the service is gone")
        .until(
            () -> {
              if (!cluster.service().isAlive()) {
                return true;
              }
              told.addAll(cluster.events(id));
              return !told.isEmpty();
            });
    if (told.isEmpty()) {
      throw new IOException("the service went away before it told event " + id);
    }
  }

  private static void tearEvents(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      Path last = files.sorted().reduce((_, later) -> later).orElseThrow();
      Files.writeString(last, "{\"seq\":", StandardOpenOption.APPEND);
    }
  }
}
