package dev.holdfast.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;

/** Debian's Prometheus, as a child of the test, collecting from one service every second. */
final class Prometheus implements AutoCloseable {
  static final String JOB = "holdfast";

  private final Process process;
  private final Path log;
  private final URI address;
  private final HttpClient client = HttpClient.newHttpClient();

  private Prometheus(Process process, Path log, URI address) {
    this.process = process;
    this.log = log;
    this.address = address;
  }

  /**
   * Starts one and waits until it answers.
   *
   * @param folder for what it writes
   * @param target host and port of the service
   */
  static Prometheus collecting(Path folder, String target) throws IOException {
    Path own = Files.createDirectories(folder.resolve("prometheus"));
    Path settings =
        Files.writeString(
            own.resolve("prometheus.yml"),
            """
            global:
              scrape_interval: 1s
              scrape_timeout: 1s
            scrape_configs:
              - job_name: %s
                static_configs:
                  - targets: ['%s']
            """
                .formatted(JOB, target));
    URI address = URI.create("http://127.0.0.1:" + freePort());
    Path log = own.resolve("log");
    Process process =
        new ProcessBuilder(
                "prometheus",
                "--config.file=" + settings,
                "--storage.tsdb.path=" + own.resolve("data"),
                "--web.listen-address=" + address.getAuthority())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    var prometheus = new Prometheus(process, log, address);
    try {
      Patience.until("Prometheus answers", prometheus::isReady);
    } catch (RuntimeException e) {
      prometheus.close();
      throw e;
    }
    return prometheus;
  }

  private static int freePort() throws IOException {
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private boolean isReady() throws IOException, InterruptedException {
    assertThat(process.isAlive()).as("Prometheus runs: %s", Files.readString(log)).isTrue();
    return get("/-/ready").statusCode() == 200;
  }

  private HttpResponse<String> get(String path) throws IOException, InterruptedException {
    return client.send(
        HttpRequest.newBuilder(address.resolve(path)).build(),
        HttpResponse.BodyHandlers.ofString());
  }

  /** The value of each series that a query has now, by its labels without job and instance. */
  Map<String, Double> query(String expression) throws IOException, InterruptedException {
    HttpResponse<String> answer =
        get("/api/v1/query?query=" + URLEncoder.encode(expression, StandardCharsets.UTF_8));
    JsonNode json = Door.json(answer.body());
    assertThat(answer.statusCode()).as("%s: %s", expression, answer.body()).isEqualTo(200);
    Map<String, Double> values = new TreeMap<>();
    for (JsonNode series : json.required("data").required("result").values()) {
      values.put(
          labels(series.required("metric")),
          Double.valueOf(series.required("value").get(1).asString()));
    }
    return values;
  }

  private static String labels(JsonNode metric) {
    return String.join(
        " ",
        metric.properties().stream()
            .filter(label -> !List.of("__name__", "job", "instance").contains(label.getKey()))
            .map(label -> label.getValue().asString())
            .toList());
  }

  @Override
  public void close() {
    process.destroy();
    process.onExit().join();
  }
}
