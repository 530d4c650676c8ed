package dev.holdfast.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.holdfast.service.process.LinuxProcesses;
import dev.holdfast.service.process.ProcessLimits;
import dev.holdfast.service.process.ProcessSpec;
import dev.holdfast.service.process.Processes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * How much processor time a monitor of an OCF agent takes beyond the agent's own fork and run, and
 * how many agents a second are asked.
 *
 * <p>Beside it, in turn with it, the same agents, with the same environment and with files of their
 * own for what they write, forked, run and reaped, and nothing else. Each period with a service is
 * held against the two of the floor around it: the speed of a machine drifts within minutes by more
 * than what is to be measured. While the floor runs, the resources are in maintenance, and not
 * polled.
 */
final class OcfBench {
  private static final String TYPE = "ocf:heartbeat:Dummy";
  private static final Path AGENT = Path.of("/usr/lib/ocf/resource.d/heartbeat/Dummy");
  private static final String INSTANCE = "OCF_RESOURCE_INSTANCE";
  private static final String STATE = "OCF_RESKEY_state";
  private static final int RESOURCES = 100;
  private static final Duration POLL = Duration.ofMillis(250);

  private static final Duration PERIOD = Duration.ofSeconds(4);
  private static final Duration SETTLING = Duration.ofSeconds(1);
  private static final int ROUNDS = 16;

  /** As long until what is called often is compiled, on both sides, and what begins a round. */
  private static final int WARM_UP_ROUNDS = 16;

  private static final double GOAL_MILLIS = 0.3;
  private static final double GOAL_PER_SECOND = 380;

  private final Ground ground;

  OcfBench(Ground ground) {
    this.ground = ground;
  }

  void run(Report report) throws IOException, InterruptedException {
    if (!Files.isExecutable(AGENT)) {
      throw new IOException("There is no " + AGENT + ": install Debian's resource-agents.");
    }
    List<OcfFigures> floors = new ArrayList<>();
    List<OcfFigures> ours = new ArrayList<>();
    Path home = ground.directory().resolve("ocf");
    try (LiveService service = LiveService.start(ground, home, ground.environment(true));
        Processes processes = LinuxProcesses.open(ProcessLimits.DEFAULT, (_, _) -> {})) {
      make(service, home);
      var floor = new OcfFloor(processes, floorAgents(home, environment(service)), POLL);
      int warmUp = ground.rounds(WARM_UP_ROUNDS);
      for (int round = 0; round < warmUp + ground.rounds(ROUNDS); round++) {
        poll(service, true);
        ours.add(looks(service));
        poll(service, false);
        floors.add(floor.ask(PERIOD));
      }
      // The floor before the first round that counts stays.
      ours.subList(0, warmUp).clear();
      floors.subList(0, warmUp - 1).clear();
    }
    print(report, floors, ours);
  }

  private static void make(LiveService service, Path home) throws IOException {
    service.api().change("POST", "/v1/types", Map.of("name", TYPE));
    service.makeGroup();
    for (int i = 0; i < RESOURCES; i++) {
      service.make(
          name(i),
          TYPE,
          Map.of(
              "state",
              List.of(state(home, i).toString()),
              "LooksAlivePollInterval",
              List.of(Long.toString(POLL.toMillis())),
              "IsAlivePollInterval",
              List.of("3600000")));
    }
    service.online();
  }

  private static String name(int resource) {
    return "bench-dummy-%03d".formatted(resource);
  }

  private static Path state(Path home, int resource) {
    return home.resolve("dummy-" + resource);
  }

  /** Has all resources polled, or none; returns when it is so and the service is at rest. */
  private static void poll(LiveService service, boolean polled) throws IOException {
    for (int i = 0; i < RESOURCES; i++) {
      service
          .api()
          .change(
              "PATCH",
              "/v1/resources/" + name(i) + "/properties",
              Map.of("properties", Map.of("MaintenanceMode", List.of(polled ? "0" : "1"))));
    }
    Ground.pause(SETTLING);
  }

