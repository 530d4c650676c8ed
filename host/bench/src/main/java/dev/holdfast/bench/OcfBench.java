package dev.holdfast.bench;

import dev.holdfast.service.process.LinuxProcesses;
import dev.holdfast.service.process.ProcessLimits;
import dev.holdfast.service.process.ProcessSpec;
import dev.holdfast.service.process.Processes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/**
 * How much processor time a monitor of an OCF agent takes beyond the agent's own fork and run, and
 * how many agents a second are asked. Beside it, in the same run, the same agent forked, run and
 * reaped, and nothing else.
 */
final class OcfBench {
  private static final String TYPE = "ocf:heartbeat:Dummy";
  private static final Path AGENT = Path.of("/usr/lib/ocf/resource.d/heartbeat/Dummy");
  private static final int BARE_RUNS = 400;
  private static final int RESOURCES = 100;
  private static final int POLL_MILLIS = 250;
  private static final Duration SETTLING = Duration.ofSeconds(10);
  private static final int MEASURED_SECONDS = 20;
  private static final double GOAL_MILLIS = 0.3;
  private static final double NANOS_A_MILLI = 1e6;

  private final Ground ground;

  OcfBench(Ground ground) {
    this.ground = ground;
  }

  void run(Report report) throws IOException, InterruptedException {
    if (!Files.isExecutable(AGENT)) {
      throw new IOException("There is no " + AGENT + ": install Debian's resource-agents.");
    }
    Figures floorBefore = bare();
    Figures ours;
    double perSecond;
    Path home = ground.directory().resolve("ocf");
    try (LiveService service = LiveService.start(ground, home, ground.environment(true))) {
      service.api().change("POST", "/v1/types", Map.of("name", TYPE));
      service.makeGroup();
      for (int i = 0; i < RESOURCES; i++) {
        service.make(
            "dummy-%03d".formatted(i),
            TYPE,
            Map.of(
                "state",
                List.of(home.resolve("dummy-" + i).toString()),
                "LooksAlivePollInterval",
                List.of(Integer.toString(POLL_MILLIS)),
                "IsAlivePollInterval",
                List.of("3600000")));
      }
      service.online();
      Ground.pause(SETTLING);
      long checks = checks(service);
      ProcessCpu before = cpu(service);
      long start = System.nanoTime();
      Ground.pause(Duration.ofSeconds(ground.rounds(MEASURED_SECONDS)));
      ProcessCpu used = cpu(service).minus(before);
      long done = checks(service) - checks;
      perSecond = done * 1e9 / (System.nanoTime() - start);
      ours = new Figures(used.ownNanos() / done, used.childrenNanos() / done);
    }
    Figures floorAfter = bare();
    print(report, floorBefore, floorAfter, ours, perSecond);
  }

  /** The agent's monitor, as often as it takes, by the service's own way to fork and reap. */
  private Figures bare() throws IOException {
    Map<String, String> environment =
        Map.of(
            "PATH", "/usr/sbin:/usr/bin:/sbin:/bin",
            "OCF_ROOT", "/usr/lib/ocf",
            "OCF_RESOURCE_INSTANCE", "bare",
            "OCF_RESKEY_state", ground.directory().resolve("bare.state").toString());
    var spec =
        ProcessSpec.of(
            List.of(AGENT.toString(), "monitor"),
            ground.directory(),
            environment,
            ground.directory().resolve("bare.out"));
    int runs = ground.rounds(BARE_RUNS);
    int self = Math.toIntExact(ProcessHandle.current().pid());
    try (Processes processes = LinuxProcesses.open(ProcessLimits.DEFAULT, (_, _) -> {})) {
      for (int i = 0; i < runs / 4; i++) {
        runOnce(processes, spec);
      }
      ProcessCpu before = ProcessCpu.of(self);
      for (int i = 0; i < runs; i++) {
        runOnce(processes, spec);
      }
      ProcessCpu used = ProcessCpu.of(self).minus(before);
      return new Figures(used.ownNanos() / runs, used.childrenNanos() / runs);
    }
  }

  private static void runOnce(Processes processes, ProcessSpec spec) {
    processes
        .spawn(spec)
        .thenCompose(
            process -> {
              var ended = new CompletableFuture<Void>();
              processes.watch(
                  process,
                  (gone, _) -> {
                    processes.acknowledge(gone);
                    ended.complete(null);
                  });
              return ended;
            })
        .join();
  }

  private static ProcessCpu cpu(LiveService service) throws IOException {
    return ProcessCpu.of(service.pid()).plus(ProcessCpu.of(service.monitorPid()));
  }

  private static long checks(LiveService service) throws IOException {
    return service
        .api()
        .get("/metrics")
        .lines()
        .filter(line -> line.startsWith("holdfast_check_duration_seconds_count"))
        .mapToLong(line -> (long) Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
        .sum();
  }

  private static void print(
      Report report, Figures before, Figures after, Figures ours, double perSecond)
      throws IOException {
    double floor = (before.totalMillis() + after.totalMillis()) / 2;
    double extra = ours.totalMillis() - floor;
    report.figuresTable("Processor time of a monitor of " + TYPE, "parent", "agent", "together");
    report.figures("floor before: fork, run, reap", before.columns());
    report.figures("with a service and a monitor", ours.columns());
    report.figures("floor after", after.columns());
    report.end();
    report.say(
        String.format(
            Locale.ROOT,
            "%.0f agents a second, %.3f ms each beyond the floor; goal at most %.1f ms, 400 a"
                + " second: %s.",
            perSecond,
            extra,
            GOAL_MILLIS,
            extra <= GOAL_MILLIS && perSecond >= 380 ? "met" : "MISSED"));
  }

  /** Processor time of one monitor. */
  private record Figures(long parentNanos, long agentNanos) {
    double totalMillis() {
      return (parentNanos + agentNanos) / NANOS_A_MILLI;
    }

    String[] columns() {
      return new String[] {
        Series.text(parentNanos / NANOS_A_MILLI),
        Series.text(agentNanos / NANOS_A_MILLI),
        Series.text(totalMillis())
      };
    }
  }
}
