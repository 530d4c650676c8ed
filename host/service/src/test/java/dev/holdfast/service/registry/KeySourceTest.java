package dev.holdfast.service.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.checkpoint.Capture;
import dev.holdfast.checkpoint.Obstacle;
import dev.holdfast.checkpoint.Source;
import dev.holdfast.checkpoint.SourceException;
import dev.holdfast.registry.Revision;
import dev.holdfast.registry.Snapshot;
import dev.holdfast.service.api.RegistryApi.KeyName;
import dev.holdfast.service.api.RegistryBatch.Change;
import dev.holdfast.service.api.RegistryBatch.Deed;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
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

  private Revision revision(String key) {
    return snapshot().key(key).orElseThrow().revision();
  }

  private Revision revision() {
    return snapshot().revision();
  }

  private Snapshot snapshot() {
    return given.local.mounted().stream()
        .filter(hive -> hive.name().equals("Software"))
        .findFirst()
        .orElseThrow()
        .snapshot();
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
  void onlyWhatDiffersIsWritten_andTheRestKeepsItsRevision() throws Exception {
    change(TestRegistry.createKey(APP + "\\Kept"));
    String before = save();
    Revision kept = revision("App\\Kept");
    change(set(DEEP, "two"));
    change(TestRegistry.createKey(APP + "\\More\\And more"));
    change(TestRegistry.set(APP, TestRegistry.sz("New", "x")));

    source.restore(saved, false);

    assertThat(fingerprint()).isEqualTo(before);
    assertThat(revision("App\\Kept")).isEqualTo(kept);
    assertThat(revision("App\\Sub\\Deep")).isEqualTo(revision());
  }

  @Test
  void whatIsGone_otherwiseSpelled_ofAnotherTypeOrVolatile_isAsItWasSaved() throws Exception {
    change(TestRegistry.createKey(APP + "\\Gone\\Below"));
    change(set(APP + "\\Gone\\Below", "x"));
    change(TestRegistry.createKey(APP + "\\Spelled"));
    change(TestRegistry.set(APP, TestRegistry.sz("value", "x")));
    String before = save();
    change(new Change(Deed.DELETE_TREE, APP + "\\Gone", null));
    change(new Change(Deed.DELETE_KEY, APP + "\\Spelled", null));
    change(TestRegistry.createKey(APP + "\\SPELLED"));
    change(new Change(Deed.DELETE_VALUE, APP, TestRegistry.sz("value", "")));
    change(TestRegistry.set(APP, TestRegistry.sz("VALUE", "x")));

    source.restore(saved, false);
    assertThat(fingerprint()).isEqualTo(before);

    change(set(DEEP, "two"));
    change(new Change(Deed.CREATE_VOLATILE_KEY, APP + "\\Volatile", null));
    source.restore(saved, false);
    assertThat(fingerprint()).isEqualTo(before);
    assertThat(given.registry.keys(TestRegistry.OWNER, KeyName.of(APP), false).getFirst().subkeys())
        .containsExactly("Gone", "Spelled", "Sub");
  }

  /** Above it another descriptor came: what it inherited is what was saved, and stays so. */
  @Test
  void aKeyThatInherited_hasWhatItInheritedWhenItWasSaved() throws Exception {
    given.registry.grant(TestRegistry.OWNER, APP, "everyone", "KEY_READ", false);
    String before = save();
    given.registry.revoke(TestRegistry.OWNER, APP, "everyone", "KEY_READ", false);
    assertThat(fingerprint()).isNotEqualTo(before);

    source.restore(saved, false);

    assertThat(fingerprint()).isEqualTo(before);
  }

  @Test
  void whatDiffersInThousandsOfPlaces_isReplacedAsAWhole() throws Exception {
    String before = save();
    for (int i = 0; i < 300; i++) {
      change(TestRegistry.set(DEEP, TestRegistry.sz("Value " + i, "x")));
    }

    source.restore(saved, false);

    assertThat(fingerprint()).isEqualTo(before);
  }

  /** Trees as they come, by chance: whatever they were made, the one is made the other. */
  @Test
  void anyTreeBecomesAnyOther() throws Exception {
    var random = new Random(20261130);
    for (int round = 0; round < 60; round++) {
      edit(random);
      String before = save();
      edit(random);

      source.restore(saved, false);

      assertThat(fingerprint()).as("round %d", round).isEqualTo(before);
    }
  }

  private void edit(Random random) {
    String[] names = {"a", "A", "b", "c"};
    for (int i = 0; i < 8; i++) {
      StringBuilder path = new StringBuilder(APP);
      for (int depth = random.nextInt(4); depth > 0; depth--) {
        path.append('\\').append(names[random.nextInt(names.length)]);
      }
      String key = path.toString();
      String name = names[random.nextInt(names.length)];
      change(TestRegistry.createKey(key));
      switch (random.nextInt(5)) {
        case 0 -> change(new Change(Deed.DELETE_VALUE, key, TestRegistry.sz(name, "")));
        case 1 -> given.registry.grant(TestRegistry.OWNER, key, "everyone", "KEY_READ", false);
        case 2 -> given.registry.grant(TestRegistry.OWNER, key, "everyone", "KEY_WRITE", false);
        case 3 -> {
          if (!key.equals(APP)) {
            change(new Change(Deed.DELETE_TREE, key, null));
          }
        }
        default -> change(TestRegistry.set(key, TestRegistry.sz(name, "" + random.nextInt(3))));
      }
    }
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
