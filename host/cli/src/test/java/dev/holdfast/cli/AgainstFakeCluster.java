package dev.holdfast.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.cli.session.Surroundings;
import dev.holdfast.http.FakeCluster;
import dev.holdfast.http.HttpApi;
import dev.holdfast.service.api.ApiSettings;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Runs whole commands against a real server, behind which a cluster is only remembered. */
@Timeout(60)
abstract class AgainstFakeCluster {
  @TempDir Path home;
  final FakeCluster cluster = new FakeCluster();
  final HttpApi server = new HttpApi();

  /** How a command ended. */
  record Ended(int code, String out, String err) {
    JsonNode json() {
      return JsonMapper.shared().readTree(out);
    }
  }

  @BeforeEach
  void start() throws IOException {
    Path socket = home.resolve("api.sock");
    server.start(cluster, new ApiSettings(home, socket, null, "0.1.0"));
    Files.createDirectory(home.resolve("run"));
    Files.writeString(
        home.resolve("run/service.json"),
        "{\"pid\":77,\"startTicks\":1,\"socket\":\""
            + socket
            + "\",\"http\":null,\"version\":\"0.1.0\"}");
  }

  @AfterEach
  void stop() {
    cluster.mayEnd.countDown();
    server.close();
  }

  Ended holdfast(String... args) {
    var out = new ByteArrayOutputStream();
    Ended ended = holdfast(out, args);
    return new Ended(ended.code(), out.toString(StandardCharsets.UTF_8), ended.err());
  }

  /** The same, with what it writes as bytes. */
  Ended holdfast(ByteArrayOutputStream out, String... args) {
    var err = new ByteArrayOutputStream();
    int code =
        Holdfast.run(
            new Surroundings(
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                Map.of("HOLDFAST_HOME", home.toString()),
                "nobody",
                InstantSource.fixed(FakeCluster.NOW.plusSeconds(150)),
                ZoneOffset.UTC,
                "0.1.0"),
            args);
    return new Ended(code, "", err.toString(StandardCharsets.UTF_8));
  }

  static void assertOneLine(Ended ended, int code, String... words) {
    assertThat(ended.code()).as(ended.err()).isEqualTo(code);
    assertThat(ended.out()).isEmpty();
    assertThat(ended.err().lines().toList()).hasSize(1);
    assertThat(ended.err()).startsWith("holdfast: ");
    assertThat(List.of(words)).allSatisfy(word -> assertThat(ended.err()).contains(word));
  }
}
