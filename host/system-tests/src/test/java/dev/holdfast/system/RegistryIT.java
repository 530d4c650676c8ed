package dev.holdfast.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** The registry by the command line: keys and values, files, and what a death leaves. */
@Tag("system")
class RegistryIT {
  private static final int NOT_FOUND = 4;
  private static final int NOT_PERMITTED = 6;
  private static final int CONFLICT = 7;
  private static final int INVALID = 9;
  private static final String CONTOSO = "HKLM\\Software\\Contoso";

  private static Cluster cluster;

  @BeforeAll
  static void start() throws Exception {
    cluster = Cluster.empty();
    cluster.start("serve");
    cluster.does("registry", "add", CONTOSO, "-v", "Port", "-t", "REG_DWORD", "-d", "0x1F90");
    cluster.does("registry", "add", CONTOSO, "-v", "", "-d", "the default");
    cluster.does(
        "registry",
        "add",
        CONTOSO + "\\Hosts",
        "-v",
        "All",
        "-t",
        "REG_MULTI_SZ",
        "-d",
        "a",
        "-d",
        "b");
  }

  @AfterAll
  static void end() throws Exception {
    cluster.close();
  }

  private static Ran refused(int exitCode, String... words) throws Exception {
    Ran ran = cluster.cli(words);
    assertThat(ran.exitCode()).as(ran.toString()).isEqualTo(exitCode);
    assertThat(ran.errLines()).as(ran.toString()).hasSize(1);
    return ran;
  }

  private static JsonNode key(String path) throws Exception {
    return cluster.item("registry", "query", path);
  }

  @Test
  void aKeyIsShownAsRegExeShowsIt() throws Exception {
    assertThat(cluster.does("registry", "query", CONTOSO).out().lines())
        .containsExactly(
            CONTOSO,
            "    (Default)    REG_SZ    the default",
            "    Port    REG_DWORD    8080",
            CONTOSO + "\\Hosts");
    assertThat(cluster.does("registry", "query", CONTOSO, "-r").out())
        .contains("    All    REG_MULTI_SZ    a, b");
    JsonNode port = key(CONTOSO).path("values").path(1);
    assertThat(port.path("data").asInt(0)).isEqualTo(8080);
    assertThat(port.path("bytes").asString("")).isEqualTo("901f0000");
  }

  @Test
  void currentControlSetShowsWhereItLeads() throws Exception {
    assertThat(cluster.does("registry", "query", "HKLM\\System\\CurrentControlSet").out().lines())
        .first()
        .isEqualTo("HKLM\\System\\CurrentControlSet  (now HKLM\\System\\ControlSet001)");
  }

  @Test
  void whatIsRefusedSaysWhy() throws Exception {
    assertThat(refused(NOT_FOUND, "registry", "query", CONTOSO + "\\None").err())
        .contains("There is no key " + CONTOSO + "\\None.");
    assertThat(refused(NOT_FOUND, "registry", "delete", CONTOSO, "-v", "None").err())
        .contains("has no value \"None\"");
    assertThat(refused(CONFLICT, "registry", "delete", CONTOSO).err()).contains("with -r");
    assertThat(refused(NOT_PERMITTED, "registry", "add", "HKLM\\Cluster\\Resources\\X").err())
        .contains("written by the cluster service alone");
    assertThat(refused(NOT_FOUND, "registry", "load", "HKLM\\X", "no.hive").err())
        .contains("There is no file no.hive.");
  }

  @Test
  void aDryRunChangesNothing() throws Exception {
    cluster.does("registry", "add", CONTOSO + "\\New", "--dry-run");
    refused(NOT_FOUND, "registry", "query", CONTOSO + "\\New");
  }

