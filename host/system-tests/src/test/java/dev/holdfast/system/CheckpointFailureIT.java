package dev.holdfast.system;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.failpoint.FailPoints;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/**
 * Where generations are kept is full, read-only or broken. Nothing that was acknowledged is lost,
 * nothing half is kept, each failure says what it was about, where, and how much is free; and it is
 * made up for by itself when there is room again.
 */
@Tag("system")
class CheckpointFailureIT {
  private static final int FAILED = 1;
  private static final int FILES_NOT_RESTORED = 2029;
  private static final int NOT_SAVED = 2030;
  private static final String KEY = "HKLM\\Software\\App";

  private Cluster cluster;

  @TempDir Path folder;

  @BeforeEach
  void begin() throws IOException {
    cluster = Cluster.empty();
  }

  @AfterEach
  void end() throws IOException {
    cluster.close();
  }

  private void given(Path quorum) throws Exception {
    cluster.start("serve", "--quorum", quorum.toString());
    cluster.does("group", "create", "apps");
    cluster.does(
        "resource",
        "create",
        "app",
        "-g",
        "apps",
        "-t",
        "Generic Application",
        "-p",
        "CommandLine=sleep 86400");
    port("80");
  }

  private void port(String port) throws Exception {
    cluster.does("registry", "add", KEY, "-v", "Port", "-d", port);
  }

  private void add(String of, String... more) throws Exception {
    cluster.does(
        Stream.concat(Stream.of("checkpoint", "add", "app", of), Stream.of(more))
            .toArray(String[]::new));
  }

  private void addKey() throws Exception {
    add("registry:Software\\App", "--quiet", "20ms", "--max-delay", "100ms");
  }

  private JsonNode checkpoint() throws Exception {
    return cluster.item("checkpoint", "show", "app", "1");
  }

  private long generation() throws Exception {
    return checkpoint().required("generation").asLong();
  }

  private boolean isDirty() throws Exception {
    return !checkpoint().required("dirtySince").isNull();
  }

  /** It is the newest generation, and nothing of it is missing. */
  private void assertSaved(long generation) throws Exception {
    Patience.until("it is saved", () -> generation() == generation && !isDirty());
    assertThat(cluster.item("checkpoint", "diff", "app", "1").required("differences")).isEmpty();
    assertThat(cluster.cli("checkpoint", "verify").exitCode()).isZero();
  }

