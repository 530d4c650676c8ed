package dev.holdfast.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertAll;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.JsonNode;

/**
 * Q242398: a type cannot be turned into code, for each reason there is. What runs goes on running,
 * says so, pays nothing, and is supervised again when the reason is gone, without registering.
 *
 * <p>A table: each fault has a type, an archive and a resource of its own, and all of them happen
 * at once, at each of three moments.
 */
@Tag("system")
class TypesIT {
  private static final int CONFLICT = 7;
  private static final String REGISTERED = "Registered";

  /** Time enough for every deed while no monitor lives, also on a machine that is busy. */
  private static final String HELD_BACK = "2s";

  private static Cluster cluster;
  private static Path folder;

  @BeforeAll
  static void start() throws Exception {
    cluster = Cluster.empty().with("HOLDFAST_MONITOR_REPLACEMENT_DELAY", HELD_BACK).start("serve");
    folder = Files.createDirectory(cluster.folder().resolve("archives"));
    cluster.does("group", "create", "lab");
    create("bystander", "Generic Application", Map.of("CommandLine", List.of("/bin/sleep 100000")));
    for (Fault fault : Fault.values()) {
      register(archiveOf(fault));
      create(fault.resource(), fault.type(), Map.of());
    }
    cluster.change("POST", "/v1/groups/lab/online", Map.of());
  }

  @AfterAll
  static void stop() throws Exception {
    cluster.close();
  }

  // ---- what is done, and when ---------------------------------------------------------------

