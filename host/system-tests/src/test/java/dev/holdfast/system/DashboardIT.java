package dev.holdfast.system;

import static java.util.Map.entry;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.parallel.Isolated;

/**
 * Debian's Prometheus collects from a real service through the death of a monitor and the failure
 * of a resource; every query of the dashboard must then say what happened.
 */
@Isolated("Prometheus looks each second, and a look that takes a second is none.")
@Tag("system")
class DashboardIT {
  private static final double LONGEST_RECOVERY_SECONDS = 60;

  /** What each query must answer, by panel and letter. One that is not here fails the test. */
  private static final Map<String, Consumer<Map<String, Double>>> EXPECTED =
      Map.ofEntries(
          entry("Service ready A", is(1)),
          entry("Monitors up A", is(1)),
          entry("Wanted, and not Online A", is(0)),
          entry("Monitors lost A", is(1)),
          entry("Recoveries A", is(1)),
          entry("What runs A", one(1, 1)),
          entry("Recovery time A", one(0.001, LONGEST_RECOVERY_SECONDS)),
          entry("Recovery time B", one(0.001, LONGEST_RECOVERY_SECONDS)),
          entry("Recovery time C", has("shared", 0.001, LONGEST_RECOVERY_SECONDS)),
          entry("Recovery by phase A", DashboardIT::phasesOfOneRecovery),
          entry("Recoveries by duration A", has("+Inf", 0.5, 3)),
          entry("Monitors lost, by reason A", has("shared-0 signal", 0.5, 3)),
          entry("Incidents A", only("signal victim", 1)),
          entry("Who had a part in incidents A", eachDemoResource(" victim", 1, 1)),
          entry("Resources held A", only("shared-0", 3)),
          entry("Threads in plugin code A", has("shared-0", 0, 100)),
          entry("Threads in plugin code B", only("shared-0", 0)),
          entry("Online A", eachDemoResource("", 1, 1)),
          entry("Resources by state A", has("online", 3, 3)),
          entry("Without a monitor A", eachDemoResource("", 0.001, LONGEST_RECOVERY_SECONDS)),
          entry("Unavailable A", has("site-a", 0.001, LONGEST_RECOVERY_SECONDS)),
          entry("Failures A", has("operator site-a", 0.5, 3)),
          entry("Restarts A", has("site-a", 0.5, 3)),
          entry("Adopted A", eachDemoResource("", 1, 1)),
          entry("Duration of checks A", has("looks_alive Generic Application", 0.000001, 30)),
          entry("Duration of checks B", has("looks_alive Generic Application", 0.000001, 30)),
          entry("Lateness of checks A", has("looks_alive Generic Application", 0, 30)),
          entry("Checks A", has("alive", 0.001, 1_000)),
          entry("Deadlines exceeded A", has("check_limit is_alive", 0, 0)),
          entry("Stale messages dropped A", has("service answer", 0, 100)),
          entry("Cluster database A", is(0, 30)),
          entry("Cluster database B", is(0, 30)),
          entry("Memory A", is(1 << 20, 1L << 30)),
          entry("Threads and descriptors A", is(10, 500)),
          entry("Threads and descriptors B", is(10, 1_000)),
          entry("Processor time A", is(0, 64)),
          entry("Running on unrestored configuration A", eachDemoResource("", 0, 0)),
          entry("Generations saved A", has("Added", 0, 0)),
          entry("Checkpoints restored A", is(0, 0)),
          entry("Stood in the way of checkpoints A", has("HandleHeld restore", 0, 0)),
          entry("Unsaved changes A", is(0, 30)),
          entry("Last good backup A", is(0)),
          entry("Backups A", has("good", 0, 0)));

  @BeforeEach
  void needPrometheus() {
    Tools.need("prometheus");
    Tools.need("promtool");
  }

