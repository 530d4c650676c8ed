package dev.holdfast.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/**
 * Q288562: isinteg -patch repaired the store of a resource that was offline and changed its
 * registry; the next online put the old registry back under the new store, and asked for the patch
 * again.
 */
@Tag("system")
class Q288562IT {
  private static final int FAILED = 1;
  private static final int USAGE = 2;
  private static final int CONFLICT = 7;
  private static final int PATCH_BEGUN = 2040;
  private static final int PATCH_COMMITTED = 2041;
  private static final int PATCH_INCOMPLETE = 2042;
  private static final int PATCH_ABORTED = 2043;
  private static final String KEY = "HKLM\\System\\CurrentControlSet\\Services\\MSExchangeIS";

  private Cluster cluster;
  private Path store;
  private Path seen;

  /**
   * An information store that goes online only when its file and its registry belong together, and
   * says what it saw. It was online once; now it is offline, and an older file was brought back.
   */
  @BeforeEach
  void given() throws Exception {
    cluster = Cluster.empty();
    store = cluster.folder().resolve("priv.edb");
    seen = cluster.folder().resolve("seen");
    Files.writeString(store, "guid-1");
    cluster.start("serve");
    write("Guid", "guid-1");
    cluster.does("group", "create", "exchange");
    String application =
        script(
            "store",
            """
            { cat %s; echo
              %s registry query '%s' -r --home %s; } > %s.new
            mv %s.new %s
            exec sleep 1000
            """
                .formatted(store, holdfast(), KEY, cluster.home(), seen, seen, seen));
    create("disk", "sleep 1000");
    create("is", application, "--depends", "disk");
    cluster.does(
        "checkpoint", "add", "is", "registry:System\\CurrentControlSet\\Services\\MSExchangeIS");
    cluster.does("resource", "online", "is");
    awaitSeen("guid-1");
    cluster.does("resource", "offline", "is");
    Files.delete(seen);
  }

  @AfterEach
  void end() throws Exception {
    cluster.close();
  }

  private void create(String name, String commandLine, String... more) throws Exception {
    List<String> words =
        new ArrayList<>(
            List.of("resource", "create", name, "-g", "exchange", "-t", "Generic Application"));
    words.addAll(List.of("-p", "CommandLine=" + commandLine));
    words.addAll(List.of(more));
    cluster.does(words.toArray(String[]::new));
  }

  private static String holdfast() {
    return Distribution.launcher().toString();
  }

  private String script(String name, String lines) throws Exception {
    Path file = Files.writeString(cluster.folder().resolve(name), "#!/bin/sh\n" + lines);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    return file.toString();
  }

  /** What repairs the store: it changes the file and the registry, and ends so. */
  private String isinteg(String guid, String end) throws Exception {
    return script(
        "isinteg",
        """
        echo "patching to %s in $PWD"
        printf %s > %s
        %s registry add '%s' -v Guid -d %s || exit 99
        %s
        """
            .formatted(guid, guid, store, holdfast(), KEY, guid, end));
  }

  private void write(String value, String data) throws Exception {
    cluster.does("registry", "add", KEY, "-v", value, "-d", data);
  }

  private Ran patch(String... tool) throws Exception {
    return cluster.paste("holdfast resource patch is -- " + String.join(" ", tool));
  }

  private Ran patched(String... tool) throws Exception {
    Ran ran = patch(tool);
    assertThat(ran.exitCode()).as(ran.toString()).isZero();
    return ran;
  }

  private String seen() throws Exception {
    return Files.exists(seen) ? Files.readString(seen) : "";
  }

  private void awaitSeen(String... texts) {
    Patience.named("the application has seen " + List.of(texts))
        .untilAsserted(() -> assertThat(seen()).contains(texts));
  }

  /** Events are durable soon after what they tell. */
  private void awaitEvent(int id) {
    Patience.until("there is an event " + id, () -> cluster.events(id).size() == 1);
  }

  private List<String> causes() throws Exception {
    return cluster.items("checkpoint", "history", "is", "1").stream()
        .map(each -> each.required("cause").asString())
        .toList();
  }

