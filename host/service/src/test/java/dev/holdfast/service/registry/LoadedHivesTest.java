package dev.holdfast.service.registry;

import static dev.holdfast.service.registry.TestRegistry.ALICE;
import static dev.holdfast.service.registry.TestRegistry.OWNER;
import static dev.holdfast.service.registry.TestRegistry.ROOT;
import static dev.holdfast.service.registry.TestRegistry.set;
import static dev.holdfast.service.registry.TestRegistry.sz;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.registry.Revision;
import dev.holdfast.service.api.ApiException;
import dev.holdfast.service.api.Feed;
import dev.holdfast.service.api.RegistryApi.HiveUpload;
import dev.holdfast.service.api.RegistryApi.KeyName;
import dev.holdfast.service.api.RegistryChangeView;
import dev.holdfast.service.api.RegistryFile;
import dev.holdfast.service.api.RegistryFormat;
import dev.holdfast.service.api.RegistryHandleView;
import dev.holdfast.service.api.RegistryKeyView;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Hive files that are shown as keys. */
class LoadedHivesTest {
  private static final String OFFLINE = "HKLM\\Offline";
  private static final Duration LONG = Duration.ofSeconds(30);

  @TempDir Path directory;

  private TestRegistry hives;
  private byte[] file = {};

  @BeforeEach
  void open() throws IOException {
    hives = new TestRegistry(directory);
    hives.change(OWNER, set("HKLM\\Software\\App\\Sub", sz("V", "1")));
    file = hives.registry.export(OWNER, "HKLM\\Software\\App", RegistryFormat.HIVE).bytes();
  }

  @AfterEach
  void close() {
    hives.close();
  }

  private void openAgain() throws IOException {
    hives.close();
    hives = new TestRegistry(directory);
  }

  private void load(String path) {
    hives.registry.load(OWNER, path, new HiveUpload("app.hive", file, false), false);
  }

  private void unload(boolean force, @Nullable Long saved, boolean discard) {
    hives.registry.unload(OWNER, OFFLINE, force, saved, discard, false);
  }

  @Test
  void whoFollowsAnUnloadedHiveHearsOfIt_andNothingMore() throws Exception {
    load(OFFLINE);
    try (Feed<RegistryChangeView> below =
            hives.registry.follow(OWNER, OFFLINE + "\\Sub", true, List.of(), null);
        Feed<RegistryChangeView> other =
            hives.registry.follow(OWNER, "HKLM\\Software\\App", true, List.of(), null)) {
      unload(true, null, true);

      assertThat(below.next(Duration.ofSeconds(60)))
          .hasValueSatisfying(
              change -> {
                assertThat(change.what()).isEqualTo("unloaded");
                assertThat(change.path()).isEqualTo(OFFLINE);
              });
      assertThat(below.ended()).isTrue();
      assertThat(other.ended()).isFalse();
    }
  }

  @Test
  void whoFollowsAHiveThatIsNotUnloadedGoesOnFollowing() throws Exception {
    load(OFFLINE);
    hives.change(OWNER, set(OFFLINE, sz("V", "1")));
    try (Feed<RegistryChangeView> feed =
        hives.registry.follow(OWNER, OFFLINE, true, List.of(), null)) {
      assertThatThrownBy(() -> unload(false, null, false)).isInstanceOf(ApiException.class);
      hives.change(OWNER, set(OFFLINE, sz("V", "2")));

      assertThat(feed.next(Duration.ofSeconds(60)))
          .hasValueSatisfying(change -> assertThat(change.what()).isEqualTo("value"));
    }
  }

  private List<String> top() {
    return hives.registry.keys(OWNER, KeyName.of("HKLM"), false).getFirst().subkeys();
  }

  @Test
  void aLoadedHiveIsAKey_untilItIsUnloaded_alsoOverADeath() throws Exception {
    load(OFFLINE);
    assertThat(top()).containsExactly("Cluster", "Software", "System", "Offline");
    hives.change(OWNER, set("hklm\\OFFLINE\\Sub", sz("V", "2")));
    openAgain();
    assertThat(hives.registry.keys(OWNER, KeyName.of(OFFLINE), true))
        .extracting(RegistryKeyView::path)
        .containsExactly(OFFLINE, OFFLINE + "\\Sub");
    unload(false, null, true);
    assertThat(top()).doesNotContain("Offline");
    openAgain();
    assertThat(top()).doesNotContain("Offline");
  }

  @Test
  void whatALoadingThatDiedLeft_isNoHive() throws Exception {
    Path loaded = directory.resolve("loaded");
    Files.write(loaded.resolve("Offline.part"), new byte[10]);
    Files.write(loaded.resolve("Offline.part.new"), new byte[10]);
    openAgain();
    assertThat(top()).doesNotContain("Offline");
    assertThat(loaded).isEmptyDirectory();
    load(OFFLINE);
  }

  @Test
  void aHiveIsNotTakenForALeftover_whateverItsName() throws Exception {
    for (String name : List.of("a.part", "b.part.new", "c.hive", "d.new")) {
      load("HKLM\\" + name);
    }
    openAgain();
    assertThat(top()).contains("a.part", "b.part.new", "c.hive", "d.new");
  }