  @Test
  void afterAMonitorsDeath_everyQuerySaysWhatHappened(TestReporter reporter) throws Exception {
    Dashboard dashboard = Dashboard.read(Distribution.checkout(), "monitors-and-recovery.json");
    try (var demo = Cluster.empty().start("demo", "--http", "127.0.0.1:0")) {
      URI service = URI.create(demo.door().serviceFile().required("http").asString());
      assertThatPromtoolFindsNoFault(demo, page(service));
      try (var prometheus = Prometheus.collecting(demo.folder(), service.getAuthority())) {
        // Twice, so that whatever happens is seen as an increase.
        Patience.until(
            "Prometheus has collected",
            () -> prometheus.query("count_over_time(holdfast_host_ready[1m]) > 1").size() == 1);

        loseTheMonitor(demo);
        demo.does("resource", "fail", "site-a");
        DemoSites.RESOURCES.forEach(each -> demo.awaitState(each, "Online"));

        var variables =
            Map.of(
                "job",
                Prometheus.JOB,
                "instance",
                service.getAuthority(),
                "group",
                ".*",
                "__rate_interval",
                "5m");
        Map<String, String> report = new TreeMap<>();
        for (Dashboard.Query query : dashboard.queries()) {
          assertThat(EXPECTED).as("what " + query + " must answer").containsKey(query.toString());
          Patience.named("the answer of " + query)
              .untilAsserted(
                  () -> {
                    Map<String, Double> answer = prometheus.query(query.of(variables));
                    Objects.requireNonNull(EXPECTED.get(query.toString())).accept(answer);
                    report.put(query.toString(), answer.toString());
                  });
        }
        reporter.publishEntry(report);
        assertThat(report.keySet()).isEqualTo(EXPECTED.keySet());
      }

      String page = page(service);
      assertThatPromtoolFindsNoFault(demo, page);
      Set<String> published = names(page);
      assertThat(published).containsAll(dashboard.metrics());
      assertThat(dashboard.metrics())
          .as("what Holdfast publishes is on the dashboard")
          .containsAll(published.stream().filter(name -> name.startsWith("holdfast_")).toList());
    }
  }

  @Test
  void whatIsNotThereAnyMore_hasNoSeries() throws Exception {
    try (var demo = Cluster.empty().start("demo", "--http", "127.0.0.1:0")) {
      URI service = URI.create(demo.door().serviceFile().required("http").asString());
      assertThat(page(service)).contains("resource=\"ticker\"");

      demo.does("resource", "offline", "ticker");
      demo.does("resource", "delete", "ticker");

      assertThat(page(service)).doesNotContain("resource=\"ticker\"").contains("\"site-a\"");
    }
  }

  /** Each life counts from zero; the time that it takes to find everything is in it. */
  @Test
  void afterTheServicesDeath_itCountsAnew() throws Exception {
    try (var demo = Cluster.empty().start("demo", "--http", "127.0.0.1:0")) {
      demo.does("resource", "fail", "site-a");
      // What depends on it follows.
      DemoSites.RESOURCES.forEach(each -> demo.awaitState(each, "Online"));
      demo.end("KILL");
      demo.start("serve", "--http", "127.0.0.1:0");
      URI service = URI.create(demo.door().serviceFile().required("http").asString());
      Map<String, Double> values = values(page(service));

      for (String resource : DemoSites.RESOURCES) {
        assertThat(sum(values, "holdfast_resource_unsupervised_seconds_total", resource))
            .as("how long it took to find " + resource)
            .isBetween(0.001, LONGEST_RECOVERY_SECONDS);
        assertThat(sum(values, "holdfast_resource_adoptions_total", resource)).isEqualTo(1);
        assertThat(sum(values, "holdfast_resource_restarts_total", resource)).isZero();
        assertThat(sum(values, "holdfast_resource_failures_total", resource)).isZero();
      }
      for (String site : DemoSites.SITES) {
        assertThat(sum(values, "holdfast_resource_unavailable_seconds_total", site))
            .as("how long nobody could use " + site)
            .isZero();
      }
    }
  }

  private static void loseTheMonitor(Cluster demo) throws Exception {
    long monitor = demo.number("site-a", "monitorPid");
    Processes.signal(monitor, "KILL");
    Patience.until(
        "another monitor holds everything",
        () ->
            demo.resources().stream()
                .allMatch(
                    each ->
                        each.required("monitorPid").isNumber()
                            && each.required("monitorPid").asLong() != monitor
                            && each.required("unsupervisedSince").isNull()));
  }

  // ---- the page itself ---------------------------------------------------------------------

