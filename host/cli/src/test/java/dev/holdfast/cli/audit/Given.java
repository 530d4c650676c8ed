package dev.holdfast.cli.audit;

import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/**
 * A look at a small cluster that is well: the service (pid 100), its monitor shared-0 (200), and
 * the resource {@code web} whose process (300) has a child (301). Tests break one thing of it.
 */
final class Given {
  static final Path HOME = Path.of("/srv/holdfast");
  static final String BOOT = "boot-1";
  static final Instant NOW = Instant.parse("2026-11-26T10:00:00Z");
  static final String TOKEN = "sha256:token-of-web";
  static final String DIGEST = "sha256:archive";
  static final String ARCHIVE = "/srv/holdfast/quorum/plugins/archive.zip";
  static final String WEB = "11111111-1111-1111-1111-111111111111";
  static final int INIT = 1;
  static final int SERVICE = 100;
  static final int MONITOR = 200;
  static final int LEADER = 300;
  static final int CHILD = 301;

  final Map<Integer, ProcessSeen> processes = new HashMap<>();
  final Map<String, Archive> archives = new HashMap<>();
  final Map<String, Reason> reasons = new HashMap<>();
  final Map<String, Footprint> footprints = new HashMap<>();
  final List<EventFiles.Damage> damages = new ArrayList<>();
  final List<EventFiles.Death> deaths = new ArrayList<>();
  final Set<Long> lost = new HashSet<>();
  final List<EventFiles.Start> starts = new ArrayList<>();
  final List<IncidentFolders.Incident> incidents = new ArrayList<>();
  final List<Path> temporaryFiles = new ArrayList<>();
  Facts.Slot slot = slot("Running", LEADER);
  final List<Facts.External> externals = new ArrayList<>();
  Facts.Resource resource = resource("Online", "Online");
  Facts.Type type = new Facts.Type("Test", "test.Type", DIGEST, ARCHIVE, "Registered", "");
  Facts.Monitor monitor = monitor(true, DIGEST, 2, Optional.of(2L));
  OptionalInt servicePid = OptionalInt.of(SERVICE);
  Optional<Baseline> baseline = Optional.empty();
  boolean answers = true;
  boolean stopping;
  long newestEvent = 9;

  Given() {
    put(process(INIT, 0, "init"));
    put(process(SERVICE, INIT, "java"));
    put(
        process(
            MONITOR,
            SERVICE,
            "java",
            "java",
            "dev.holdfast.monitor.ResourceMonitor",
            "--state",
            HOME + "/monitors/shared-0/state-1"));
    put(holder(LEADER, SERVICE, TOKEN, "web-server"));
    put(holder(CHILD, LEADER, TOKEN, "web-worker"));
    archives.put(ARCHIVE, new Archive.Present(DIGEST));
    footprints.put("service", new Footprint(40, 60, 1024));
  }

  void put(ProcessSeen process) {
    processes.put(process.pid(), process);
  }

  static ProcessSeen process(int pid, int parent, String name, String... command) {
    return new ProcessSeen(
        pid, name, 'S', parent, pid, pid, pid * 10L, Optional.empty(), List.of(command), List.of());
  }

  /** A process with a token, in a session of its own. */
  static ProcessSeen holder(int pid, int parent, String token, String... command) {
    return new ProcessSeen(
        pid,
        command[0],
        'S',
        parent,
        pid,
        pid,
        pid * 10L,
        Optional.of(token),
        List.of(command),
        List.of());
  }

  static ProcessSeen zombie(int pid, int parent) {
    return new ProcessSeen(
        pid, "gone", 'Z', parent, pid, pid, pid * 10L, Optional.empty(), List.of(), List.of());
  }

  static ProcessSeen at(ProcessSeen process, String place) {
    return new ProcessSeen(
        process.pid(),
        process.name(),
        process.state(),
        process.parent(),
        process.group(),
        process.session(),
        process.startTicks(),
        process.tokenDigest(),
        process.command(),
        List.of(Path.of(place)));
  }

  static Facts.Slot slot(String state, int pid) {
    return new Facts.Slot(
        "web", WEB, "main", TOKEN, state, 2990, Optional.of(new Facts.Life(pid, pid * 10L, BOOT)));
  }

  static Facts.Slot intended(long ticks) {
    return new Facts.Slot("web", WEB, "main", TOKEN, "Intended", ticks, Optional.empty());
  }

  static Facts.Resource resource(String state, String wanted) {
    return resource(state, wanted, secondsAgo(1), secondsAgo(60), "Registered");
  }

  /** Polled every 5 s for LooksAlive, every 60 s for IsAlive, since two minutes. */
  static Facts.Resource resource(
      String state, String wanted, Instant looked, Instant asked, String typeStatus) {
    return new Facts.Resource(
        WEB,
        "web",
        "Test",
        typeStatus,
        state,
        wanted,
        2,
        Optional.of("shared-0"),
        Optional.empty(),
        false,
        Optional.of(secondsAgo(120)),
        new Facts.Checks(5_000, Optional.of(looked), 3),
        new Facts.Checks(60_000, Optional.of(asked), 5));
  }

  static Instant secondsAgo(long seconds) {
    return NOW.minusSeconds(seconds);
  }

  static Facts.Monitor monitor(
      boolean answered, String loaded, long epoch, Optional<Long> polledEpoch) {
    return new Facts.Monitor(
        "shared-0",
        "shared",
        "Ready",
        Optional.of(new Facts.Life(MONITOR, MONITOR * 10L, "")),
        answered,
        answered ? List.of(new Facts.HeldPlugin("test", loaded, List.of("test.Type"))) : List.of(),
        answered ? List.of(new Facts.HeldResource(WEB, epoch, loaded, polledEpoch)) : List.of());
  }

  Look look() {
    Optional<Facts> facts =
        answers
            ? Optional.of(
                new Facts(
                    NOW,
                    true,
                    stopping,
                    newestEvent,
                    List.of(slot),
                    externals,
                    List.of(resource),
                    List.of(type),
                    List.of(monitor)))
            : Optional.empty();
    return new Look(
        HOME,
        facts,
        answers ? "" : "the service does not answer",
        servicePid,
        new ProcessTable(processes, BOOT, 100_000),
        archives,
        reasons,
        new EventFiles(1, 1, 9, Optional.of(secondsAgo(3600)), damages, deaths, lost, starts),
        new IncidentFolders(incidents),
        temporaryFiles,
        footprints,
        baseline);
  }

  /** What a rule finds, by subject. */
  List<String> found(Rule rule) {
    return rule.judge(look()).findings().stream().map(Finding::subject).toList();
  }
}
