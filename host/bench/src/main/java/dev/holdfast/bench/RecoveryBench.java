package dev.holdfast.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.JsonNode;

/**
 * A monitor is killed; how long until all of its 100 resources are found and supervised again? By
 * the service's own word, which is durable then: the time of death and the timings of the incident,
 * counted from the moment before the kill. In every other round a client asks for all resources
 * meanwhile, as fast as it gets answers, and so sees it from outside; that costs a core.
 *
 * <p>The floor is a JVM with the flags, class path and AOT cache of that very monitor, which does
 * nothing but print a line.
 */
final class RecoveryBench {
  private static final int ROUNDS = 40;
  private static final int WARM_UP_ROUNDS = 4;
  private static final Duration REST = Duration.ofMillis(400);

  /** So long nobody asks for an incident after a kill; it carries its times itself. */
  private static final Duration UNASKED = Duration.ofSeconds(1);

  private static final String UNSUPERVISED = "\"unsupervisedSince\":\"";

  private final Ground ground;
  private final InstantSource clock;
  private final int resources;
  private final double goalMillis;
  private final Series found = new Series();
  private final Series seen = new Series();
  private final Series foundWhileAsked = new Series();
  private final Series noticed = new Series();
  private final Series replaced = new Series();
  private final Series floor = new Series();

  RecoveryBench(Ground ground, InstantSource clock, int resources, double goalMillis) {
    this.ground = ground;
    this.clock = clock;
    this.resources = resources;
    this.goalMillis = goalMillis;
  }

  void run(Report report) throws IOException, InterruptedException {
    Path home = ground.directory().resolve("recovery-" + resources);
    try (LiveService service = LiveService.start(ground, home, ground.environment(true))) {
      service.makeSleepers(resources);
      List<Integer> pids = service.applicationPids();
      int rounds = ground.rounds(ROUNDS);
      for (int round = -WARM_UP_ROUNDS; round < rounds; round++) {
        Ground.await("everything is supervised", service::isWhole);
        Ground.pause(REST);
        round(service, round);
      }
      Ground.await("everything is supervised", service::isWhole);
      if (!service.applicationPids().equals(pids)) {
        throw new IOException("Applications were restarted; these numbers mean nothing.");
      }
    }
    report.table(
        "Monitor killed, %d resources found and supervised again, no standby".formatted(resources));
    report.row("found and durable, nobody asking", found, goalMillis);
    report.row("seen by a client that asks all the time", seen, goalMillis);
    report.row("found and durable, while it asks", foundWhileAsked);
    report.row("of the first row: death noticed", noticed);
    report.row("of the first row: replacement ready", replaced);
    report.row("floor: bare JVM, same flags and AOT cache, to its first line", floor);
    report.end();
  }

  private void round(LiveService service, int round) throws IOException, InterruptedException {
    int monitor = service.monitorPid();
    List<String> bare = bareJvm(monitor);
    long bareNanos = firstLine(bare);
    long before = service.api().all("/v1/incidents").size();
    Ground.pause(REST);

    Instant killedAt = clock.instant();
    long killedNanos = Ground.kill(monitor);
    boolean asking = round % 2 != 0;
    long seenNanos = asking ? seenFromOutside(service) - killedNanos : 0;

    JsonNode incident = incident(service, before + 1);
    Instant death = Instant.parse(incident.path("time").asString(""));
    long noticedNanos = Duration.between(killedAt, death).toNanos();
    long foundNanos = noticedNanos + took(incident, "allFoundMillis");
    if (round < 0) {
      return;
    }
    floor.add(bareNanos);
    if (asking) {
      seen.add(seenNanos);
      foundWhileAsked.add(foundNanos);
    } else {
      found.add(foundNanos);
      noticed.add(noticedNanos);
      replaced.add(noticedNanos + took(incident, "replacementReadyMillis"));
    }
  }

  /** When an answer first has resources that are not supervised, and then none. */
  private static long seenFromOutside(LiveService service) throws IOException {
    Ground.await(
        "the death is seen", () -> service.api().get("/v1/resources").contains(UNSUPERVISED));
    while (service.api().get("/v1/resources").contains(UNSUPERVISED)) {
      Thread.onSpinWait();
    }
    return System.nanoTime();
  }

  /** The incident, once it is complete; asked for seldom, as whoever asks takes time himself. */
  private static JsonNode incident(LiveService service, long seq) throws IOException {
    String path = "/v1/incidents/" + seq;
    Ground.pause(UNASKED);
    Ground.await(
        "incident " + seq + " is complete",
        () ->
            service.api().has(path)
                && service.api().one(path).path("timings").has("allFoundMillis"));
    return service.api().one(path);
  }

  private static long took(JsonNode incident, String timing) {
    return TimeUnit.MILLISECONDS.toNanos(incident.path("timings").path(timing).asLong(0));
  }

  /** A monitor's own command line, with another main behind its class path. */
  private static List<String> bareJvm(int monitor) throws IOException {
    List<String> command = new ArrayList<>();
    String words = Files.readString(Path.of("/proc/" + monitor + "/cmdline"));
    boolean classPath = false;
    for (String word : words.split("\0", -1)) {
      if (classPath) {
        command.add(word + ":" + ownClasses());
        break;
      }
      if (!word.startsWith("-XX:ErrorFile=")) {
        command.add(word);
      }
      classPath = word.equals("-cp");
    }
    command.add(FirstLine.class.getName());
    return command;
  }

  private static Path ownClasses() {
    return Path.of(FirstLine.class.getProtectionDomain().getCodeSource().getLocation().getPath());
  }

  private static long firstLine(List<String> command) throws IOException, InterruptedException {
    long start = System.nanoTime();
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    long nanos;
    try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
      String line = lines.readLine();
      nanos = System.nanoTime() - start;
      if (!FirstLine.LINE.equals(line)) {
        throw new IOException("The bare JVM said " + line + "; its command was " + command);
      }
    }
    process.waitFor();
    return nanos;
  }
}