  @Test
  void handlesToAHiveThatWasLoadedAnew_hearOfItsDeletions() throws Exception {
    for (int i = 0; i < 2; i++) {
      load(OFFLINE);
      try (Feed<RegistryHandleView> held =
          hives.registry.hold(OWNER, List.of(OFFLINE + "\\Sub"), "read")) {
        assertThat(held.next(LONG).orElseThrow().state()).isEqualTo("OPEN");
        hives.change(OWNER, TestRegistry.deleteTree(OFFLINE + "\\Sub"));
        assertThat(held.next(LONG).orElseThrow().state()).isEqualTo("KEY_DELETED");
      }
      unload(false, null, true);
    }
  }

  @Test
  void whatWasChangedIsNotLostUnasked() {
    load(OFFLINE);
    hives.change(OWNER, set(OFFLINE, sz("New", "1")));
    assertThatThrownBy(() -> unload(false, null, false))
        .isInstanceOf(ApiException.Conflict.class)
        .hasMessageContaining("was changed since it was loaded");
    RegistryFile saved = hives.registry.export(OWNER, OFFLINE, RegistryFormat.HIVE);
    hives.change(OWNER, set(OFFLINE, sz("Newer", "1")));
    assertThatThrownBy(() -> unload(false, saved.revision(), false))
        .isInstanceOf(ApiException.Conflict.class);
    RegistryFile savedAgain = hives.registry.export(OWNER, OFFLINE, RegistryFormat.HIVE);
    unload(false, savedAgain.revision(), false);
    assertThat(top()).doesNotContain("Offline");
  }

  @Test
  void whatIsCommittedAfterTheLastLookIsNotLost() throws Exception {
    load(OFFLINE);
    hives.change(OWNER, set(OFFLINE, sz("New", "1")));
    assertThat(hives.loaded.unload("Offline", new Revision(1)))
        .get()
        .extracting(hive -> hive.snapshot().value("", "New").isPresent())
        .isEqualTo(true);
    assertThat(hives.loaded.unload("Offline", new Revision(2))).isEmpty();
  }

  @Test
  void aHiveThatIsHeldStays_unlessForced() throws Exception {
    load(OFFLINE);
    try (Feed<RegistryHandleView> held =
        hives.registry.hold(ALICE, List.of(OFFLINE + "\\Sub"), "read")) {
      assertThatThrownBy(() -> unload(false, null, false))
          .isInstanceOf(ApiException.Conflict.class)
          .hasMessageContaining("alice-sh (pid 102)");
      assertThat(held.next(LONG).orElseThrow().state()).isEqualTo("OPEN");
      unload(true, null, false);
      assertThat(held.next(LONG).orElseThrow().state()).isEqualTo("KEY_DELETED");
    }
    load(OFFLINE);
    try (Feed<RegistryHandleView> anew = hives.registry.hold(ALICE, List.of(OFFLINE), "read")) {
      assertThat(anew.next(LONG).orElseThrow().state()).isEqualTo("OPEN");
    }
  }

  @Test
  void ownHivesAndOthersNamesAreNotTaken() {
    load(OFFLINE);
    assertThatThrownBy(() -> load("HKLM\\offline")).isInstanceOf(ApiException.Conflict.class);
    assertThatThrownBy(() -> load("HKLM\\Software")).isInstanceOf(ApiException.Conflict.class);
    assertThatThrownBy(() -> load("HKLM\\A\\B"))
        .isInstanceOf(ApiException.Usage.class)
        .hasMessageContaining("right below HKLM");
    assertThatThrownBy(() -> load("HKLM\\..")).isInstanceOf(ApiException.Usage.class);
    assertThatThrownBy(() -> load("HKLM\\a/b")).isInstanceOf(ApiException.Usage.class);
    assertThatThrownBy(() -> hives.registry.unload(OWNER, "HKLM\\System", true, null, true, false))
        .isInstanceOf(ApiException.Conflict.class)
        .hasMessageContaining("was not loaded from a file");
  }

  @Test
  void onlyWhoMayRestoreLoads() {
    var upload = new HiveUpload("app.hive", file, false);
    assertThatThrownBy(() -> hives.registry.load(ALICE, OFFLINE, upload, false))
        .isInstanceOf(ApiException.NotPermitted.class);
    hives.registry.load(ROOT, OFFLINE, upload, false);
    assertThatThrownBy(() -> hives.registry.unload(ALICE, OFFLINE, false, null, false, false))
        .isInstanceOf(ApiException.NotPermitted.class);
  }

  @Test
  void aDamagedFileIsRefused_andADryRunChangesNothing() {
    byte[] whole = file;
    hives.registry.load(OWNER, OFFLINE, new HiveUpload("app.hive", whole, false), true);
    file = new byte[4096];
    assertThatThrownBy(() -> load(OFFLINE)).isInstanceOf(ApiException.Invalid.class);
    assertThat(top()).doesNotContain("Offline");
    file = whole;
    load(OFFLINE);
    hives.registry.unload(OWNER, OFFLINE, false, null, false, true);
    assertThat(top()).contains("Offline");
  }
}
