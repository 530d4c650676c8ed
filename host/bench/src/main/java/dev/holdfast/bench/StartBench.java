package dev.holdfast.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * How long a service takes to its ready line after it was killed, with 10 applications to take
 * over, launcher included; and how long {@code holdfast status} takes. Each with AOT caches, which
 * were made before, and without, in turn; beside them {@code java -version} with the same flags.
 */
final class StartBench {
  private static final int RESOURCES = 10;
  private static final int STARTS = 15;
  private static final int STATUS_A_START = 2;
  private static final double START_GOAL_MILLIS = 1500;
  private static final double STATUS_GOAL_MILLIS = 350;
  private static final Duration REST = Duration.ofMillis(500);

  private static final List<String> SERVICE_FLAGS =
      List.of(
          "-XX:+UseSerialGC",
          "-XX:CompileThresholdScaling=0.25",
          "-XX:Tier4InvocationThreshold=20000",
          "-XX:Tier4MinInvocationThreshold=2400",
          "-XX:Tier4CompileThreshold=60000",
          "-XX:Tier4BackEdgeThreshold=160000",
          "-Xms32m",
          "-Xmx512m");
  private static final List<String> CLI_FLAGS =
      List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xmx128m", "-XX:-UsePerfData");

  private final Ground ground;
  private final Path home;

  StartBench(Ground ground) {
    this.ground = ground;
    this.home = ground.directory().resolve("start");
  }

  /** What is measured with AOT caches, and without. */
  private record Kind(Map<String, String> environment, Series ready, Series status) {
    Kind(Map<String, String> environment) {
      this(environment, new Series(), new Series());
    }
  }

  void run(Report report) throws IOException, InterruptedException {
    var aot = new Kind(ground.environment(true));
    var plain = new Kind(ground.environment(false));
    var serviceFloor = new Series();
    var statusFloor = new Series();
    LiveService service = LiveService.start(ground, home, aot.environment());
    try {
      service.makeSleepers(RESOURCES);
      List<Integer> pids = service.applicationPids();
      int rounds = ground.rounds(STARTS);
      for (int round = -1; round < rounds; round++) {
        for (Kind kind : List.of(aot, plain)) {
          service.kill();
          Ground.pause(REST);
          service = LiveService.start(ground, home, kind.environment());
          if (!service.isWhole() || !service.applicationPids().equals(pids)) {
            throw new IOException(
                "Not every application was taken over; these numbers mean nothing.");
          }
          Ground.pause(REST);
          if (round >= 0) {
            kind.ready().add(service.readyNanos());
            status(kind);
          }
        }
        if (round >= 0) {
          serviceFloor.add(ground.run(version(SERVICE_FLAGS), Map.of()));
          statusFloor.add(ground.run(version(CLI_FLAGS), Map.of()));
        }
      }
    } finally {
      service.close();
    }
    report.table("serve to its ready line, 10 applications to take over, launcher included");
    report.row("with AOT caches", aot.ready(), START_GOAL_MILLIS);
    report.row("without", plain.ready());
    report.row("floor: java -version, same flags", serviceFloor);
    report.end();
    report.table("holdfast status, launcher included");
    report.row("with AOT caches", aot.status(), STATUS_GOAL_MILLIS);
    report.row("without", plain.status());
    report.row("floor: java -version, same flags", statusFloor);
    report.end();
  }

  private void status(Kind kind) throws IOException, InterruptedException {
    for (int i = 0; i < STATUS_A_START; i++) {
      kind.status()
          .add(
              ground.run(
                  List.of(ground.launcher().toString(), "status", "--home", home.toString()),
                  kind.environment()));
    }
  }

  private List<String> version(List<String> flags) {
    var command = new ArrayList<String>();
    command.add(ground.java().toString());
    command.addAll(flags);
    command.add("-version");
    return command;
  }
}
