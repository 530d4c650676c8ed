package dev.holdfast.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A monitor killed and recovered from, thousands of times, in one life of the service: what grows
 * in it, if anything does. A cycle ends when everything is supervised again; then the next one
 * begins.
 *
 * <p>{@code holdfast.bench.cycles} is how many, 10,000 unless given. A line is printed for each
 * tenth of them. The heap is what is left after a full collection.
 */
final class CyclesBench {
  private static final int CYCLES = Integer.getInteger("holdfast.bench.cycles", 10_000);
  private static final int RESOURCES = 10;
  private static final int LINES = 10;
  private static final Duration COLLECTION_MAX = Duration.ofSeconds(30);

  /** What GC.heap_info says of each generation. */
  private static final Pattern GENERATION =
      Pattern.compile("^(?:DefNew|Tenured) .* used (\\d+)K", Pattern.MULTILINE);

  private final Ground ground;

  CyclesBench(Ground ground) {
    this.ground = ground;
  }

  void run(Report report) throws IOException, InterruptedException {
    int cycles = ground.rounds(CYCLES);
    int step = Math.max(1, cycles / LINES);
    Path home = ground.directory().resolve("cycles");
    try (LiveService service = LiveService.start(ground, home, ground.environment(true))) {
      service.makeSleepers(RESOURCES);
      List<Integer> pids = service.applicationPids();
      report.growth(
          "%d monitors killed and recovered from, %d resources".formatted(cycles, RESOURCES));
      report.growthRow(0, figures(service));
      for (int cycle = 1; cycle <= cycles; cycle++) {
        int monitor = service.monitorPid();
        Ground.kill(monitor);
        Ground.await(
            "another monitor supervises everything",
            () -> service.monitorPid() != monitor && service.isWhole());
        if (cycle % step == 0) {
          report.growthRow(cycle, figures(service));
        }
      }
      if (!service.applicationPids().equals(pids)) {
        throw new IOException("Applications were restarted; these numbers mean nothing.");
      }
    }
    report.end();
  }

  /**
   * What the service has.
   *
   * @param heapKib after a full collection
   * @param residentKib memory of the process, as the kernel counts it
   * @param databaseKib the cluster database, and of what else is kept on disk
   */
  record Figures(
      long heapKib, long residentKib, long threads, long descriptors, long databaseKib) {}

  private Figures figures(LiveService service) throws IOException, InterruptedException {
    Path proc = Path.of("/proc", Integer.toString(service.pid()));
    String status = Files.readString(proc.resolve("status"));
    return new Figures(
        heapKib(service.pid()),
        number(status, "VmRSS:"),
        number(status, "Threads:"),
        count(proc.resolve("fd")),
        Files.size(ground.directory().resolve("cycles/quorum/cluster.log")) / 1024);
  }

  private static long number(String status, String name) {
    String line = status.lines().filter(each -> each.startsWith(name)).findFirst().orElseThrow();
    return Long.parseLong(line.replaceAll("\\D", ""));
  }

  private static long count(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.count();
    }
  }

  private long heapKib(int pid) throws IOException, InterruptedException {
    String jcmd = ground.java().resolveSibling("jcmd").toString();
    output(List.of(jcmd, Integer.toString(pid), "GC.run"));
    String heap = output(List.of(jcmd, Integer.toString(pid), "GC.heap_info"));
    return GENERATION
        .matcher(heap)
        .results()
        .mapToLong(used -> Long.parseLong(used.group(1)))
        .sum();
  }

  private static String output(List<String> command) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (!process.waitFor(COLLECTION_MAX.toSeconds(), TimeUnit.SECONDS)
        || process.exitValue() != 0) {
      throw new IOException(command + " did not succeed: " + output);
    }
    return output;
  }
}
