package dev.holdfast.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/**
 * Two homes share a quorum, with ten resources that have a checkpoint each. The service that holds
 * it is killed; how long until the other one has all of them online?
 *
 * <p>The floor is the resources' own start: the group is taken offline and brought online again by
 * the service that took over.
 */
final class TakeoverBench {
  private static final int ROUNDS = 20;
  private static final int WARM_UP_ROUNDS = 2;
  private static final int RESOURCES = 10;
  private static final double GOAL_ON_TOP_MILLIS = 1_000;
  private static final Duration REST = Duration.ofSeconds(1);

  private final Ground ground;
  private final Path quorum;

  TakeoverBench(Ground ground) {
    this.ground = ground;
    this.quorum = ground.directory().resolve("takeover").resolve("quorum");
  }

  void run(Report report) throws IOException {
    var taken = new Series();
    var own = new Series();
    LiveService holder = start("alpha", "ready");
    LiveService waiting = start("beta", "waiting");
    try {
      make(holder);
      for (int round = -WARM_UP_ROUNDS; round < ground.rounds(ROUNDS); round++) {
        String dead = round % 2 == 0 ? "alpha" : "beta";
        Ground.pause(REST);
        long killed = System.nanoTime();
        Ground.kill(holder.pid());
        LiveService heir = waiting;
        Ground.await("the other one has all online", () -> hasAll(heir));
        long took = System.nanoTime() - killed;
        holder = heir;
        long start = ownStart(holder);
        waiting = start(dead, "waiting");
        if (round >= 0) {
          taken.add(took);
          own.add(start);
        }
      }
    } finally {
      waiting.close();
      holder.close();
    }
    report.table(
        "A service killed, %d resources with a checkpoint each online by the second home's"
            .formatted(RESOURCES));
    report.row("all online", taken, own.p50Millis() + GOAL_ON_TOP_MILLIS);
    report.row("floor: the resources' own start, by the same service", own);
    report.end();
  }

  private LiveService start(String node, String as) throws IOException {
    return LiveService.start(
        ground,
        ground.directory().resolve("takeover").resolve(node),
        ground.environment(true),
        as,
        List.of("--node", node, "--quorum", quorum.toString()));
  }

  private static void make(LiveService service) throws IOException {
    service.makeSleepers(RESOURCES);
    for (JsonNode resource : service.api().all("/v1/resources")) {
      String name = resource.path("name").asString("");
      String key = "Software\\" + name;
      service
          .api()
          .tell(
              "/v1/registry",
              Map.of("changes", List.of(Map.of("kind", "CREATE_KEY", "path", "HKLM\\" + key))));
      service
          .api()
          .tell("/v1/resources/%s/checkpoints".formatted(name), Map.of("of", "registry:" + key));
    }
  }

  private static boolean hasAll(LiveService service) throws IOException {
    return service.api().has("/v1/resources")
        && service.isWhole()
        && service.api().all("/v1/resources").size() == RESOURCES;
  }

  private static long ownStart(LiveService service) throws IOException {
    service.offline();
    long start = System.nanoTime();
    service.online();
    return System.nanoTime() - start;
  }
}
