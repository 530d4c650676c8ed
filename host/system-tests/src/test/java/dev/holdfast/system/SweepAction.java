package dev.holdfast.system;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;
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
      // What a save that was cut off leaves.
      Files.writeString(cluster.home().resolve("quorum").resolve("blobs").resolve("1.new"), "half");
    }
  },

  ONLINE(false) {
    @Override
    void perform(Cluster cluster, SweepHomes homes) throws IOException {
      cluster.change("POST", "/v1/resources/c/online", Map.of());
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
      cluster.change("POST", "/v1/resources/a/offline", Map.of());
    }

    @Override
    Optional<String> broken(Cluster cluster) throws IOException {
      return wanted(cluster, "a", "Offline");
    }
  },

  /** An online that a plugin talks through, and that is cancelled. */
  TALK(false) {
    private static final String TALKER = "talker";

    @Override
    Cluster cluster(SweepHomes homes) throws IOException {
      return homes.talking();
    }

    @Override
    void perform(Cluster cluster, SweepHomes homes) throws IOException {
      cluster.door().begin("POST", "/v1/resources/" + TALKER + "/online");
      cancel(cluster);
    }

    private void cancel(Cluster cluster) throws IOException {
      awaitOrGone(
          cluster,
          "it has said all, and waits",
          () -> {
            JsonNode talker = cluster.resource(TALKER);
            // Online is a second attempt, which does not wait, after its monitor died in the first.
            return talker.required("detail").asString("").contains("step 1 of 1")
                || talker.required("state").asString().equals("Online");
          });
      cluster.change("POST", "/v1/resources/" + TALKER + "/offline", Map.of());
    }

    // Its online may wait still, now that it was begun again.
    @Override
    void resume(Cluster cluster) throws IOException {
      if (cluster.resource(TALKER).required("wanted").asString().equals("Online")) {
        cancel(cluster);
      }
    }

    @Override
    Optional<String> broken(Cluster cluster) throws IOException {
      return wanted(cluster, TALKER, "Offline");
    }
  },

  /** A check that a plugin asks for itself, by a signal. */
  CHECK(false) {
    @Override
    Cluster cluster(SweepHomes homes) throws IOException {
      return homes.talking();
    }

    @Override
    void perform(Cluster cluster, SweepHomes homes) throws IOException {
      cluster.change("POST", "/v1/resources/" + WATCHED + "/online", Map.of());
      awaitOrGone(
          cluster,
          "its LooksAlive has signalled, and its IsAlive answered",
          () -> cluster.resource(WATCHED).required("health").asString().equals("Degraded"));
    }

    @Override
    Optional<String> broken(Cluster cluster) throws IOException {
      return wanted(cluster, WATCHED, "Online");
    }
  },

  /** A property that its plugin puts in effect while it runs. */
  CHANGE(false) {
    private static final String ALIVE = "alive";

    @Override
    Cluster cluster(SweepHomes homes) throws IOException {
      return homes.talking();
    }

    @Override
    void prepare(Cluster cluster) throws IOException {
      cluster.change("POST", "/v1/resources/" + WATCHED + "/online", Map.of());
    }

    @Override
    void perform(Cluster cluster, SweepHomes homes) throws IOException {
      cluster.change(
          "PATCH",
          "/v1/resources/" + WATCHED + "/properties",
          Map.of("properties", Map.of("AtIsAlive", List.of(ALIVE))));
    }

    @Override
    Optional<String> broken(Cluster cluster) throws IOException {
      String properties = cluster.resource(WATCHED).required("properties").toString();
      return properties.contains(ALIVE)
          ? wanted(cluster, WATCHED, "Online")
          : Optional.of("AtIsAlive was set, and the properties are " + properties);
    }
  },

  /** A plugin is asked for what it declares. */
  CONTROL(false) {
    @Override
    Cluster cluster(SweepHomes homes) throws IOException {
      return homes.talking();
    }

    @Override
    void perform(Cluster cluster, SweepHomes homes) throws IOException {
      cluster.change(
          "POST",
          "/v1/resources/" + WATCHED + "/controls/Echo",
          Map.of("parameters", Map.of("text", List.of("heard"))));
    }
  },

  /** What a stranger holds is adopted. */
  ADOPT(false) {
    private static final String STRANGE = "strange";

    @Override
    Cluster cluster(SweepHomes homes) throws IOException {
      return homes.talking();
    }

    @Override
    void perform(Cluster cluster, SweepHomes homes) throws IOException {
      cluster.change("POST", "/v1/resources", SweepHomes.heldByAStranger(STRANGE));
      awaitOrGone(
          cluster,
          "it was looked for",
          () -> cluster.resource(STRANGE).required("unsupervisedSince").isNull());
      cluster.door().begin("POST", "/v1/resources/" + STRANGE + "/online?adopt=true");
      awaitOnline(cluster);
    }

    private void awaitOnline(Cluster cluster) throws IOException {
      awaitOrGone(
          cluster,
          "it is Online",
          () -> cluster.resource(STRANGE).required("state").asString().equals("Online"));
    }

    @Override
    void resume(Cluster cluster) throws IOException {
      if (names(cluster).contains(STRANGE)) {
        cluster.door().begin("POST", "/v1/resources/" + STRANGE + "/online");
        awaitOnline(cluster);
      }
    }

    @Override
    Optional<String> broken(Cluster cluster) throws IOException {
      return wanted(cluster, STRANGE, "Online");
    }
  },

  /** A member of a family becomes a type: its agent is asked what it is. */
  REGISTER_MEMBER(false) {
    private static final String LATE = "ocf:test:late";

    @Override
    Cluster cluster(SweepHomes homes) throws IOException {
      return homes.reaching();
    }

    @Override
    void perform(Cluster cluster, SweepHomes homes) throws IOException {
      cluster.change("POST", "/v1/types", Map.of("name", LATE));
    }

    @Override
    Optional<String> broken(Cluster cluster) throws IOException {
      return cluster.type(LATE).required("status").asString().equals("Registered")
          ? Optional.empty()
          : Optional.of("the type of the agent was registered, and is not");
    }
  },

  /** An agent is run: it is started, and stopped. */
  AGENT(false) {
    @Override
    Cluster cluster(SweepHomes homes) throws IOException {
      return homes.reaching();
    }

    @Override
    void perform(Cluster cluster, SweepHomes homes) throws IOException {
      cluster.change("POST", "/v1/resources/agent/online", Map.of());
      cluster.change("POST", "/v1/resources/agent/offline", Map.of());
    }

    @Override
    Optional<String> broken(Cluster cluster) throws IOException {
      return wanted(cluster, "agent", "Offline");
    }
  },

  /** An agent's start is cancelled, its stop fails, and all that it started is ended. */
  AGENT_CANCEL(false) {
    private static final String SLOW = "slow";

    @Override
    Cluster cluster(SweepHomes homes) throws IOException {
      return homes.reaching();
    }

    @Override
    void perform(Cluster cluster, SweepHomes homes) throws IOException {
      cluster.door().begin("POST", "/v1/resources/" + SLOW + "/online");
      cancel(cluster);
    }

    private void cancel(Cluster cluster) throws IOException {
      Path begun = cluster.directory(SLOW).resolve("begun");
      awaitOrGone(cluster, "its start has begun", () -> Files.exists(begun));
      cluster.change("POST", "/v1/resources/" + SLOW + "/offline", Map.of());
    }

    @Override
    void resume(Cluster cluster) throws IOException {
      if (cluster.resource(SLOW).required("wanted").asString().equals("Online")) {
        cancel(cluster);
      }
    }

    @Override
    Optional<String> broken(Cluster cluster) throws IOException {
      return wanted(cluster, SLOW, "Offline");
    }
  },

  /** What is elsewhere is taken, and given back. */
  ELSEWHERE(false) {
    private static final String VOLUME = "volume";

    @Override
    Cluster cluster(SweepHomes homes) throws IOException {
      return homes.reaching();
    }

    // All copies of a home have the same cloud.
    @Override
    void prepare(Cluster cluster) throws IOException {
      cluster.change(
          "PATCH",
          "/v1/resources/" + VOLUME + "/properties",
          Map.of(
              "properties",
              Map.of("Volume", List.of(String.valueOf(cluster.folder().getFileName())))));
    }

    @Override
    void perform(Cluster cluster, SweepHomes homes) throws IOException {
      cluster.change("POST", "/v1/resources/" + VOLUME + "/online", Map.of());
      cluster.change("POST", "/v1/resources/" + VOLUME + "/offline", Map.of());
    }

    @Override
    Optional<String> broken(Cluster cluster) throws IOException {
      return cluster.resource(VOLUME).required("externals").isEmpty()
          ? wanted(cluster, VOLUME, "Offline")
          : Optional.of("the volume was given back, and is held: " + cluster.resource(VOLUME));
    }
  },

  CREATE(false) {
    @Override
    void perform(Cluster cluster, SweepHomes homes) throws IOException {
      cluster.change("POST", "/v1/resources", homes.resource("d", "a"));
    }

    @Override
    Optional<String> broken(Cluster cluster) throws IOException {
      return names(cluster).contains("d")
          ? Optional.empty()
          : Optional.of("the resource d was created, and is gone");
    }
  },

  DELETE(false) {
    @Override
    void perform(Cluster cluster, SweepHomes homes) throws IOException {
      cluster.change("DELETE", "/v1/resources/c", Map.of());
    }

    @Override
    Optional<String> broken(Cluster cluster) throws IOException {
      return names(cluster).contains("c")
          ? Optional.of("the resource c was deleted, and is there")
          : Optional.empty();
    }
  },

  SET(false) {
    @Override
    void perform(Cluster cluster, SweepHomes homes) throws IOException {
      cluster.change(
          "PATCH",
          "/v1/resources/c/properties",
          Map.of(
              "properties", Map.of("RestartDelay", List.of("7000"), "StopGrace", List.of("3s"))));
    }

    @Override
    Optional<String> broken(Cluster cluster) throws IOException {
      String properties = cluster.resource("c").required("properties").toString();
      return properties.contains("7000") && properties.contains("3s")
          ? Optional.empty()
          : Optional.of("the properties of c were set, and are " + properties);
    }
  },

  REGISTER(false) {
    @Override
    void perform(Cluster cluster, SweepHomes homes) throws IOException {
      cluster.change(
          "POST", "/v1/types", Map.of("archive", Distribution.sample("ticker").toString()));
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

  /** The service is killed; its monitor lets go of everything and leaves. */
  SERVICE_DEATH(false) {
    @Override
    void perform(Cluster cluster, SweepHomes homes) throws IOException, InterruptedException {
      long monitor = cluster.monitor("shared-0").required("pid").asLong();
      cluster.end("KILL");
      Patience.until("its monitor has left", () -> !Processes.isAlive(monitor));
    }

    @Override
    boolean killsTheService() {
      return true;
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

  /** A key and a tree become checkpoints of a resource that is Online. */
  CHECKPOINT_ADD(false) {
    @Override
    void prepare(Cluster cluster) throws IOException {
      SweepSettings.of(cluster).write(FIRST);
    }

    @Override
    void perform(Cluster cluster, SweepHomes homes) throws IOException {
      SweepSettings.of(cluster).addTo("b");
    }

    @Override
    Optional<String> broken(Cluster cluster) throws IOException {
      return first(SweepSettings.of(cluster).brokenUnlessSaved("b", FIRST));
    }
  },

  /** Both are changed while it is Online, for the second time: the oldest generation is dropped. */
  CHECKPOINT_CHANGE(false) {
    @Override
    void prepare(Cluster cluster) throws IOException {
      SweepSettings.of(cluster).write(FIRST).addTo("b").write("another");
      awaitSaved(cluster);
    }

    @Override
    void perform(Cluster cluster, SweepHomes homes) throws IOException {
      SweepSettings.of(cluster).write(SECOND);
      awaitSaved(cluster);
    }

    private void awaitSaved(Cluster cluster) throws IOException {
      awaitOrGone(
          cluster,
          "the change is saved, or told that it cannot be",
          () -> SweepSettings.of(cluster).isSaved("b") || isReadOnly(cluster));
      if (isReadOnly(cluster)) {
        throw new IOException("the database takes nothing any more, as was told");
      }
    }

    // A disk that failed under a save leaves a service that reads, and tells why.
    private static boolean isReadOnly(Cluster cluster) throws IOException {
      return cluster.resource("b").required("detail").asString("").contains("read-only");
    }

    @Override
    Optional<String> broken(Cluster cluster) throws IOException {
      return first(SweepSettings.of(cluster).brokenUnlessSaved("b", SECOND));
    }
  },

  /** What was changed is saved when it has gone offline. */
  CHECKPOINT_OFFLINE(false) {
    @Override
    void prepare(Cluster cluster) throws IOException {
      SweepSettings.of(cluster).write(FIRST).addSlowlySavedTo("b").write(SECOND);
    }

    @Override
    void perform(Cluster cluster, SweepHomes homes) throws IOException {
      cluster.change("POST", "/v1/resources/b/offline", Map.of());
    }

    @Override
    Optional<String> broken(Cluster cluster) throws IOException {
      return wanted(cluster, "b", "Offline")
          .or(() -> uncheckedFirst(() -> SweepSettings.of(cluster).brokenUnlessSaved("b", SECOND)));
    }
  },

  /** Both are restored over an edit, which is kept. */
  CHECKPOINT_ONLINE(false) {
    @Override
    void prepare(Cluster cluster) throws IOException {
      SweepSettings.of(cluster).write(FIRST).addTo("c").write(SECOND);
    }

    @Override
    void perform(Cluster cluster, SweepHomes homes) throws IOException {
      cluster.change("POST", "/v1/resources/c/online", Map.of());
    }

    // A restore that a disk kept from being done is told, and the resource is unrestored.
    @Override
    Optional<String> broken(Cluster cluster) throws IOException {
      boolean isUnrestored = cluster.resource("c").required("unrestored").asBoolean();
      return wanted(cluster, "c", "Online")
          .or(
              () ->
                  isUnrestored
                      ? Optional.empty()
                      : uncheckedFirst(() -> SweepSettings.of(cluster).brokenUnless(FIRST)));
    }
  },

  /** Both are changed in a patch that is committed. */
  CHECKPOINT_PATCH(false) {
    @Override
    void prepare(Cluster cluster) throws IOException {
      SweepSettings.of(cluster).write(FIRST).addTo("c");
    }

    @Override
    void perform(Cluster cluster, SweepHomes homes) throws IOException {
      cluster.change("POST", "/v1/resources/c/patch/begin", Map.of());
      SweepSettings.of(cluster).write(SECOND);
      cluster.change("POST", "/v1/resources/c/patch/commit", Map.of());
    }

    @Override
    Optional<String> broken(Cluster cluster) throws IOException {
      String detail = cluster.resource("c").required("detail").asString("");
      return detail.startsWith("patch")
          ? Optional.of("the patch of c was committed, and is " + detail)
          : first(SweepSettings.of(cluster).brokenUnlessSaved("c", SECOND));
    }
  },

  /** The service asks its monitors what they hold. */
  AUDIT(false) {
    @Override
    void perform(Cluster cluster, SweepHomes homes) throws IOException {
      cluster.door().items("/v1/audit");
    }
  },

  /** Everything is taken offline, and the service ends. */
  STOP(false) {
    @Override
    void perform(Cluster cluster, SweepHomes homes) throws IOException, InterruptedException {
      cluster.change("POST", "/v1/service/stop", Map.of());
      cluster.awaitEnd();
    }
  };

  /** A resource whose checks say what their script does. */
  private static final String WATCHED = "watched";

  /** The version of settings that there is first. */
  private static final String FIRST = "first";

  private static final String SECOND = "second";

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

  boolean killsTheService() {
    return false;
  }

  /** What comes before the action in the service that is to fail, when nothing strikes yet. */
  void prepare(Cluster cluster) throws IOException {}

  /** What comes before the service that is to fail is started. */
  void beforeStart(Cluster cluster) throws IOException, InterruptedException {}

  /**
   * Does it. Returning means that it was acknowledged; a service that went away under it is an
   * {@link IOException}.
   */
  void perform(Cluster cluster, SweepHomes homes) throws IOException, InterruptedException {}

  /** Does what is left of it, in a service that recovered from a point that struck. */
  void resume(Cluster cluster) throws IOException {}

  /** What is not as it was acknowledged to be. */
  Optional<String> broken(Cluster cluster) throws IOException {
    return Optional.empty();
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  private static Optional<String> first(List<String> broken) {
    return broken.stream().reduce((one, other) -> one + "; " + other);
  }

  private static Optional<String> uncheckedFirst(Callable<List<String>> look) {
    try {
      return first(look.call());
    } catch (Exception e) {
      return Optional.of("it cannot be looked at: " + e);
    }
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
    awaitOrGone(cluster, "event " + id + " is told", () -> !cluster.events(id).isEmpty());
  }

  private static void awaitOrGone(Cluster cluster, String what, Callable<Boolean> holds)
      throws IOException {
    var held = new AtomicBoolean();
    Patience.until(
        what + ", or the service is gone",
        () -> {
          if (cluster.service().isAlive()) {
            held.set(holds.call());
          }
          return held.get() || !cluster.service().isAlive();
        });
    if (!held.get()) {
      throw new IOException("the service went away before this held: " + what);
    }
  }

  private static void tearEvents(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      Path last = files.sorted().reduce((_, later) -> later).orElseThrow();
      Files.writeString(last, "{\"seq\":", StandardOpenOption.APPEND);
    }
  }
}