  @Test
  void textGoesOutAndComesBack_andNoFileIsReplacedUnasked() throws Exception {
    Path file = cluster.folder().resolve("contoso.reg");
    cluster.does("registry", "export", CONTOSO, file.toString());
    assertThat(refused(CONFLICT, "registry", "export", CONTOSO, file.toString()).err())
        .contains("--force");
    cluster.does("registry", "export", CONTOSO, file.toString(), "--force");
    cluster.does("registry", "add", CONTOSO + "2");
    Path moved = cluster.folder().resolve("moved.reg");
    Files.write(
        moved,
        new String(Files.readAllBytes(file), java.nio.charset.StandardCharsets.UTF_16LE)
            .replace("\\Contoso", "\\Contoso2")
            .getBytes(java.nio.charset.StandardCharsets.UTF_16LE));
    cluster.does("registry", "import", moved.toString());
    assertThat(key(CONTOSO + "2\\Hosts").path("values"))
        .isEqualTo(key(CONTOSO + "\\Hosts").path("values"));
  }

  @Test
  void aSavedHiveIsReadByHivex() throws Exception {
    Tools.need("hivexml");
    Path file = cluster.folder().resolve("contoso.hive");
    cluster.does("registry", "save", CONTOSO, file.toString());
    Ran xml = Distribution.run(cluster.folder(), Map.of(), List.of("hivexml", file.toString()));
    assertThat(xml.exitCode()).as(xml.toString()).isZero();
    assertThat(xml.out()).contains("name=\"Contoso\"", "<value type=\"int32\" key=\"Port\"");
  }

  @Test
  void aHiveFileIsRestored_andADamagedOneIsRefused() throws Exception {
    Path file = cluster.folder().resolve("restore.hive");
    cluster.does("registry", "save", CONTOSO, file.toString());
    cluster.does("registry", "restore", CONTOSO + "3", file.toString());
    assertThat(key(CONTOSO + "3\\Hosts").path("values"))
        .isEqualTo(key(CONTOSO + "\\Hosts").path("values"));
    byte[] bytes = Files.readAllBytes(file);
    Path cut = Files.write(cluster.folder().resolve("cut.hive"), Arrays.copyOf(bytes, 4200));
    assertThat(refused(INVALID, "registry", "restore", CONTOSO, cut.toString()).err())
        .contains("cut.hive");
  }

  @Test
  void aHiveFileIsLoaded_changed_savedAndUnloaded() throws Exception {
    Path file = cluster.folder().resolve("load.hive");
    Path changed = cluster.folder().resolve("changed.hive");
    cluster.does("registry", "save", CONTOSO, file.toString());
    cluster.does("registry", "load", "HKLM\\Offline", file.toString());
    cluster.does("registry", "add", "HKLM\\Offline", "-v", "Checked", "-d", "yes");
    assertThat(refused(CONFLICT, "registry", "unload", "HKLM\\Offline").err())
        .contains("--discard");
    cluster.does("registry", "unload", "HKLM\\Offline", changed.toString());
    refused(NOT_FOUND, "registry", "query", "HKLM\\Offline");
    cluster.does("registry", "restore", CONTOSO + "4", changed.toString());
    assertThat(cluster.does("registry", "query", CONTOSO + "4", "-v", "checked").out())
        .contains("yes");
  }

  @Test
  void changesAreWatched() throws Exception {
    String watched = "HKLM\\Software\\Watched";
    cluster.does("registry", "add", watched);
    long before = key(watched).path("revision").asLong(0);
    cluster.does("registry", "add", watched + "\\Sub", "-v", "V", "-d", "1");
    Path said = cluster.folder().resolve("watch.out");
    Process watching =
        Distribution.builder(
                Map.of(),
                List.of(
                    Distribution.launcher().toString(),
                    "registry",
                    "watch",
                    watched,
                    "-r",
                    "--after",
                    Long.toString(before),
                    "--home",
                    cluster.home().toString()))
            .redirectErrorStream(true)
            .redirectOutput(said.toFile())
            .start();
    try {
      Patience.named("the change is told")
          .untilAsserted(
              () -> assertThat(Files.readString(said)).contains("value      " + watched + "\\Sub"));
    } finally {
      watching.destroyForcibly().waitFor();
    }
  }

  @Test
  void whatWasAcknowledgedIsThereAfterAKill() throws Exception {
    try (var own = Cluster.empty()) {
      own.start("serve");
      own.does("registry", "add", CONTOSO, "-v", "Kept", "-d", "yes");
      own.end("KILL");
      own.start("serve");
      assertThat(own.does("registry", "query", CONTOSO, "-v", "kept").out()).contains("yes");
    }
  }
}
