package dev.holdfast.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What users of PF4J fall into, through the command line and real monitors: each bad archive is
 * refused with its reason before any of its code runs, and keeps no other from loading.
 */
@Tag("system")
class PluginTrapsIT {
  private static final int REJECTED = 9;

  private static final int BOMB_BYTES = 64 << 20;

  private static Cluster cluster;
  private static Path folder;

  @BeforeAll
  static void start() throws Exception {
    cluster = Cluster.empty().start("serve");
    folder = Files.createDirectory(cluster.folder().resolve("archives"));
    cluster.does("group", "create", "lab");
  }

  @AfterAll
  static void stop() throws Exception {
    cluster.close();
  }

  // ---- refused ------------------------------------------------------------------------------

  /** A bad archive, and what its refusal says. */
  record Trap(String name, TestArchive archive, String reason) {
    @Override
    public String toString() {
      return name;
    }
  }

  static Stream<Trap> traps() throws IOException {
    byte[] spi = "anything".getBytes(StandardCharsets.UTF_8);
    return Stream.of(
        new Trap(
            "bundles the SPI",
            bad().jarEntry("dev/holdfast/spi/ResourceType.class", spi),
            "brings the SPI's own class dev.holdfast.spi.ResourceType"),
        new Trap("zip slip", bad().entry("lib/../../../evil.jar", spi), "lib/../../../evil.jar"),
        new Trap("absolute name", bad().entry("/tmp/evil.jar", spi), "/tmp/evil.jar"),
        new Trap("decompression bomb", bad().entry("bomb", new byte[BOMB_BYTES]), "ratioMax"),
        new Trap(
            "missing library",
            bad()
                .type("bad.Needy", "Needy", "bad.library.Client.name()")
                .source(
                    "bad.library.Client",
                    "package bad.library; public class Client {"
                        + " public static String name() { return \"x\"; } }")
                .without("bad.library.Client"),
            "needs the class bad.library.Client"),
        new Trap(
            "missing plugin",
            bad().descriptor("plugin.dependencies=another"),
            "says plugin.dependencies, which Holdfast does not use"),
        new Trap("class of a newer Java", bad().patching(PluginTrapsIT::ofJava26), "Java 26"),
        new Trap(
            "requires a newer SPI",
            bad().requires(">=9.0.0"),
            "bad 1.0.0 works with versions >=9.0.0 of the SPI"),
        new Trap(
            "code outside of any entry point",
            bad().descriptor("plugin.class=bad.Type"),
            "says plugin.class, which Holdfast does not use"),
        new Trap("jar where none belongs", bad().entry("evil.jar", spi), "evil.jar"));
  }

  /** Its code would be seen if it ran. */
  private static TestArchive bad() {
    return TestArchive.of("bad")
        .type(
            "bad.Type",
            "Bad",
            "\"\"",
            """
            static {
              try { java.nio.file.Files.createFile(java.nio.file.Path.of("%s")); }
              catch (java.io.IOException e) { throw new java.io.UncheckedIOException(e); }
            }
            """
                .formatted(ranMark()));
  }

  private static Path ranMark() {
    return folder.resolve("bad-code-ran");
  }

  private static byte[] ofJava26(byte[] classFile) {
    byte[] newer = classFile.clone();
    newer[7] = 70;
    return newer;
  }

  @ParameterizedTest
  @MethodSource("traps")
  void badArchive_isRefusedWithItsReason_beforeItsCodeRuns_andHarmsNoOther(Trap trap)
      throws Exception {
    Path archive = trap.archive().write(folder);
    List<String> before = types();

    Ran refused = cluster.cli("type", "register", archive.toString());

    assertThat(refused.exitCode()).as(refused.toString()).isEqualTo(REJECTED);
    assertThat(refused.out()).isEmpty();
    assertThat(refused.errLines()).singleElement().asString().contains(trap.reason());
    assertThat(ranMark()).doesNotExist();
    assertThat(types()).isEqualTo(before);
    assertThat(cluster.home().resolve("evil.jar")).doesNotExist();
    String other = "Other" + Integer.toHexString(trap.name().hashCode());
    register(TestArchive.of(other.toLowerCase(Locale.ROOT)).type("fine.Type", other, "\"\""));
    assertThat(cluster.type(other).required("status").asString()).isEqualTo("Registered");
    assertThat(foldersOfRegistrars()).as("none for each archive").isLessThan(4);
  }

