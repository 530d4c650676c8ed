package dev.holdfast.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;
import tools.jackson.databind.JsonNode;

/** Who may do what in the registry, and who holds what: with real processes at a real socket. */
@Isolated(
    "It has ten seconds for what takes one or two: an end that is seen is no idle connection.")
@Tag("system")
class RegistryGuardIT {
  private static final int FAILED = 1;
  private static final int NOT_PERMITTED = 6;
  private static final int CONFLICT = 7;
  private static final String SERVICE = "HKLM\\System\\CurrentControlSet\\Services\\Contoso";
  private static final String RESOLVED = "HKLM\\System\\ControlSet001\\Services\\Contoso";

  /** Far less than the beat of other streams; an idle connection lasts 30 s. */
  private static final Duration SOON = Duration.ofSeconds(10);

  private static Cluster cluster;

  @BeforeAll
  static void start() throws Exception {
    cluster = Cluster.empty();
    cluster.start("serve");
    cluster.does("registry", "add", SERVICE + "\\Parameters", "-v", "Port", "-d", "25");
  }

  @AfterAll
  static void end() throws Exception {
    cluster.close();
  }

  private static Process hold(String path) throws Exception {
    return Distribution.builder(
            Map.of(),
            List.of(
                Distribution.launcher().toString(),
                "registry",
                "hold",
                path,
                "--home",
                cluster.home().toString()))
        .redirectErrorStream(true)
        .start();
  }

  private static List<JsonNode> handles(String path) throws Exception {
    return cluster.items("registry", "handles", path);
  }

  private static JsonNode awaitHandle(String path) {
    return await()
        .atMost(SOON)
        .until(() -> handles(path), handles -> handles.size() == 1)
        .getFirst();
  }

  /** Q316772 as a scenario: somebody holds a key, and a restore of it is refused and says who. */
  @Test
  void aHolderIsNamed_andIsNoMoreInTheWayWhenItWasKilled() throws Exception {
    Path file = cluster.folder().resolve("held.hive");
    cluster.does("registry", "save", SERVICE, file.toString());
    Process holder = hold(SERVICE + "\\Parameters");
    try {
      JsonNode handle = awaitHandle(RESOLVED);
      assertThat(handle.path("pid").asLong(0)).isEqualTo(holder.pid());
      assertThat(handle.path("key").asString("")).isEqualTo(SERVICE + "\\Parameters");
      assertThat(handle.path("resolvedKey").asString("")).isEqualTo(RESOLVED + "\\Parameters");

      Ran refused = cluster.cli("registry", "restore", SERVICE, file.toString());
      assertThat(refused.exitCode()).as(refused.toString()).isEqualTo(CONFLICT);
      assertThat(refused.err()).contains("(pid " + holder.pid() + ")", "--force");
    } finally {
      holder.destroyForcibly().waitFor();
    }
    await().atMost(SOON).until(() -> handles(RESOLVED).isEmpty());
    cluster.does("registry", "restore", SERVICE, file.toString());
  }

  @Test
  void aHandleThatIsClosedByAnother_endsItsHolder_andIsAnEvent() throws Exception {
    cluster.does("registry", "add", "HKLM\\Software\\Held");
    Process holder = hold("HKLM\\Software\\Held");
    try {
      JsonNode handle = awaitHandle("HKLM\\Software\\Held");
      cluster.does("registry", "handles", "--close", handle.path("id").asString("0"));
      assertThat(holder.waitFor(SOON)).isTrue();
      assertThat(holder.exitValue()).isEqualTo(FAILED);
      assertThat(
              new String(
                  holder.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8))
          .contains("open until this command ends", "closed by somebody else");
      assertThat(cluster.does("events", "--id", "2028").out()).contains("HKLM\\Software\\Held");
    } finally {
      holder.destroyForcibly().waitFor();
    }
  }

  /** Q192493: who is not named by a key is not let in, whoever it is; the tests' own user here. */
  @Test
  void aKeyThatGrantsNothingDeniesAlsoRoot_andTheDenialIsAnEvent() throws Exception {
    String closed = "HKLM\\Software\\Closed";
    String user = System.getProperty("user.name");
    cluster.does("registry", "add", closed, "-v", "V", "-d", "1");
    cluster.does("registry", "acl", "revoke", closed, "Everyone", "all");
    Ran revoked = cluster.does("registry", "acl", "revoke", closed, user, "all");
    assertThat(revoked.err()).contains("1 change");
    Ran denied = cluster.cli("registry", "query", closed);
    assertThat(denied.exitCode()).as(denied.toString()).isEqualTo(NOT_PERMITTED);
    assertThat(denied.err()).contains(closed, "asked for KEY_READ", "no entry grants");
    assertThat(cluster.does("events", "--id", "2027").out()).contains(closed, user);

    // Whoever backs up passes by, and the owner may still write the list.
    cluster.does("registry", "save", closed, cluster.folder().resolve("closed.hive").toString());
    assertThat(cluster.does("registry", "acl", "show", closed).out())
        .contains("inherits nothing", "cluster-service");
    cluster.does("registry", "acl", "grant", closed, user, "read");
    cluster.does("registry", "query", closed);
  }
}
