package dev.holdfast.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/**
 * The client in an application's process: the program of the page about Java, with the jars of the
 * distribution that it needs and no others.
 */
@Tag("system")
class RegistryClientIT {
  private static final String APP = "HKLM\\Software\\Contoso\\App";
  private static final Pattern CLIENT_JARS =
      Pattern.compile("(holdfast-client|jackson-.*|jspecify)-[0-9.]+\\.jar");

  @Test
  void anApplicationFollowsItsSettings_whoeverIsKilled() throws Exception {
    try (var cluster = Cluster.empty()) {
      cluster.start("serve");
      Path said = cluster.folder().resolve("application.out");
      Process application = start(cluster, said);
      try {
        awaitLines(said, "holds:", 1);
        assertThat(pidsOfHolders(cluster)).containsExactly(application.pid());
        set(cluster, 9090);
        awaitLines(said, "changed:", 1);

        // What happens while neither of them can talk to the other.
        Processes.signal(application.pid(), "STOP");
        cluster.end("KILL");
        cluster.start("serve");
        set(cluster, 9091);
        set(cluster, 9092);
        Processes.signal(application.pid(), "CONT");
        awaitLines(said, "holds:", 2);
        awaitLines(said, "changed:", 3);
        set(cluster, 9093);
        awaitLines(said, "changed:", 4);
        assertThat(lines(said, "changed:"))
            .as("each once, in order: %s", Files.readString(said))
            .hasSize(4)
            .allMatch(line -> line.startsWith("changed: VALUE at "))
            .doesNotHaveDuplicates()
            .isSortedAccordingTo((a, b) -> Long.compare(revision(a), revision(b)))
            .last()
            .asString()
            .endsWith("port 9093");
        assertThat(lines(said, "changed:").stream().map(RegistryClientIT::revision))
            .doesNotHaveDuplicates();
        assertThat(pidsOfHolders(cluster)).containsExactly(application.pid());
      } finally {
        application.destroyForcibly().waitFor();
      }
      Patience.until("the killed holds nothing", () -> pidsOfHolders(cluster).isEmpty());
      JsonNode pid =
          cluster.item("registry", "query", APP + "\\Instance").path("values").path(0).path("data");
      assertThat(pid.asString("")).isEqualTo(Long.toString(application.pid()));
    }
  }

  private static Process start(Cluster cluster, Path said) throws IOException {
    Path program = Distribution.checkout().resolve("host/client/src/example/FollowSettings.java");
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    return Distribution.builder(
            Map.of(),
            List.of(java, "-cp", classPath(), program.toString(), cluster.home().toString()))
        .directory(cluster.folder().toFile())
        .redirectErrorStream(true)
        .redirectOutput(said.toFile())
        .start();
  }

  private static String classPath() throws IOException {
    try (Stream<Path> jars = Files.list(Distribution.root().resolve("lib"))) {
      return jars.filter(jar -> CLIENT_JARS.matcher(jar.getFileName().toString()).matches())
          .map(Path::toString)
          .sorted()
          .collect(Collectors.joining(":"));
    }
  }

  private static void set(Cluster cluster, int port) throws Exception {
    cluster.does("registry", "add", APP, "-v", "Port", "-t", "REG_DWORD", "-d", "" + port);
  }

  private static List<Long> pidsOfHolders(Cluster cluster) throws Exception {
    return cluster.items("registry", "handles", APP).stream()
        .map(handle -> handle.path("pid").asLong(0))
        .toList();
  }

  private static void awaitLines(Path said, String beginning, int count) {
    Patience.named("the application says \"%s\" %d times".formatted(beginning, count))
        .untilAsserted(
            () ->
                assertThat(lines(said, beginning))
                    .as(Files.readString(said))
                    .hasSizeGreaterThanOrEqualTo(count));
  }

  private static List<String> lines(Path said, String beginning) throws IOException {
    return Files.readAllLines(said).stream().filter(line -> line.startsWith(beginning)).toList();
  }

  private static long revision(String line) {
    return Long.parseLong(line.replaceAll(".* at (\\d+), .*", "$1"));
  }
}