  /** What the service gives an agent as its environment: seen at one that runs. */
  private static Map<String, String> environment(LiveService service) throws IOException {
    var found = new HashMap<String, String>();
    ProcessHandle parent = ProcessHandle.of(service.pid()).orElseThrow();
    Ground.await(
        "the environment of an agent could be read",
        () -> {
          for (ProcessHandle child : parent.children().toList()) {
            found.putAll(environment(child.pid()));
            if (found.getOrDefault(INSTANCE, "").startsWith("bench-dummy-")) {
              return true;
            }
            found.clear();
          }
          return false;
        });
    return found;
  }

  private static Map<String, String> environment(long pid) {
    var found = new HashMap<String, String>();
    try {
      String all = Files.readString(Path.of("/proc/" + pid + "/environ"), UTF_8);
      for (String entry : all.split("\0", -1)) {
        int end = entry.indexOf('=');
        if (end > 0) {
          found.put(entry.substring(0, end), entry.substring(end + 1));
        }
      }
    } catch (IOException gone) {
      // Agents are short; the next one may be met.
    }
    return found;
  }

  private List<ProcessSpec> floorAgents(Path home, Map<String, String> environment)
      throws IOException {
    List<ProcessSpec> agents = new ArrayList<>();
    for (int i = 0; i < RESOURCES; i++) {
      Path own = Files.createDirectories(ground.directory().resolve("floor-" + i));
      Map<String, String> its = new HashMap<>(environment);
      its.put(INSTANCE, name(i));
      its.put(STATE, state(home, i).toString()); // It is there: the resource runs.
      agents.add(
          ProcessSpec.of(List.of(AGENT.toString(), "monitor"), own, its, own.resolve("out"))
              .withErrors(own.resolve("err")));
    }
    return agents;
  }

  private static OcfFigures looks(LiveService service) throws IOException {
    long checks = checks(service);
    ProcessCpu before = cpu(service);
    long start = System.nanoTime();
    Ground.pause(PERIOD);
    ProcessCpu used = cpu(service).minus(before);
    double seconds = (System.nanoTime() - start) / 1e9;
    return OcfFigures.of(used, checks(service) - checks, seconds);
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

  private static void print(Report report, List<OcfFigures> floors, List<OcfFigures> ours)
      throws IOException {
    List<OcfFigures> beyond = new ArrayList<>();
    for (int i = 0; i < ours.size(); i++) {
      beyond.add(ours.get(i).beyond(floors.get(i), floors.get(i + 1)));
    }
    double extra = OcfFigures.median(beyond, OcfFigures::togetherMillis);
    double perSecond = OcfFigures.median(ours, OcfFigures::perSecond);
    report.figuresTable(
        "Processor time of a monitor of %s, medians of %d periods".formatted(TYPE, ours.size()),
        "parent",
        "agent",
        "together",
        "a second");
    row(report, "floor: fork, run, reap", OcfFigures.median(floors));
    row(report, "with a service and a monitor", OcfFigures.median(ours));
    row(report, "beyond the mean of the floors around", OcfFigures.median(beyond));
    report.end();
    report.say(
        String.format(
            Locale.ROOT,
            "%.0f agents a second, %.3f ms each beyond the floor (%.3f to %.3f); goal at most %.1f"
                + " ms, 400 a second: %s.",
            perSecond,
            extra,
            beyond.stream().mapToDouble(OcfFigures::togetherMillis).min().orElseThrow(),
            beyond.stream().mapToDouble(OcfFigures::togetherMillis).max().orElseThrow(),
            GOAL_MILLIS,
            extra <= GOAL_MILLIS && perSecond >= GOAL_PER_SECOND ? "met" : "MISSED"));
  }

  private static void row(Report report, String what, OcfFigures figures) {
    report.figures(what, figures.columns());
  }
}
