package dev.holdfast.bench;

import dev.holdfast.bench.StampingProgram.Stamp;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/**
 * An application is killed; how long until its replacement's first instruction, with policy and
 * durable records? Beside it, in turn, the same by {@link BareSupervisor}.
 */
final class RestartBench {
  private static final int APPLICATIONS = 4;
  private static final int ROUNDS = 160;
  private static final int WARM_UP_ROUNDS = 20;
  private static final double GOAL_MILLIS = 10;
  private static final Duration REST = Duration.ofMillis(40);

  /** More than any application is killed here. */
  private static final String RESTART_THRESHOLD = "63";

  private final Ground ground;

  RestartBench(Ground ground) {
    this.ground = ground;
  }

  void run(Report report) throws IOException, InterruptedException {
    StampingProgram program = StampingProgram.compile(ground);
    var ours = new Series();
    var floor = new Series();
    Path home = ground.directory().resolve("restart");
    Path bareStamps = ground.directory().resolve("bare.stamps");
    try (LiveService service = LiveService.start(ground, home, ground.environment(true));
        var _ = BareSupervisor.start(program, ground.directory(), bareStamps)) {
      service.makeGroup();
      for (int i = 0; i < APPLICATIONS; i++) {
        service.make(name(i), properties(program, i));
      }
      service.online();
      int rounds = ground.rounds(ROUNDS);
      for (int round = -WARM_UP_ROUNDS; round < rounds; round++) {
        int done = round + WARM_UP_ROUNDS;
        Stamp life = StampingProgram.await(bareStamps, done);
        Ground.pause(REST);
        long killedBare = Ground.kill(life.pid());
        long bareNanos = StampingProgram.await(bareStamps, done + 1).nanos() - killedBare;
        Ground.pause(REST);
        long nanos = restart(service, done % APPLICATIONS, done / APPLICATIONS);
        if (round >= 0) {
          floor.add(bareNanos);
          ours.add(nanos);
        }
      }
    }
    report.table("Application killed, its replacement's first instruction, RestartDelay 0");
    report.row("with policy and durable records", ours, GOAL_MILLIS);
    report.row("floor: exit seen, posix_spawn, nothing else", floor);
    report.end();
  }

  private long restart(LiveService service, int application, int life) throws IOException {
    Stamp stamp = StampingProgram.await(stamps(application), life);
    Ground.await("the restart is over", () -> isOnline(service, application, stamp.pid()));
    Ground.pause(REST);
    long killed = Ground.kill(stamp.pid());
    return StampingProgram.await(stamps(application), life + 1).nanos() - killed;
  }

  private static boolean isOnline(LiveService service, int application, int pid)
      throws IOException {
    JsonNode resource = service.api().one("/v1/resources/" + name(application));
    return resource.path("state").asString("").equals("Online")
        && resource.path("pid").asInt(0) == pid;
  }

  private Map<String, List<String>> properties(StampingProgram program, int application) {
    return Map.of(
        "CommandLine",
        List.of("'%s' '%s'".formatted(program.executable(), stamps(application))),
        "RestartDelay",
        List.of("0"),
        "RestartThreshold",
        List.of(RESTART_THRESHOLD));
  }

  private static String name(int application) {
    return "application-" + application;
  }

  private Path stamps(int application) {
    return ground.directory().resolve(name(application) + ".stamps");
  }
}