  private String registry() throws Exception {
    return cluster.does("registry", "query", KEY, "-r").out();
  }

  private String detail() throws Exception {
    return cluster.resource("is").required("detail").asString("");
  }

  private long toolPid() throws Exception {
    JsonNode audit = cluster.door().items("/v1/audit").getFirst();
    return audit.required("slots").values().stream()
        .filter(slot -> slot.required("slot").asString().equals("@patch"))
        .filter(slot -> slot.required("state").asString().equals("Running"))
        .map(slot -> slot.required("pid").asLong())
        .findFirst()
        .orElse(0L);
  }

  // ---- the story of the article ----------------------------------------------------------------

  @Test
  void whatTheBackupAndIsintegChangedIsWhatTheNextOnlineSees() throws Exception {
    write("Restore in Progress", "yes");

    Ran ran = patched(isinteg("guid-2", "exit 0"));

    assertThat(ran.err())
        .contains("patch begun")
        .contains("patching to guid-2 in " + cluster.directory("is"))
        .contains("patch committed: checkpoint 1 generation ");
    assertThat(cluster.does("resource", "logs", "is").out()).contains("patching to guid-2");
    assertThat(causes()).endsWith("Drift", "Patched");
    awaitEvent(PATCH_BEGUN);
    awaitEvent(PATCH_COMMITTED);
    cluster.does("resource", "online", "is");
    awaitSeen("guid-2\n", "Guid    REG_SZ    guid-2", "Restore in Progress    REG_SZ    yes");
    Audited.of(cluster).assertHolds();
  }

  @Test
  void byHand_itIsBegunAndCommitted() throws Exception {
    cluster.does("resource", "patch", "is", "--begin");
    write("Guid", "guid-2");
    Files.writeString(store, "guid-2");
    assertThat(cluster.why("is").required("unblock").asString())
        .isEqualTo("holdfast resource patch is --commit");
    refused(CONFLICT, "resource", "online", "is");
    cluster.does("resource", "patch", "is", "--commit");
    cluster.does("resource", "online", "is");
    awaitSeen("guid-2\n", "Guid    REG_SZ    guid-2");
  }

  @Test
  void whatIsAbortedIsAsItWas_butForTheStore() throws Exception {
    cluster.does("resource", "patch", "is", "--begin");
    write("Guid", "guid-2");
    Files.writeString(store, "guid-2");
    Ran ran = cluster.does("resource", "patch", "is", "--abort");
    assertThat(ran.err()).contains("NOT rolled back");
    awaitEvent(PATCH_ABORTED);
    assertThat(registry()).contains("guid-1");
    assertThat(causes()).endsWith("Drift", "RolledBack");
    cluster.does("resource", "online", "is");
    awaitSeen("guid-2\n", "Guid    REG_SZ    guid-1");
  }

  // ---- what is refused -------------------------------------------------------------------------

  private Ran refused(int exitCode, String... words) throws Exception {
    Ran ran = cluster.cli(words);
    assertThat(ran.exitCode()).as(ran.toString()).isEqualTo(exitCode);
    return ran;
  }

  @Tag("long")
  @Test
  void whatIsOnline_orLacksAProvider_isNotPatched() throws Exception {
    cluster.does("resource", "offline", "disk");
    assertThat(refused(CONFLICT, "resource", "patch", "is", "--begin").err())
        .contains("holdfast resource online disk");
    cluster.does("resource", "online", "is");
    assertThat(refused(CONFLICT, "resource", "patch", "is", "--begin").err())
        .contains("holdfast resource offline is");
    refused(CONFLICT, "resource", "patch", "is", "--commit");
    refused(USAGE, "resource", "patch", "is");
    refused(USAGE, "resource", "patch", "is", "--begin", "--commit");
  }

  // ---- a tool that fails -----------------------------------------------------------------------

