package dev.holdfast.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.parallel.Isolated;

/**
 * A plugin that spins on every core, in the monitor of a hundred others: they are checked in time
 * all the same. By the stamps that the checked ones make: a check is due one interval after the
 * last one ended.
 */
@Isolated("It measures how late checks are, in tenths of a second.")
@Tag("system")
class NoisyNeighbourIT {
  private static final int QUIET = 100;
  private static final int CHECKS_EACH = 6;
  private static final long INTERVAL_MILLIS = 2_000;
  private static final long LATENESS_P99_MAX_MILLIS = INTERVAL_MILLIS / 10;

  private static final Pattern CHECK =
      Pattern.compile("nanos=(\\d+) boot=\\S+ pid=(\\d+) .*call=looksAlive event=(enter|return)");

  @Tag("long")
  @Test
  void spinningOnEveryCore_doesNotDelayTheOthersChecks(TestReporter reporter) throws Exception {
    try (var cluster = Cluster.empty().start("serve")) {
      cluster.does("type", "register", Distribution.sample("scriptable").toString());
      cluster.does("group", "create", "lab");
      for (int i = 0; i < QUIET; i++) {
        create(cluster, name(i), Map.of());
      }
      create(cluster, "noisy", Map.of("AtOnline", List.of("spin-cores")));
      cluster.change("POST", "/v1/groups/lab/online", Map.of());
      long monitor = cluster.number("noisy", "monitorPid");
      long spun = cpuTicks(monitor);

      // By files alone: to ask the service all the time would be another noise.
      List<Path> journals = journals(cluster);
      Patience.until("every one was checked often enough", () -> areChecked(journals));

      List<Long> lateness = new ArrayList<>();
      for (Path journal : journals) {
        lateness.addAll(latenessMillis(journal, monitor));
      }
      Collections.sort(lateness);
      long p50 = lateness.get(lateness.size() / 2);
      long p99 = lateness.get(lateness.size() * 99 / 100);
      reporter.publishEntry(
          Map.of(
              "checks", Integer.toString(lateness.size()),
              "lateness p50, p99, max in ms", "%d, %d, %d".formatted(p50, p99, lateness.getLast()),
              "load", Files.readString(Path.of("/proc/loadavg")).strip()));
      assertThat(cluster.number("noisy", "monitorPid"))
          .as("one monitor held all of them, all the time")
          .isEqualTo(monitor);
      assertThat(cpuTicks(monitor) - spun)
          .as("the noisy one took a processor's time, at the least a tenth of it, in ticks")
          .isGreaterThan(INTERVAL_MILLIS * (CHECKS_EACH - 1) / 10 / 10);
      assertThat(p99).as("lateness p99 in ms").isLessThan(LATENESS_P99_MAX_MILLIS);
    }
  }

  private static String name(int i) {
    return "quiet-%03d".formatted(i);
  }

  private static void create(Cluster cluster, String name, Map<String, List<String>> own)
      throws IOException {
    var properties = new HashMap<String, List<String>>(own);
    properties.put("LooksAlivePollInterval", List.of(Long.toString(INTERVAL_MILLIS)));
    properties.put("IsAlivePollInterval", List.of("-1"));
    cluster.change(
        "POST",
        "/v1/resources",
        Map.of(
            "name",
            name,
            "type",
            "Scriptable In Monitor",
            "group",
            "lab",
            "properties",
            properties));
  }

  /** Those of the quiet ones. */
  private static List<Path> journals(Cluster cluster) throws IOException {
    List<Path> journals = new ArrayList<>();
    for (int i = 0; i < QUIET; i++) {
      journals.add(cluster.directory(name(i)).resolve("journal"));
    }
    return journals;
  }

  private static boolean areChecked(List<Path> journals) throws IOException {
    for (Path journal : journals) {
      try (var lines = Files.lines(journal)) {
        if (lines.filter(line -> CHECK.matcher(line).lookingAt()).count() < 2 * CHECKS_EACH) {
          return false;
        }
      }
    }
    return true;
  }

  /** From when each check was due until it began. */
  private static List<Long> latenessMillis(Path journal, long monitor) throws IOException {
    List<Long> lateness = new ArrayList<>();
    long ended = 0;
    for (String line : Files.readAllLines(journal)) {
      Matcher check = CHECK.matcher(line);
      if (check.lookingAt() && Long.parseLong(check.group(2)) == monitor) {
        long nanos = Long.parseLong(check.group(1));
        if (check.group(3).equals("return")) {
          ended = nanos;
        } else if (ended != 0) {
          lateness.add(TimeUnit.NANOSECONDS.toMillis(nanos - ended) - INTERVAL_MILLIS);
        }
      }
    }
    return lateness;
  }

  /** What a process has used of all processors, in hundredths of a second. */
  private static long cpuTicks(long pid) throws IOException {
    String stat = Files.readString(Path.of("/proc", Long.toString(pid), "stat"));
    String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
    return Long.parseLong(fields[11]) + Long.parseLong(fields[12]);
  }
}
