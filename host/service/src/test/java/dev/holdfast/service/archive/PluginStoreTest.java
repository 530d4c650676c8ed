package dev.holdfast.service.archive;

import static dev.holdfast.service.archive.ArchiveBuilder.descriptor;
import static dev.holdfast.service.archive.ArchiveBuilder.good;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.holdfast.service.archive.ArchiveRefusedException.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PluginStoreTest {
  @TempDir Path directory;
  private Path plugins;
  private Path unpacked;
  private PluginStore store;

  @BeforeEach
  void open() throws IOException {
    plugins = directory.resolve("quorum/plugins");
    unpacked = directory.resolve("home/unpacked");
    store = PluginStore.open(plugins, unpacked);
  }

  @Test
  void store_keepsTheArchiveUnderItsDigest_andTellsWhatItIs() throws Exception {
    Path zip = good().write(directory.resolve("example.zip"));
    StoredArchive stored = store.store(zip);

    assertThat(stored.digest()).isEqualTo(ArchiveDigest.of(zip));
    assertThat(stored.path()).isEqualTo(plugins.resolve(stored.digest().hex() + ".zip"));
    assertThat(stored.path()).hasSameBinaryContentAs(zip);
    assertThat(stored.archive().pluginId()).isEqualTo("example");
    assertThat(stored.others()).isEmpty();
    assertThat(store.check(stored.digest())).isEqualTo(ArchivePresence.OK);
  }

  @Test
  void store_again_changesNothing() throws Exception {
    Path zip = good().write(directory.resolve("example.zip"));
    StoredArchive first = store.store(zip);
    Object key = Files.readAttributes(first.path(), "unix:ino").get("ino");

    assertThat(store.store(zip)).isEqualTo(first);
    assertThat(Files.readAttributes(first.path(), "unix:ino")).containsEntry("ino", key);
    assertThat(plugins).isDirectoryContaining(p -> true);
    assertNothingTemporary();
  }

  @Test
  void store_ofWhatIsRefused_keepsNothing() throws Exception {
    Path zip = good().without("plugin.properties").write(directory.resolve("bad.zip"));

    assertThatExceptionOfType(ArchiveRefusedException.class).isThrownBy(() -> store.store(zip));
    assertThatExceptionOfType(NoSuchFileException.class)
        .isThrownBy(() -> store.store(directory.resolve("none.zip")));
    assertThat(plugins).isEmptyDirectory();
    assertThat(unpacked).isEmptyDirectory();
  }

  @Test
  void twoArchivesOfOneIdAndVersion_areReported() throws Exception {
    StoredArchive first = store.store(good().write(directory.resolve("a.zip")));
    StoredArchive second =
        store.store(good().with("README", "other bytes").write(directory.resolve("b.zip")));
    StoredArchive newer =
        store.store(
            good()
                .with("plugin.properties", descriptor("example", "1.0.1", "*"))
                .write(directory.resolve("c.zip")));

    assertThat(second.others()).containsExactly(first.digest());
    assertThat(newer.others()).isEmpty();
  }

  @Test
  void check_seesThatAnArchiveIsGoneOrChanged_andStoreMendsIt() throws Exception {
    Path zip = good().write(directory.resolve("example.zip"));
    StoredArchive stored = store.store(zip);

    Files.writeString(stored.path(), "x");
    assertThat(store.check(stored.digest())).isEqualTo(ArchivePresence.MISMATCH);
    assertRefused(Reason.DIGEST_MISMATCH, stored.digest());

    Files.delete(stored.path());
    assertThat(store.check(stored.digest())).isEqualTo(ArchivePresence.MISSING);
    assertRefused(Reason.MISSING, stored.digest());

    store.store(zip);
    assertThat(store.check(stored.digest())).isEqualTo(ArchivePresence.OK);
  }

  @Test
  void unpacked_isTheArchivesContent_andIsMadeOnce() throws Exception {
    ArchiveDigest digest = store.store(good().write(directory.resolve("a.zip"))).digest();
    Path folder = store.unpacked(digest);

    assertThat(folder).isEqualTo(unpacked.resolve(digest.hex()));
    assertThat(folder.resolve("plugin.properties")).isRegularFile();
    assertThat(folder.resolve("lib/example.jar")).hasBinaryContent(ArchiveBuilder.typeJar());

    Files.delete(store.path(digest));
    assertThat(store.unpacked(digest)).isEqualTo(folder);
    assertNothingTemporary();
  }

  @Test
  void unpacked_folderThatIsNotWhole_isMadeAnew() throws Exception {
    ArchiveDigest digest = store.store(good().write(directory.resolve("a.zip"))).digest();
    Path folder = store.unpacked(digest);
    Path jar = folder.resolve("lib/example.jar");

    Files.writeString(jar, "cut");
    Files.writeString(jar.resolveSibling("evil.jar"), "x");
    store.unpacked(digest);
    assertThat(jar).hasBinaryContent(ArchiveBuilder.typeJar());
    assertThat(jar.resolveSibling("evil.jar")).doesNotExist();

    Files.delete(folder.resolve(".complete"));
    Files.delete(jar);
    store.unpacked(digest);
    assertThat(jar).exists();
  }

  @Test
  void unpacked_folderThatSomebodyChanged_isMadeAnew_alsoWhenNoSizeTellsIt() throws Exception {
    ArchiveDigest digest = store.store(good().write(directory.resolve("a.zip"))).digest();
    Path jar = store.unpacked(digest).resolve("lib/example.jar");

    byte[] altered = ArchiveBuilder.typeJar();
    altered[altered.length / 2] ^= 1;
    Files.write(jar, altered);
    store.unpacked(digest);
    assertThat(jar).hasBinaryContent(ArchiveBuilder.typeJar());

    Path smuggled = Files.writeString(jar.resolveSibling("aaa.jar"), "x");
    store.unpacked(digest);
    assertThat(smuggled).doesNotExist();
  }

  @Test
  void open_deletesWhatACrashLeft_andNothingElse() throws Exception {
    ArchiveDigest digest = store.store(good().write(directory.resolve("a.zip"))).digest();
    store.unpacked(digest);
    Files.writeString(plugins.resolve(".incoming-1.zip"), "x");
    Files.createDirectories(unpacked.resolve(".incoming-2/lib"));

    PluginStore again = PluginStore.open(plugins, unpacked);

    assertNothingTemporary();
    assertThat(again.check(digest)).isEqualTo(ArchivePresence.OK);
    assertThat(again.unpacked(digest)).isDirectory();
  }

  @Test
  void remove_leavesNothing_andMayBeAskedTwice() throws Exception {
    ArchiveDigest digest = store.store(good().write(directory.resolve("a.zip"))).digest();
    store.unpacked(digest);

    store.remove(digest);
    store.remove(digest);

    assertThat(plugins).isEmptyDirectory();
    assertThat(unpacked).isEmptyDirectory();
  }

  @Test
  void manyAtOnce_getTheSameAnswer() throws Exception {
    Path zip = good().write(directory.resolve("example.zip"));
    List<Callable<Path>> calls = new ArrayList<>();
    for (int i = 0; i < 16; i++) {
      calls.add(() -> store.unpacked(store.store(zip).digest()));
    }

    try (var threads = Executors.newFixedThreadPool(8)) {
      for (Future<Path> answer : threads.invokeAll(calls)) {
        assertThat(answer.get()).isEqualTo(unpacked.resolve(ArchiveDigest.of(zip).hex()));
      }
    }
    assertNothingTemporary();
  }

  @Test
  void digest_isWrittenWithItsAlgorithm_andReadBothWays() {
    var digest = new ArchiveDigest("0123456789abcdef".repeat(4));

    assertThat(digest).hasToString("sha256:" + digest.hex());
    assertThat(ArchiveDigest.parse(digest.toString())).isEqualTo(digest);
    assertThat(ArchiveDigest.parse(digest.hex().toUpperCase(java.util.Locale.ROOT)))
        .isEqualTo(digest);
    assertThatIllegalArgumentException().isThrownBy(() -> ArchiveDigest.parse("sha256:../../x"));
  }

  private void assertRefused(Reason reason, ArchiveDigest digest) {
    assertThatExceptionOfType(ArchiveRefusedException.class)
        .isThrownBy(() -> store.unpacked(digest))
        .returns(reason, ArchiveRefusedException::reason);
  }

  private void assertNothingTemporary() {
    for (Path folder : List.of(plugins, unpacked)) {
      assertThat(folder).isDirectoryNotContaining(p -> p.getFileName().toString().startsWith("."));
    }
  }
}