  private JsonNode lastNotSaved() {
    Patience.until("event 2030 is told", () -> !cluster.events(NOT_SAVED).isEmpty());
    try {
      return cluster.events(NOT_SAVED).getLast();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /** An operator sees that something is not saved, since when, and why, wherever he looks. */
  private void assertToldAsNotSaved(String... why) throws Exception {
    assertThat(isDirty()).isTrue();
    assertThat(cluster.does("checkpoint", "list", "-o", "wide").out()).contains("not saved for");
    for (String told :
        List.of(
            cluster.why("app").required("blockedBy").asString(),
            cluster.resource("app").required("detail").asString())) {
      assertThat(told)
          .contains("checkpoint 1 (registry:Software\\App) not saved since ")
          .contains(why);
    }
    assertThat(cluster.does("status").out()).contains("not saved");
    assertThat(lastNotSaved().required("message").asString())
        .contains("could not be saved", "tried again")
        .contains(why);
  }

  private static List<String> names(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  // ---- a full disk -----------------------------------------------------------------------------

  /** The quorum directory, and the tree of a file checkpoint, are on a disk of 16 MiB. */
  @Nested
  class OnASmallDisk {
    private SmallDisk disk;
    private Path blobs;

    @BeforeEach
    void start() throws Exception {
      disk = SmallDisk.mount(folder.resolve("disk"), "16m");
      Path quorum = disk.folder().resolve("quorum");
      blobs = quorum.resolve("blobs");
      given(quorum);
    }

    @AfterEach
    void unmount() throws Exception {
      cluster.close();
      if (disk != null) {
        disk.close();
      }
    }

    private String[] full() {
      return new String[] {"No space left on device", "of 16 MiB free in " + blobs};
    }

    @Test
    void whatIsAddedWhileItIsFull_isRefused_andNothingIsLeft() throws Exception {
      disk.fill();

      Ran ran = cluster.cli("checkpoint", "add", "app", "registry:Software\\App");

      assertThat(ran.exitCode()).as(ran.toString()).isEqualTo(FAILED);
      assertThat(ran.errLines()).hasSize(1);
      assertThat(ran.err()).contains("registry:Software\\App was not added").contains(full());
      assertThat(cluster.items("checkpoint", "list")).isEmpty();
      assertThat(names(blobs)).isEmpty();
      disk.makeRoom();
      addKey();
      assertSaved(1);
    }

    @Tag("long")
    @Test
    void whatIsChangedWhileItIsFull_isTold_andSavedWhenThereIsRoom() throws Exception {
      addKey();
      cluster.does("resource", "online", "app");
      disk.fill();

      port("81");

      lastNotSaved();
      assertToldAsNotSaved(full());
      assertThat(generation()).isEqualTo(1);
      assertThat(cluster.cli("checkpoint", "verify").exitCode()).isZero();
      Ran asked = cluster.cli("checkpoint", "save", "app");
      assertThat(asked.exitCode()).as(asked.toString()).isEqualTo(FAILED);
      assertThat(asked.err()).contains(full());
      disk.makeRoom();
      assertSaved(2);
      assertThat(cluster.resource("app").required("detail").isNull()).isTrue();
      assertThat(names(blobs)).hasSize(2);
    }

    @Test
    void whatWasChangedLast_andCannotBeSavedAtOffline_isNotLost() throws Exception {
      add("registry:Software\\App", "--quiet", "1h", "--max-delay", "1h");
      cluster.does("resource", "online", "app");
      port("81");
      disk.fill();

      cluster.does("resource", "offline", "app");

      lastNotSaved();
      assertToldAsNotSaved(full());
      // Whoever brings it online all the same does not get the old content over the newer.
      cluster.does("resource", "online", "app");
      assertThat(cluster.does("registry", "query", KEY).out()).contains("81");
      cluster.does("resource", "offline", "app");
      disk.makeRoom();
      assertSaved(2);
      cluster.does("resource", "online", "app");
      assertThat(cluster.does("registry", "query", KEY).out()).contains("81");
    }

    @Test
    void aTreeThatHasNoRoomToBeRestored_staysWhole_andIsRestoredWhenThereIs() throws Exception {
      Path tree = Files.createDirectory(disk.folder().resolve("conf"));
      Files.writeString(tree.resolve("app.conf"), "port=80");
      Files.writeString(tree.resolve("large"), "x".repeat(1 << 20));
      add("file:" + tree);
      Files.writeString(tree.resolve("app.conf"), "port=81");
      disk.fill();

      cluster.does("resource", "online", "app");

      JsonNode event = cluster.events(FILES_NOT_RESTORED).getLast();
      assertThat(event.required("cause").asString())
          .startsWith("NoSpace")
          .contains(tree.toString(), "needs", "are left");
      assertThat(tree.resolve("app.conf")).hasContent("port=81");
      assertThat(cluster.resource("app").required("unrestored").asBoolean()).isTrue();
      disk.makeRoom();
      cluster.does("resource", "restart", "app");
      assertThat(tree.resolve("app.conf")).hasContent("port=80");
      assertThat(cluster.resource("app").required("unrestored").asBoolean()).isFalse();
      assertThat(names(disk.folder())).containsExactly("conf", "quorum");
    }

    @Tag("long")
    @Test
    void aPatchThatCannotBeCommitted_staysOpen_untilThereIsRoom() throws Exception {
      addKey();
      cluster.does("resource", "patch", "app", "--begin");
      port("81");
      disk.fill();

      Ran ran = cluster.cli("resource", "patch", "app", "--commit");

      assertThat(ran.exitCode()).as(ran.toString()).isEqualTo(FAILED);
      assertThat(ran.err()).contains("The patch of app was not committed").contains(full());
      assertThat(cluster.resource("app").required("detail").asString()).startsWith("patch open");
      assertThat(cluster.does("registry", "query", KEY).out()).contains("81");
      disk.makeRoom();
      cluster.does("resource", "patch", "app", "--commit");
      cluster.does("resource", "online", "app");
      assertThat(cluster.does("registry", "query", KEY).out()).contains("81");
      assertSaved(2);
    }

    @Tag("long")
    @Test
    void whatIsChangedWhileTheStoreIsReadOnly_isTold_andSavedLater() throws Exception {
      addKey();
      cluster.does("resource", "online", "app");
      disk.readOnly(blobs);

      port("81");

      lastNotSaved();
      assertToldAsNotSaved("Read-only file system", "free in " + blobs);
      Ran ran = cluster.cli("checkpoint", "add", "app", "registry:Software");
      assertThat(ran.exitCode()).as(ran.toString()).isEqualTo(FAILED);
      assertThat(ran.err()).contains("Read-only file system", blobs.toString());
      disk.writable(blobs);
      assertSaved(2);
    }
  }

  // ---- a broken disk ---------------------------------------------------------------------------

  /** The disk says that a sync failed, as it does once; the next sync of the same file would do. */
  @Nested
  class WithADiskThatFails {
    private Path blobs;

    @BeforeEach
    void place() {
      blobs = cluster.home().resolve("quorum").resolve("blobs");
    }

    private void startWith(String point) throws Exception {
      cluster.with(FailPoints.VARIABLE, point);
      given(cluster.home().resolve("quorum"));
    }

    @Test
    void aSyncThatFailsAtAdd_isNotTakenForOneThatSucceeded() throws Exception {
      startWith("blob.sync.after=eio");

      Ran ran = cluster.cli("checkpoint", "add", "app", "registry:Software\\App");

      assertThat(ran.exitCode()).as(ran.toString()).isEqualTo(FAILED);
      assertThat(ran.err()).contains("was not added", "Input/output error", blobs.toString());
      assertThat(names(blobs)).isEmpty();
      addKey();
      assertSaved(1);
    }

    @Tag("long")
    @Test
    void aSyncThatFailsOnAChange_isToldAndAllIsWrittenAgain() throws Exception {
      startWith("blob.sync.after:2=eio,blob.directory-sync.after:2=eio");
      addKey();
      cluster.does("resource", "online", "app");

      port("81");

      assertThat(lastNotSaved().required("message").asString())
          .contains("Input/output error", "free in " + blobs, "tried again");
      assertSaved(2);
      assertThat(cluster.events(NOT_SAVED)).as("two tries, one trouble").hasSize(1);
      assertThat(names(blobs)).hasSize(2);
    }

    @Tag("long")
    @Test
    void aSyncThatFailsAtOffline_isMadeUpFor() throws Exception {
      startWith("blob.sync.before:2=eio");
      add("registry:Software\\App", "--quiet", "1h", "--max-delay", "1h");
      cluster.does("resource", "online", "app");
      port("81");

      cluster.does("resource", "offline", "app");

      assertThat(lastNotSaved().required("message").asString()).contains("Input/output error");
      assertSaved(2);
    }

    @Test
    void aSyncThatFailsInTheRestoreOfATree_leavesItAsItWas() throws Exception {
      startWith("tree.journal-sync.after=eio");
      Path tree = Files.createDirectory(cluster.folder().resolve("conf"));
      Files.writeString(tree.resolve("app.conf"), "port=80");
      add("file:" + tree);
      Files.writeString(tree.resolve("app.conf"), "port=81");

      cluster.does("resource", "online", "app");

      JsonNode event = cluster.events(FILES_NOT_RESTORED).getLast();
      assertThat(event.required("cause").asString())
          .startsWith("IoError")
          .contains(tree.toString());
      assertThat(tree.resolve("app.conf")).hasContent("port=81");
      assertThat(names(cluster.folder())).noneMatch(name -> name.startsWith(".conf.holdfast-"));
      cluster.does("resource", "restart", "app");
      assertThat(tree.resolve("app.conf")).hasContent("port=80");
    }

    @Tag("long")
    @Test
    void aSyncThatFailsInACommit_leavesThePatchOpen() throws Exception {
      startWith("blob.sync.before:2=eio");
      addKey();
      cluster.does("resource", "patch", "app", "--begin");
      port("81");

      Ran ran = cluster.cli("resource", "patch", "app", "--commit");

      assertThat(ran.exitCode()).as(ran.toString()).isEqualTo(FAILED);
      assertThat(ran.err()).contains("not committed", "Input/output error");
      assertThat(names(blobs)).hasSize(1);
      cluster.does("resource", "patch", "app", "--commit");
      assertSaved(2);
    }
  }
}
