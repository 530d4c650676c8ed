package dev.holdfast.service.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.checkpoint.Capture;
import dev.holdfast.checkpoint.Obstacle;
import dev.holdfast.checkpoint.Source;
import dev.holdfast.checkpoint.SourceException;
import dev.holdfast.registry.Revision;
import dev.holdfast.service.api.RegistryBatch.Change;
import dev.holdfast.service.api.RegistryBatch.Deed;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeySourceTest {
  private static final String APP = "HKLM\\Software\\App";
  private static final String DEEP = APP + "\\Sub\\Deep";
  private static final long PATIENCE_SECONDS = 30;

  @TempDir private Path directory;
  private TestRegistry given;
  private Source source;
  private Path saved;

  @BeforeEach
  void open() throws IOException {
    given = new TestRegistry(Files.createDirectory(directory.resolve("hives")));
    source = given.registry.source("Software\\App");
    saved = directory.resolve("saved");
    change(TestRegistry.createKey(DEEP));
    change(set(APP, "one"));
    change(set(DEEP, "one"));
  }

  @AfterEach
  void close() {
    given.close();
  }

  private void change(Change change) {
    given.change(TestRegistry.OWNER, change);
  }

  private static Change set(String path, String data) {
    return TestRegistry.set(path, TestRegistry.sz("Setting", data));
  }

  private String fingerprint() throws SourceException {
    try (Capture capture = source.capture()) {
      return capture.fingerprint();
    }
  }

  private String save() throws SourceException, IOException {
    try (Capture capture = source.capture();
        OutputStream out = Files.newOutputStream(saved)) {
      capture.writeTo(out);
      return capture.fingerprint();
    }
  }

  private Revision revision() {
    return given.local.mounted().stream()
        .filter(hive -> hive.name().equals("Software"))
        .findFirst()
        .orElseThrow()
        .snapshot()
        .revision();
  }

  // ---- saved and restored --------------------------------------------------------------------

  @Test
  void whatIsRestored_hasTheFingerprintOfWhatWasSaved_descriptorsIncluded() throws Exception {
    given.registry.grant(TestRegistry.OWNER, DEEP, "everyone", "KEY_READ", false);
    String before = save();
    change(set(DEEP, "two"));
    change(TestRegistry.createKey(APP + "\\More"));
    given.registry.revoke(TestRegistry.OWNER, DEEP, "everyone", "KEY_READ", false);
    assertThat(fingerprint()).isNotEqualTo(before);

    assertThat(source.restore(saved, false)).isEmpty();

    assertThat(fingerprint()).isEqualTo(before);
  }

  @Test
  void whatIsTheSame_isNotWrittenAgain_andWhatDiffersInADescriptorOnlyIs() throws Exception {
    String before = save();
    Revision untouched = revision();

    source.restore(saved, false);
    assertThat(revision()).isEqualTo(untouched);

    given.registry.grant(TestRegistry.OWNER, DEEP, "everyone", "KEY_READ", false);
    source.restore(saved, false);
    assertThat(fingerprint()).isEqualTo(before);
  }

  @Test
  void aKeyFarBelowThatIsNotGranted_isNamed_andNothingIsTouched() throws Exception {
    save();
    change(set(APP, "two"));
    Revision before = revision();
    given.registry.revoke(TestRegistry.OWNER, DEEP, "cluster-service", "all", false);
    Revision revoked = revision();

    assertThatThrownBy(() -> source.restore(saved, false))
        .isInstanceOfSatisfying(
            SourceException.class,
            e -> {
              assertThat(e.obstacle()).isEqualTo(Obstacle.ACCESS_DENIED);
              assertThat(e).hasMessageContaining("at " + DEEP + ", ");
            });
    assertThat(revoked).isNotEqualTo(before);
    assertThat(revision()).isEqualTo(revoked);

    given.registry.revoke(TestRegistry.OWNER, DEEP, "Everyone", "all", false);
    assertThatThrownBy(source::capture).hasMessageContaining("at " + DEEP + ", ");
  }

  // ---- watched -------------------------------------------------------------------------------

  private static void awaitTold(Semaphore told) throws InterruptedException {
    assertThat(told.tryAcquire(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void manyWatchesOfOneHive_hearOfTheirOwnKeysOnly() throws Exception {
    var app = new Semaphore(0);
    var other = new Semaphore(0);
    change(TestRegistry.createKey("HKLM\\Software\\Other"));
    try (Source.Watching _ = source.watch(app::release);
        Source.Watching _ = given.registry.source("Software\\Other").watch(other::release)) {
      change(set(DEEP, "two"));
      awaitTold(app);
      change(set("HKLM\\Software\\Other", "two"));
      awaitTold(other);
      change(new Change(Deed.DELETE_TREE, APP, null));
      awaitTold(app);
    }

    // What is told is told in order, so nothing more of either is under way.
    assertThat(app.availablePermits()).isZero();
    assertThat(other.availablePermits()).isZero();
  }

  @Test
  void oneThatIsClosed_hearsNothing_andTheOtherGoesOn() throws Exception {
    var closed = new Semaphore(0);
    var open = new Semaphore(0);
    Source.Watching closing = source.watch(closed::release);
    try (Source.Watching _ = source.watch(open::release)) {
      closing.close();
      change(set(APP, "two"));
      awaitTold(open);
      assertThat(closed.availablePermits()).isZero();
    }

    try (Source.Watching _ = source.watch(closed::release)) {
      change(set(APP, "three"));
      awaitTold(closed);
    }
    assertThat(open.availablePermits()).isZero();
  }

  @Test
  void itsOwnRestore_isNotTold_andAnEditAfterItIs() throws Exception {
    save();
    change(set(APP, "two"));
    var told = new Semaphore(0);
    try (Source.Watching _ = source.watch(told::release)) {
      source.restore(saved, false);
      change(set(APP, "three"));
      awaitTold(told);
    }
    assertThat(told.availablePermits()).isZero();
  }

  @Test
  void anotherControlSet_isAChange_andIsFollowed() throws Exception {
    for (String set : new String[] {"ControlSet001", "ControlSet002"}) {
      change(TestRegistry.createKey("HKLM\\System\\" + set + "\\Services\\App"));
    }
    change(TestRegistry.set("HKLM\\System\\Select", TestRegistry.dword("Current", "1")));
    var told = new Semaphore(0);
    try (Source.Watching _ =
        given.registry.source("System\\CurrentControlSet\\Services\\App").watch(told::release)) {
      change(TestRegistry.set("HKLM\\System\\Select", TestRegistry.dword("Current", "2")));
      awaitTold(told);
      change(set("HKLM\\System\\ControlSet002\\Services\\App", "now"));
      awaitTold(told);
      change(set("HKLM\\System\\ControlSet001\\Services\\App", "no more"));
      change(set("HKLM\\System\\ControlSet002\\Services\\App", "still"));
      awaitTold(told);
    }
    assertThat(told.availablePermits()).isZero();
  }
}