  /** A name is used again once its monitor is gone; the last one may be leaving yet. */
  private static long foldersOfRegistrars() throws IOException {
    try (Stream<Path> monitors = Files.list(cluster.home().resolve("monitors"))) {
      return monitors.filter(path -> path.getFileName().toString().startsWith("register-")).count();
    }
  }

  @Test
  void badCode_wouldBeSeen() throws Exception {
    register(bad());

    assertThat(ranMark()).exists();
    cluster.does("type", "unregister", "Bad");
    Files.delete(ranMark());
  }

  /** One that can only be known by trying: its static initialiser throws. */
  @Test
  void codeThatCannotBeLoaded_isRefusedWithItsReason_andHarmsNoOther() throws Exception {
    Path archive =
        TestArchive.of("throws")
            .type(
                "throwing.Type",
                "Throws",
                "\"\"",
                "static { if (true) throw new IllegalStateException(\"not today\"); }")
            .write(folder);

    Ran refused = cluster.cli("type", "register", archive.toString());

    assertThat(refused.exitCode()).isEqualTo(REJECTED);
    assertThat(refused.errLines()).singleElement().asString().contains("not today");
    register(TestArchive.of("after").type("fine.Type", "After", "\"\""));
  }

  // ---- side by side -------------------------------------------------------------------------

  @Test
  void twoGuavas_liveInOneMonitor_eachWithItsOwn() throws IOException {
    for (Map.Entry<String, Path> guava : guavas().entrySet()) {
      String name = guava.getKey();
      register(
          TestArchive.of("with-" + name)
              .library(guava.getValue())
              .type(
                  "guavas.Type",
                  "With " + name,
                  """
                  com.google.common.base.Joiner.on(" ").join("from", \
                  com.google.common.base.Joiner.class.getProtectionDomain().getCodeSource().getLocation())
                  """));
      cluster.change(
          "POST",
          "/v1/resources",
          Map.of(
              "name",
              name,
              "type",
              "With " + name,
              "group",
              "lab",
              "properties",
              Map.of("IsAlivePollInterval", List.of("100"))));
      cluster.change("POST", "/v1/resources/" + name + "/online", Map.of());
    }

    for (Map.Entry<String, Path> guava : guavas().entrySet()) {
      String jar = guava.getValue().getFileName().toString();
      Patience.named(guava.getKey() + " says which Guava it has")
          .untilAsserted(
              () ->
                  assertThat(cluster.resource(guava.getKey()).required("detail").asString(""))
                      .endsWith("/lib/" + jar));
    }
    assertThat(guavas()).hasSize(2);
    assertThat(guavas().keySet())
        .extracting(name -> cluster.number(name, "monitorPid"))
        .as("one monitor")
        .containsOnly(cluster.number(guavas().keySet().iterator().next(), "monitorPid"));
  }

  private static Map<String, Path> guavas() throws IOException {
    try (Stream<Path> jars = Files.list(Path.of("target", "plugin-libraries"))) {
      return jars.collect(
          Collectors.toMap(
              jar -> jar.getFileName().toString().replaceFirst("(guava-[0-9]+).*", "$1"),
              jar -> jar,
              (a, _) -> a,
              TreeMap::new));
    }
  }

  private static void register(TestArchive archive) throws IOException {
    cluster.change("POST", "/v1/types", Map.of("archive", archive.write(folder).toString()));
  }

  private static List<String> types() throws IOException {
    return cluster.types().stream().map(type -> type.required("name").asString()).toList();
  }
}
