package dev.holdfast.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * How much of a core it takes to watch 200 Generic Services each second: SysV scripts, since the
 * machine of a benchmark need not have a systemd. Beside it, in the same run, 200 Generic
 * Applications that are watched as often and cost no look at all.
 */
final class ServicesBench {
  private static final Path SCRIPTS = Path.of("/etc/init.d");
  private static final int RESOURCES = 200;
  private static final Duration SETTLING = Duration.ofSeconds(10);
  private static final int MEASURED_SECONDS = 30;
  private static final double GOAL_PERCENT = 5;
  private static final List<String> EACH_SECOND = List.of("1000");
  private static final List<String> NEVER = List.of("3600000");

  /** A service that is a sleep with a pid file beside it, under each of its names. */
  private static final String SCRIPT =
      """
      #!/bin/sh
      pidfile=@FOLDER@/${0##*/}
      alive() { [ -e "$pidfile" ] && kill -0 "$(cat "$pidfile")" 2>/dev/null; }
      case $1 in
        start)
          alive && exit 0
          setsid sh -c 'echo $$ >"$1"; exec sleep 1000000' sh "$pidfile" >/dev/null 2>&1 </dev/null &
          until alive; do sleep 0.01; done
          ;;
        stop) ! alive || kill "$(cat "$pidfile")"; rm -f "$pidfile" ;;
        status) alive || exit 3 ;;
      esac
      """;

  private final Ground ground;

  ServicesBench(Ground ground) {
    this.ground = ground;
  }

  void run(Report report) throws IOException, InterruptedException {
    if (!Files.isWritable(SCRIPTS) || Files.isDirectory(Path.of("/run/systemd/system"))) {
      throw new IOException(
          "Scripts are installed in " + SCRIPTS + ", which takes root, and no systemd.");
    }
    double applications = percent("applications", ServicesBench::makeApplications);
    List<Path> scripts = new ArrayList<>();
    double services;
    try {
      Path pids = Files.createDirectories(ground.directory().resolve("pids"));
      install(pids, scripts);
      services = percent("services", service -> makeServices(service, pids, scripts));
    } finally {
      for (Path script : scripts) {
        Files.deleteIfExists(script);
      }
    }
    report.say(
        String.format(
            Locale.ROOT,
            "%d Generic Services watched each second: service and monitor use %.1f %% of a core,"
                + " and for as many Generic Applications %.1f; goal under %.0f: %s.",
            RESOURCES,
            services,
            applications,
            GOAL_PERCENT,
            services < GOAL_PERCENT ? "met" : "MISSED"));
  }

  private void install(Path pids, List<Path> scripts) throws IOException {
    for (int i = 0; i < RESOURCES; i++) {
      Path script =
          SCRIPTS.resolve("holdfast-bench-%d-%03d".formatted(ProcessHandle.current().pid(), i));
      scripts.add(script);
      Files.writeString(script, SCRIPT.replace("@FOLDER@", pids.toString()));
      Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
  }

  /** Makes the resources of a service that has none. */
  private interface Making {
    void in(LiveService service) throws IOException;
  }

  private double percent(String home, Making resources) throws IOException, InterruptedException {
    Path folder = ground.directory().resolve(home);
    try (LiveService service = LiveService.start(ground, folder, ground.environment(true))) {
      resources.in(service);
      Ground.await("all are Online", service::isWhole);
      Ground.pause(SETTLING);
      ProcessCpu before = cpu(service);
      long start = System.nanoTime();
      Ground.pause(Duration.ofSeconds(ground.rounds(MEASURED_SECONDS)));
      ProcessCpu used = cpu(service).minus(before);
      long nanos = System.nanoTime() - start;
      service.offline();
      Ground.await("none is Online", () -> isNoneOnline(service));
      return 100.0 * (used.ownNanos() + used.childrenNanos()) / nanos;
    }
  }

  private static boolean isNoneOnline(LiveService service) throws IOException {
    for (var resource : service.api().all("/v1/resources")) {
      if (!resource.path("state").asString("").equals("Offline")) {
        return false;
      }
    }
    return true;
  }

  private static ProcessCpu cpu(LiveService service) throws IOException {
    return ProcessCpu.of(service.pid()).plus(ProcessCpu.of(service.monitorPid()));
  }

  private static void makeApplications(LiveService service) throws IOException {
    service.makeGroup();
    for (int i = 0; i < RESOURCES; i++) {
      service.make(
          "application-%03d".formatted(i),
          Map.of(
              "CommandLine", List.of("/bin/sleep 1000000"),
              "LooksAlivePollInterval", EACH_SECOND,
              "IsAlivePollInterval", NEVER));
    }
    service.online();
  }

  private static void makeServices(LiveService service, Path pids, List<Path> scripts)
      throws IOException {
    service.makeGroup();
    for (Path script : scripts) {
      String name = String.valueOf(script.getFileName());
      service.make(
          name,
          "Generic Service",
          Map.of(
              "ServiceName",
              List.of(name),
              "PidFile",
              List.of(pids.resolve(name).toString()),
              "LooksAlivePollInterval",
              EACH_SECOND,
              "IsAlivePollInterval",
              NEVER));
    }
    service.online();
  }
}