  private static String page(URI service) throws IOException, InterruptedException {
    HttpResponse<String> answer =
        HttpClient.newHttpClient()
            .send(
                HttpRequest.newBuilder(service.resolve("/metrics")).build(),
                HttpResponse.BodyHandlers.ofString());
    assertThat(answer.statusCode()).isEqualTo(200);
    return answer.body();
  }

  private static void assertThatPromtoolFindsNoFault(Cluster cluster, String page)
      throws IOException, InterruptedException {
    Path file = Files.writeString(cluster.folder().resolve("metrics.txt"), page);
    Path said = cluster.folder().resolve("promtool.out");
    Process promtool =
        new ProcessBuilder("promtool", "check", "metrics")
            .redirectInput(file.toFile())
            .redirectErrorStream(true)
            .redirectOutput(said.toFile())
            .start();
    assertThat(promtool.waitFor(Patience.LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
    assertThat(Files.readString(said)).isEmpty();
    assertThat(promtool.exitValue()).isZero();
  }

  /** The names of what is published; a histogram's longest value belongs to the histogram. */
  private static Set<String> names(String page) {
    Set<String> names = new HashSet<>();
    Pattern.compile("^# TYPE (\\S+) ", Pattern.MULTILINE)
        .matcher(page)
        .results()
        .map(match -> match.group(1).replaceFirst("_seconds_max$", "_seconds"))
        .forEach(names::add);
    return names;
  }

  private static Map<String, Double> values(String page) {
    Map<String, Double> values = new TreeMap<>();
    for (MatchResult line :
        Pattern.compile("^([a-z_]+(?:\\{.*})?) (\\S+)$", Pattern.MULTILINE)
            .matcher(page)
            .results()
            .toList()) {
      values.put(line.group(1), Double.valueOf(line.group(2)));
    }
    return values;
  }

  private static double sum(Map<String, Double> values, String metric, String resource) {
    List<Double> found =
        values.entrySet().stream()
            .filter(value -> value.getKey().startsWith(metric + "{"))
            .filter(value -> value.getKey().contains("resource=\"" + resource + "\""))
            .map(Map.Entry::getValue)
            .toList();
    assertThat(found).as(metric + " of " + resource).isNotEmpty();
    return found.stream().mapToDouble(Double::doubleValue).sum();
  }

  // ---- what answers must be ----------------------------------------------------------------

  private static Consumer<Map<String, Double>> is(double value) {
    return is(value, value);
  }

  private static Consumer<Map<String, Double>> is(double least, double most) {
    return answer -> {
      assertThat(answer).hasSize(1);
      between(answer.values(), least, most);
    };
  }

  private static Consumer<Map<String, Double>> one(double least, double most) {
    return answer ->
        assertThat(answer.values().stream().filter(value -> !value.isNaN()).toList())
            .hasSize(1)
            .allSatisfy(value -> assertThat(value).isBetween(least, most));
  }

  private static Consumer<Map<String, Double>> only(String labels, double value) {
    return answer -> assertThat(answer).isEqualTo(Map.of(labels, value));
  }

  private static Consumer<Map<String, Double>> has(String labels, double least, double most) {
    return answer -> {
      assertThat(answer).containsKey(labels);
      between(List.of(answer.getOrDefault(labels, Double.NaN)), least, most);
    };
  }

  private static Consumer<Map<String, Double>> eachDemoResource(
      String suffix, double least, double most) {
    return answer -> {
      assertThat(answer.keySet())
          .containsExactlyInAnyOrderElementsOf(
              DemoSites.RESOURCES.stream().map(each -> each + suffix).toList());
      between(answer.values(), least, most);
    };
  }

  private static void phasesOfOneRecovery(Map<String, Double> answer) {
    assertThat(answer.keySet()).containsExactlyInAnyOrder("start", "ready", "find");
    between(answer.values(), 0, LONGEST_RECOVERY_SECONDS);
    assertThat(answer.getOrDefault("ready", 0.0))
        .as("a JVM does not start in no time")
        .isPositive();
  }

  private static void between(Collection<Double> values, double least, double most) {
    assertThat(values).allSatisfy(value -> assertThat(value).isBetween(least, most));
  }
}