  @Test
  void aToolThatFails_leavesBothStates_andASecondRunEndsIt() throws Exception {
    Ran ran = patch(isinteg("half", "exit 3"));

    assertThat(ran.exitCode()).as(ran.toString()).isEqualTo(FAILED);
    assertThat(ran.err()).contains("exit 3").contains("incomplete");
    assertThat(detail()).startsWith("patch incomplete since ").endsWith(": exit 3");
    assertThat(cluster.why("is").required("blockedBy").asString())
        .startsWith("patch incomplete since ")
        .contains(": exit 3");
    assertThat(cluster.why("is").required("unblock").asString())
        .startsWith("holdfast resource patch is -- ");
    assertThat(refused(CONFLICT, "resource", "online", "is").err()).contains("patch incomplete");
    assertThat(refused(CONFLICT, "group", "online", "exchange").err()).contains("patch incomplete");
    awaitEvent(PATCH_INCOMPLETE);
    assertThat(registry()).contains("half");
    assertThat(causes()).endsWith("Drift").doesNotContain("Patched");
    Audited.of(cluster).assertHolds();

    cluster.end("KILL");
    cluster.start("serve");
    assertThat(refused(CONFLICT, "resource", "online", "is").err()).contains("patch incomplete");
    cluster.awaitSupervised();
    cluster.awaitState("disk", "Online");
    patched(isinteg("guid-2", "exit 0"));
    cluster.does("resource", "online", "is");
    awaitSeen("guid-2\n", "Guid    REG_SZ    guid-2");
  }

  @Tag("long")
  @Test
  void aToolThatIsNotThere_leavesThePatchOpen() throws Exception {
    Ran ran = patch("no-such-tool");
    assertThat(ran.exitCode()).as(ran.toString()).isEqualTo(FAILED);
    assertThat(ran.err()).contains("The tool was not started");
    assertThat(detail()).startsWith("patch open");
    cluster.does("resource", "patch", "is", "--abort");
    cluster.does("resource", "online", "is");
  }

  // ---- deaths ----------------------------------------------------------------------------------

  /** A tool that ends when a file is there. */
  private String slowIsinteg() throws Exception {
    Path go = cluster.folder().resolve("go");
    return isinteg("guid-2", "while [ ! -e %s ]; do sleep 0.1; done; exit 0".formatted(go));
  }

  private void letItEnd() throws Exception {
    Files.createFile(cluster.folder().resolve("go"));
  }

  private Process patchInBackground(String tool) throws Exception {
    Process cli =
        Distribution.builder(
                Map.of("HOLDFAST_HOME", cluster.home().toString()),
                List.of(holdfast(), "resource", "patch", "is", "--", tool))
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    Patience.until(
        "the tool runs, and has changed the registry", () -> registry().contains("guid-2"));
    return cli;
  }