  /** What is done to the file that a fault is about. */
  private enum Deed {
    REMOVING {
      @Override
      void to(Path file) throws IOException {
        Files.delete(file);
      }
    },
    ALTERING {
      @Override
      void to(Path file) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        bytes[bytes.length / 2] ^= 1;
        Files.write(file, bytes);
      }
    },
    REPLACING {
      @Override
      void to(Path file) throws IOException {
        Path other = Files.copy(Distribution.sample("ticker"), file.resolveSibling("other"));
        Files.move(other, file, StandardCopyOption.REPLACE_EXISTING);
      }
    },
    TRUNCATING {
      @Override
      void to(Path file) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        Files.write(file, Arrays.copyOf(bytes, bytes.length / 2));
      }
    },
    BREAKING {
      @Override
      void to(Path file) throws IOException {
        Files.delete(file);
        Files.createDirectory(file); // it is there, and cannot be read
      }
    };

    abstract void to(Path file) throws IOException;
  }

  /** What is wrong with a type, and what is then said of it. */
  private enum Fault {
    KEPT_REMOVED(Deed.REMOVING, "PluginMissing"),
    KEPT_ALTERED(Deed.ALTERING, "DigestMismatch"),
    KEPT_REPLACED(Deed.REPLACING, "DigestMismatch"),
    KEPT_TRUNCATED(Deed.TRUNCATING, "DigestMismatch"),
    KEPT_BROKEN(Deed.BREAKING, "PluginMissing"),
    // What was unpacked can be made anew from what is kept, so nobody need know.
    UNPACKED_REMOVED(Deed.REMOVING, REGISTERED),
    UNPACKED_ALTERED(Deed.ALTERING, REGISTERED),
    UNPACKED_REPLACED(Deed.REPLACING, REGISTERED),
    UNPACKED_TRUNCATED(Deed.TRUNCATING, REGISTERED),
    UNPACKED_BROKEN(Deed.BREAKING, REGISTERED),
    /** Its static initialiser throws while a file is there. */
    UNLOADABLE(null, "LoadFailed"),
    /** The same, of one of two types of an archive. */
    HALF_UNLOADABLE(null, "LoadFailed"),
    UNREGISTERED(null, "NotRegistered");

    private final @Nullable Deed deed;
    private final String status;

    Fault(@Nullable Deed deed, String status) {
      this.deed = deed;
      this.status = status;
    }

    String type() {
      return "Type " + name();
    }

    String resource() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    boolean isOfKept() {
      return name().startsWith("KEPT");
    }

    boolean isOfUnpacked() {
      return name().startsWith("UNPACKED");
    }

    /** Whether it is told while a monitor lives that has the code. */
    boolean isSeenAt(Moment moment) {
      return moment != Moment.WHILE_ALL_LIVE || isOfKept() || this == UNREGISTERED;
    }

    /** Where the file stands whose presence keeps the code from being loaded. */
    Path veto() {
      return folder.resolve(resource() + "-veto");
    }
  }

  enum Moment {
    WHILE_ALL_LIVE,
    WHILE_NO_MONITOR_LIVES,
    WHILE_NO_SERVICE_LIVES
  }

  private static TestArchive archiveOf(Fault fault) {
    String members =
        """
        static {
          if (new java.io.File("%s").exists()) throw new IllegalStateException("not today");
        }
        """
            .formatted(fault.veto());
    TestArchive archive =
        TestArchive.of(fault.resource()).process("faulty.Type", fault.type(), members);
    return fault == Fault.HALF_UNLOADABLE
        ? archive.process("faulty.Other", "Other half", "")
        : archive;
  }

  private static void inflict(Fault fault, Map<Fault, Path> files) throws IOException {
    if (fault == Fault.UNREGISTERED) {
      return; // which only a service that lives can do
    }
    if (fault.deed == null) {
      Files.createFile(fault.veto());
    } else {
      fault.deed.to(of(files, fault));
    }
  }

  private static void inflictAll(Map<Fault, Path> files) throws IOException {
    for (Fault fault : Fault.values()) {
      inflict(fault, files);
    }
  }

  private static void at(Moment moment, Map<Fault, Path> files) throws Exception {
    unregister(Fault.UNREGISTERED.type() + "?force=true");
    switch (moment) {
      case WHILE_ALL_LIVE -> inflictAll(files);
      case WHILE_NO_MONITOR_LIVES -> {
        Processes.signal(cluster.number("bystander", "monitorPid"), "KILL");
        Patience.until(
            "no monitor lives",
            () -> cluster.resource("bystander").required("monitorPid").isNull());
        inflictAll(files);
      }
      case WHILE_NO_SERVICE_LIVES -> {
        cluster.end("KILL");
        inflictAll(files);
        cluster.start("serve");
      }
    }
  }

  private static void mend(Map<Fault, Path> files, Map<Fault, byte[]> whole) throws Exception {
    for (Fault fault : Fault.values()) {
      if (fault.isOfKept()) {
        Path file = of(files, fault);
        if (Files.isDirectory(file)) {
          Files.delete(file);
        }
        Files.write(file, of(whole, fault));
      }
      Files.deleteIfExists(fault.veto());
    }
    register(archiveOf(Fault.UNREGISTERED));
  }

  // ---- the matrix ---------------------------------------------------------------------------

  @ParameterizedTest
  @EnumSource(Moment.class)
  void whateverIsWrongWithAType_isTold_harmsNobody_andNeedsNoRegistering(Moment moment)
      throws Exception {
    Map<Fault, Path> files = files();
    Map<Fault, byte[]> whole = new LinkedHashMap<>();
    for (Map.Entry<Fault, Path> file : files.entrySet()) {
      whole.put(file.getKey(), Files.readAllBytes(file.getValue()));
    }
    Map<Fault, Life> before = lives();
    Life bystander = Life.of("bystander");

    at(moment, files);

    assertForEach(fault -> assertThatItGoesOn(fault, of(before, fault), moment));
    assertForEach(fault -> assertThatItIsExplained(fault, moment));
    Patience.until(
        "the bystander is supervised",
        () -> cluster.resource("bystander").required("monitorPid").isNumber());
    assertThat(Life.of("bystander").pid()).isEqualTo(bystander.pid());

    mend(files, whole);

    assertForEach(fault -> assertThatItIsBack(fault, of(before, fault)));
    if (moment == Moment.WHILE_ALL_LIVE) {
      killSharedMonitor(); // the next one needs what was unpacked
      assertForEach(fault -> assertThatItIsBack(fault, of(before, fault)));
    }
    assertForEach(
        fault -> {
          if (fault.isOfUnpacked()) {
            assertThat(of(files, fault)).hasBinaryContent(of(whole, fault));
            assertThat(of(files, fault).resolveSibling("other")).doesNotExist();
          }
        });
  }

  private static <T> T of(Map<Fault, T> each, Fault fault) {
    return Objects.requireNonNull(each.get(fault));
  }

  private interface Check {
    void of(Fault fault) throws Exception;
  }

  /** All of them, so that one failure does not hide another. */
  private static void assertForEach(Check check) {
    assertAll(
        Stream.of(Fault.values())
            .map(
                fault ->
                    (Executable)
                        () -> {
                          try {
                            check.of(fault);
                          } catch (AssertionError | RuntimeException e) {
                            throw new AssertionError(fault + ": " + e.getMessage(), e);
                          }
                        }));
  }

  /** The file that each fault is about. */
  private static Map<Fault, Path> files() throws IOException {
    Map<Fault, Path> files = new LinkedHashMap<>();
    for (Fault fault : Fault.values()) {
      JsonNode type = cluster.type(fault.type());
      if (fault.isOfKept()) {
        files.put(fault, Path.of(type.required("archive").asString()));
      } else if (fault.isOfUnpacked()) {
        String digest = type.required("digest").asString().replace("sha256:", "");
        files.put(
            fault,
            cluster
                .home()
                .resolve("unpacked")
                .resolve(digest)
                .resolve("lib")
                .resolve(fault.resource() + ".jar"));
      }
    }
    return files;
  }

  /** What must not change, and what counts. */
  private record Life(long pid, String since, long adoptions) {
    static Life of(String resource) throws IOException {
      JsonNode now = cluster.resource(resource);
      return new Life(
          now.required("pid").asLong(),
          now.required("since").asString(),
          now.required("adoptions").asLong());
    }
  }

  private static Map<Fault, Life> lives() throws IOException {
    Map<Fault, Life> lives = new LinkedHashMap<>();
    for (Fault fault : Fault.values()) {
      lives.put(fault, Life.of(fault.resource()));
    }
    return lives;
  }

  /** Online, the same process, nothing paid; held, unless a monitor would need the code anew. */
  private static void assertThatItGoesOn(Fault fault, Life before, Moment moment) {
    String status = fault.isSeenAt(moment) ? fault.status : REGISTERED;
    boolean held = moment == Moment.WHILE_ALL_LIVE || status.equals(REGISTERED);
    Patience.named(fault.resource() + " goes on, and says what is the matter")
        .untilAsserted(
            () -> {
              JsonNode resource = cluster.resource(fault.resource());
              assertThat(resource.required("typeStatus").asString()).isEqualTo(status);
              assertThat(resource.required("unsupervisedSince").isNull()).isEqualTo(held);
              assertThat(resource.required("monitorPid").isNumber()).isEqualTo(held);
              assertThat(resource.required("type").asString()).isEqualTo(fault.type());
              assertThatNothingWasPaid(resource);
              assertThat(Life.of(fault.resource()).pid()).isEqualTo(before.pid());
              assertThat(ProcessHandle.of(before.pid())).isPresent();
            });
  }

  private static void assertThatNothingWasPaid(JsonNode resource) {
    assertThat(resource.required("state").asString()).isEqualTo("Online");
    assertThat(resource.required("failures").asInt()).isZero();
    assertThat(resource.required("restarts").asInt()).isZero();
    assertThat(resource.required("lastExit").isNull()).isTrue();
  }

  private static void assertThatItIsExplained(Fault fault, Moment moment) throws IOException {
    if (!fault.isSeenAt(moment) || fault.status.equals(REGISTERED)) {
      return;
    }
    JsonNode resource = cluster.resource(fault.resource());
    JsonNode why = cluster.why(fault.resource());
    assertThat(why.toString())
        .contains("its type " + fault.type() + " is " + fault.status)
        .contains("holdfast type");
    String detail = resource.required("detail").asString();
    if (fault == Fault.UNREGISTERED) {
      assertThat(detail).contains(fault.type());
      return;
    }
    JsonNode type = cluster.type(fault.type());
    assertThat(type.required("status").asString()).isEqualTo(fault.status);
    assertThat(type.required("plugin").asString()).isEqualTo(fault.resource());
    assertThat(type.required("pluginVersion").asString()).isEqualTo("1.0.0");
    assertThat(detail)
        .contains(fault.isOfKept() ? type.required("archive").asString() : "not today");
  }

  private static void assertThatItIsBack(Fault fault, Life before) {
    Patience.named(fault.resource() + " is supervised again")
        .untilAsserted(
            () -> {
              JsonNode resource = cluster.resource(fault.resource());
              assertThat(resource.required("typeStatus").asString()).isEqualTo(REGISTERED);
              assertThat(resource.required("unsupervisedSince").isNull()).isTrue();
              assertThat(resource.required("monitorPid").isNumber()).isTrue();
              assertThatNothingWasPaid(resource);
              Life now = Life.of(fault.resource());
              assertThat(now.pid()).isEqualTo(before.pid());
              assertThat(now.since()).isEqualTo(before.since());
              assertThat(now.adoptions()).isGreaterThanOrEqualTo(before.adoptions());
            });
  }

  // ---- several of them ----------------------------------------------------------------------

  @Test
  void oneArchiveWithTwoTypes_isOnePluginToAll() throws Exception {
    register(two("1.0.0"));
    online("first", "First");
    online("second", "Second");
    assertThat(cluster.number("second", "monitorPid"))
        .isEqualTo(cluster.number("first", "monitorPid"));
    Path archive = Path.of(cluster.type("First").required("archive").asString());
    assertThat(cluster.type("Second").required("archive").asString()).isEqualTo(archive.toString());

    Path aside = Files.move(archive, folder.resolve("aside.zip"));
    awaitStatus("First", "PluginMissing");
    awaitStatus("Second", "PluginMissing");
    Files.move(aside, archive);
    awaitStatus("First", REGISTERED);
    awaitStatus("Second", REGISTERED);

    remove("second");
    unregister("Second");
    killSharedMonitor();
    cluster.awaitState("first", "Online");
    assertThat(cluster.type("First").required("status").asString()).isEqualTo(REGISTERED);
    remove("first");
    unregister("First");
  }

  @Test
  void twoArchivesWithOneId_areTwoVersions_neverInOneMonitor() throws Exception {
    register(two("1.0.0"));
    online("first", "First");
    long monitor = cluster.number("first", "monitorPid");

    // The same version with other bytes is no version.
    assertConflict(two("1.0.0").entry("NOTES", "other".getBytes(StandardCharsets.UTF_8)), "1.0.0");
    // A newer one that lacks a type would leave that one without code for ever.
    assertConflict(TestArchive.of("twins").version("2.0.0").type("t.A", "First", "\"\""), "Second");

    register(two("2.0.0"));
    Patience.until(
        "first is held by a new monitor, by the new version",
        () ->
            cluster.resource("first").required("monitorPid").isNumber()
                && cluster.number("first", "monitorPid") != monitor
                && cluster.resource("first").required("pluginVersion").asString().equals("2.0.0"));
    cluster.awaitState("first", "Online");
    assertThat(cluster.type("First").required("versions").values())
        .extracting(JsonNode::asString)
        .containsExactly("1.0.0", "2.0.0");
    remove("first");
    unregisterTwo();
  }

  @Test
  void whatAMonitorHasLoadedForAResourceThatIsGone_doesNotKeepANewerVersionOut() throws Exception {
    register(two("1.0.0"));
    online("first", "First");
    remove("first");

    register(two("2.0.0"));
    online("again", "First");

    assertThat(cluster.resource("again").required("pluginVersion").asString()).isEqualTo("2.0.0");
    remove("again");
    unregisterTwo();
  }

  @Test
  void aStockTypeAndTwoOthers_liveInOneMonitor_andAreFoundAgain() throws Exception {
    cluster.change(
        "POST", "/v1/types", Map.of("archive", Distribution.sample("ticker").toString()));
    register(two("1.0.0"));
    online("tick", "Ticker");
    online("first", "First");
    List<String> all = List.of("bystander", "tick", "first");
    List<Long> monitors = new ArrayList<>();
    for (String resource : all) {
      monitors.add(cluster.number(resource, "monitorPid"));
    }
    assertThat(monitors).containsOnly(monitors.getFirst());
    Life ticker = Life.of("tick");

    killSharedMonitor();

    for (String resource : all) {
      cluster.awaitState(resource, "Online");
    }
    assertThat(Life.of("tick").pid()).isEqualTo(ticker.pid());
    remove("tick");
    remove("first");
    unregisterTwo();
  }

  private static TestArchive two(String version) {
    return TestArchive.of("twins")
        .version(version)
        .type("t.A", "First", "\"\"")
        .type("t.B", "Second", "\"\"");
  }

  private static void unregisterTwo() throws IOException {
    unregister("First");
    unregister("Second");
  }

  private static void register(TestArchive archive) throws IOException {
    cluster.change("POST", "/v1/types", Map.of("archive", archive.write(folder).toString()));
  }

  private static void unregister(String type) throws IOException {
    cluster.change("DELETE", "/v1/types/" + type.replace(" ", "%20"), Map.of());
  }

  private static void assertConflict(TestArchive archive, String said) throws Exception {
    Ran refused = cluster.cli("type", "register", archive.write(folder).toString());
    assertThat(refused.exitCode()).as(refused.toString()).isEqualTo(CONFLICT);
    assertThat(refused.errLines()).singleElement().asString().contains(said);
  }

  private static void create(String name, String type, Map<String, List<String>> properties)
      throws IOException {
    cluster.change(
        "POST",
        "/v1/resources",
        Map.of("name", name, "type", type, "group", "lab", "properties", properties));
  }

  private static void online(String name, String type) throws IOException {
    create(name, type, Map.of());
    cluster.change("POST", "/v1/resources/" + name + "/online", Map.of());
  }

  private static void remove(String name) throws IOException {
    cluster.change("POST", "/v1/resources/" + name + "/offline", Map.of());
    cluster.change("DELETE", "/v1/resources/" + name, Map.of());
  }

  private static void awaitStatus(String type, String status) {
    Patience.until(
        type + " is " + status,
        () -> cluster.type(type).required("status").asString().equals(status));
  }

  private static void killSharedMonitor() throws Exception {
    long monitor = cluster.number("bystander", "monitorPid");
    Processes.signal(monitor, "KILL");
    Patience.until(
        "everything is held by a new monitor",
        () ->
            cluster.resources().stream()
                .allMatch(
                    each ->
                        each.required("monitorPid").isNumber()
                            && each.required("monitorPid").asLong() != monitor));
  }
}
