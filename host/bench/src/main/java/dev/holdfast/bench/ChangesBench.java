package dev.holdfast.bench;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import tools.jackson.databind.JsonNode;

/**
 * A thousand resources with a checkpoint each, and a change to each of their keys every second:
 * what processor time the service takes for a round of that, by the kernel's count. On a busy
 * machine a round takes longer than its second, and the processor time is the same.
 *
 * <p>The floor is the same service with the same changes, made to keys that no checkpoint has; and
 * with none at all.
 */
final class ChangesBench {
  private static final int ROUNDS = 40;
  private static final int WARM_UP_ROUNDS = 10;
  private static final int VALUES = 8;
  private static final int CLIENTS = 8;
  private static final double GOAL_MILLIS = 500;
  private static final long SECOND = Duration.ofSeconds(1).toNanos();

  /** So many changes may share a save with the one before, when a round was late. */
  private static final double SAVED_SHARE_MIN = 0.9;

  private final Ground ground;
  private final int resources;

  ChangesBench(Ground ground, int resources) {
    this.ground = ground;
    this.resources = resources;
  }

  void run(Report report) throws IOException, InterruptedException {
    try (LiveService service =
        LiveService.start(
            ground, ground.directory().resolve("changes"), ground.environment(true))) {
      service.makeSleepers(resources);
      makeKeys(service.api(), "Checkpointed");
      makeKeys(service.api(), "Other");
      List<JsonNode> all = service.api().all("/v1/resources").valueStream().toList();
      for (int i = 0; i < resources; i++) {
        service
            .api()
            .tell(
                "/v1/resources/%s/checkpoints".formatted(all.get(i).path("name").asString("")),
                Map.of("of", "registry:" + below("Checkpointed", i)));
      }
      Ground.await("all are online", service::isWhole);
      measure(report, service);
    }
  }

  private void measure(Report report, LiveService service)
      throws IOException, InterruptedException {
    int rounds = ground.rounds(ROUNDS);
    report.table(
        "%,d resources with a checkpoint each; processor time of the service for a second's changes"
            .formatted(resources));
    report.row("nothing changes", new Rounds(service, "Other", Asking.NOTHING).run(rounds).cpu());
    for (Asking asking : List.of(Asking.CONNECTING, Asking.CONNECTED, Asking.TOGETHER)) {
      Rounds.Took floor = new Rounds(service, "Other", asking).run(rounds);
      long before = generations(service.api());
      Rounds.Took ours = new Rounds(service, "Checkpointed", asking).run(rounds);
      long saved = generations(service.api()) - before;
      long due = (long) resources * (rounds + WARM_UP_ROUNDS);
      report.row("all change, " + asking.text, ours.cpu(), GOAL_MILLIS);
      report.row("a round of these, wall clock", ours.wall());
      report.row("floor: as many keys without checkpoints change", floor.cpu());
      if (saved < SAVED_SHARE_MIN * due) {
        report.say("Only %,d generations of %,d changes were saved.".formatted(saved, due));
      }
    }
    report.end();
  }

  /** How changes are asked for. */
  private enum Asking {
    NOTHING("", 0),
    CONNECTING("each by a request and a connection of its own", 1),
    CONNECTED("each by a request of its own, on connections that are kept", 1),
    TOGETHER("20 a request", 20);

    private final String text;

    /** So many changes are one request; 0 for no changes. */
    private final int together;

    Asking(String text, int together) {
      this.text = text;
      this.together = together;
    }
  }

  private static String below(String parent, int i) {
    return "Software\\%s\\Program %04d".formatted(parent, i);
  }

  private void makeKeys(Api api, String parent) throws IOException {
    for (int i = 0; i < resources; i++) {
      List<Map<String, Object>> changes = new ArrayList<>();
      String key = "HKLM\\" + below(parent, i);
      changes.add(Map.of("kind", "CREATE_KEY", "path", key));
      for (int value = 0; value < VALUES; value++) {
        changes.add(change(key, "Value " + value, "as it was made"));
      }
      api.tell("/v1/registry", Map.of("changes", changes));
    }
  }

  private static Map<String, Object> change(String key, String name, String data) {
    return Map.of(
        "kind", "SET_VALUE", "path", key, "value", Map.of("name", name, "data", List.of(data)));
  }

  /** Changes all keys below a parent, round by round, evenly over each second. */
  private final class Rounds {
    private final LiveService service;
    private final String parent;
    private final Asking asking;
    private final int together;
    private final BlockingQueue<KeptConnection> idle = new LinkedBlockingQueue<>();

    /** What each round took. */
    record Took(Series cpu, Series wall) {}

    Rounds(LiveService service, String parent, Asking asking) {
      this.service = service;
      this.parent = parent;
      this.asking = asking;
      this.together = asking.together;
    }

    Took run(int rounds) throws IOException, InterruptedException {
      var took = new Took(new Series(), new Series());
      try (ExecutorService clients = Executors.newFixedThreadPool(CLIENTS)) {
        for (int round = -WARM_UP_ROUNDS; round < rounds; round++) {
          long before = service.cpuNanos();
          long start = System.nanoTime();
          round(clients, start, round);
          if (round >= 0) {
            took.cpu().add(service.cpuNanos() - before);
            took.wall().add(System.nanoTime() - start);
          }
        }
      } finally {
        for (KeptConnection connection : idle) {
          connection.close();
        }
      }
      return took;
    }

    private void round(ExecutorService clients, long start, int round)
        throws IOException, InterruptedException {
      List<Future<?>> requests = new ArrayList<>();
      for (int i = 0; together > 0 && i < resources; i += together) {
        pauseUntil(start + SECOND * i / resources);
        requests.add(clients.submit(request(i, round)));
      }
      for (Future<?> request : requests) {
        try {
          request.get();
        } catch (ExecutionException e) {
          throw new IOException("A change was not made.", e.getCause());
        }
      }
      pauseUntil(start + SECOND);
    }

    private Callable<?> request(int from, int round) {
      List<Map<String, Object>> changes = new ArrayList<>();
      for (int i = from; i < Math.min(from + together, resources); i++) {
        changes.add(change("HKLM\\" + below(parent, i), "Value 0", "since round " + round));
      }
      Map<String, Object> body = Map.of("changes", changes);
      return asking == Asking.CONNECTED
          ? () -> tellOnKept(body)
          : () -> service.api().tell("/v1/registry", body);
    }

    private String tellOnKept(Map<String, Object> body) throws IOException {
      KeptConnection free = idle.poll();
      KeptConnection connection = free == null ? service.api().connect() : free;
      String answer = connection.tell("/v1/registry", Api.bytes(body));
      idle.add(connection); // One that failed ends the benchmark.
      return answer;
    }

    private static void pauseUntil(long nanos) {
      long wait = nanos - System.nanoTime();
      if (wait > 0) {
        Ground.pause(Duration.ofNanos(wait));
      }
    }
  }

  /** The numbers of all current generations together. */
  private static long generations(Api api) throws IOException {
    return api.all("/v1/checkpoints")
        .valueStream()
        .mapToLong(each -> each.path("generation").asLong(0))
        .sum();
  }
}