  @Tag("long")
  @Test
  void theToolGoesOnWhenTheCommandLineIsKilled() throws Exception {
    Process cli = patchInBackground(slowIsinteg());
    cli.destroyForcibly();
    assertThat(cli.waitFor(Patience.LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
    long pid = toolPid();
    assertThat(ProcessHandle.of(pid)).isPresent();
    assertThat(detail()).startsWith("patch running since ");
    Audited.of(cluster).assertHolds();
    for (String[] words :
        List.of(
            new String[] {"resource", "online", "is"},
            new String[] {"resource", "offline", "disk"},
            new String[] {"group", "offline", "exchange"},
            new String[] {"resource", "patch", "is", "--commit"},
            new String[] {"checkpoint", "save", "is"},
            new String[] {"checkpoint", "rollback", "is", "1", "--to", "1"},
            new String[] {"resource", "delete", "is"},
            new String[] {"service", "stop"})) {
      refused(CONFLICT, words);
    }

    letItEnd();

    awaitEvent(PATCH_COMMITTED);
    cluster.does("resource", "online", "is");
    awaitSeen("guid-2\n", "Guid    REG_SZ    guid-2");
  }

  /** One that calls its end a success, and has started another. */
  private String hangingIsinteg() throws Exception {
    return isinteg(
        "guid-2",
        "setsid sleep 1000 & echo $! > %s; trap 'exit 0' TERM; wait"
            .formatted(cluster.folder().resolve("child")));
  }

  @Tag("long")
  @Test
  void aToolThatHangs_isEndedByAnAbort_withAllItStarted_andNothingOfItCounts() throws Exception {
    Process cli = patchInBackground(hangingIsinteg());
    Path child = cluster.folder().resolve("child");
    Patience.until("it has started another", () -> Files.readString(child).endsWith("\n"));
    long started = Long.parseLong(Files.readString(child).strip());
    long pid = toolPid();
    cli.destroyForcibly().waitFor();
    assertThat(refused(CONFLICT, "checkpoint", "save", "is").err())
        .contains("patch running since ", "holdfast resource patch is --abort");

    Ran ran = cluster.does("resource", "patch", "is", "--abort");

    assertThat(ran.err())
        .contains("the tool (pid %d) and all that it started have ended".formatted(pid))
        .contains("patch aborted");
    assertThat(Processes.isAlive(pid)).isFalse();
    assertThat(Processes.isAlive(started)).isFalse();
    assertThat(registry()).contains("guid-1");
    assertThat(causes()).doesNotContain("Patched");
    awaitEvent(PATCH_ABORTED);
    Audited.of(cluster).assertHolds();
    cluster.does("resource", "online", "is");
  }

  @Tag("long")
  @Test
  void whileAPatchIsOpen_nothingIsSavedOrRolledBack() throws Exception {
    cluster.does("resource", "patch", "is", "--begin");
    write("Guid", "guid-2");
    for (String[] words :
        List.of(
            new String[] {"checkpoint", "save", "is"},
            new String[] {"checkpoint", "save", "is", "--dry-run"},
            new String[] {"checkpoint", "rollback", "is", "1", "--to", "1"})) {
      assertThat(refused(CONFLICT, words).err())
          .contains("patch open since ", "holdfast resource patch is --commit");
    }
    cluster.does("resource", "patch", "is", "--commit");
    assertThat(causes()).endsWith("Patched");
    cluster.does("checkpoint", "rollback", "is", "1", "--to", "1");
  }

  @Tag("long")
  @Test
  void theToolGoesOnWhenTheServiceIsKilled_andTheNextOneHearsOfItsEnd() throws Exception {
    Process cli = patchInBackground(slowIsinteg());
    long pid = toolPid();
    cluster.end("KILL");
    assertThat(cli.waitFor(Patience.LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
    assertThat(ProcessHandle.of(pid)).isPresent();
    cluster.start("serve");
    assertThat(toolPid()).isEqualTo(pid);
    assertThat(detail()).startsWith("patch running since ");
    Audited.of(cluster).assertHolds();

    letItEnd();

    awaitEndOfPatchAndGoOnline();
  }

  @Tag("long")
  @Test
  void aToolThatEndedWhileNoServiceLived_isNotForgotten() throws Exception {
    Process cli = patchInBackground(slowIsinteg());
    long pid = toolPid();
    cluster.end("KILL");
    assertThat(cli.waitFor(Patience.LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
    letItEnd();
    Patience.until("the tool has ended", () -> ProcessHandle.of(pid).isEmpty());

    cluster.start("serve");

    awaitEndOfPatchAndGoOnline();
  }

  /** How it ended is told by newer kernels only; where it is not known, nothing is guessed. */
  private void awaitEndOfPatchAndGoOnline() throws Exception {
    Patience.until("the tool's end was dealt with", () -> !detail().startsWith("patch running"));
    cluster.awaitSupervised();
    if (!detail().isEmpty()) {
      assertThat(detail()).startsWith("patch incomplete since ").contains("not known");
      refused(CONFLICT, "resource", "online", "is");
      cluster.does("resource", "patch", "is", "--commit");
    }
    assertThat(causes()).endsWith("Patched");
    cluster.does("resource", "online", "is");
    awaitSeen("guid-2\n", "Guid    REG_SZ    guid-2");
  }
}
