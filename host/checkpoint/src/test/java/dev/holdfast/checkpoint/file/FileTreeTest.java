package dev.holdfast.checkpoint.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.holdfast.checkpoint.Capture;
import dev.holdfast.checkpoint.Obstacle;
import dev.holdfast.checkpoint.SourceException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.assertj.core.api.AbstractThrowableAssert;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FileTreeTest {
  @TempDir Path directory;
  private Path root;
  private Path temporary;
  private Path blob;
  private FileTree tree;

  @BeforeEach
  void makeDirectories() throws IOException {
    root = directory.resolve("data");
    temporary = Files.createDirectory(directory.resolve("temporary"));
    blob = directory.resolve("blob.tar");
    tree = tree(Machine.OURS);
  }

  private FileTree tree(Machine machine, String... excludes) {
    return new FileTree(root, List.of(excludes), temporary, machine);
  }

  private static AbstractThrowableAssert<?, ?> assertRefused(
      ThrowingCallable call, Obstacle obstacle) {
    return assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            SourceException.class, e -> assertThat(e.obstacle()).isEqualTo(obstacle));
  }

  private static boolean isRoot() throws IOException {
    return Credentials.own(Path.of("/proc")).user() == 0;
  }

  /** The tests run without leavings, so that whatever remains is ours. */
  private void assertNothingIsLeft() throws IOException {
    try (var siblings = Files.list(directory)) {
      assertThat(siblings.map(path -> path.getFileName().toString()))
          .noneMatch(name -> name.startsWith("."));
    }
    assertThat(temporary).isEmptyDirectory();
  }

  @Nested
  class Captured {
    @Test
    void whenTreeIsTheSame_thenTarIsTheSameToTheByte() throws Exception {
      Trees.grow(root, new Random(7));
      Trees.save(tree, blob);

      Path other = Files.createDirectory(directory.resolve("other"));
      Trees.grow(other.resolve("data"), new Random(7));
      Path otherBlob = directory.resolve("other.tar");
      Trees.save(new FileTree(other.resolve("data"), List.of(), temporary), otherBlob);

      assertThat(otherBlob).hasSameBinaryContentAs(blob);
      assertNothingIsLeft();
    }

    @Test
    void fingerprint_isDigestOfWhatIsWritten() throws Exception {
      Trees.write(root.resolve("a"), "1");

      Trees.save(tree, blob);

      byte[] digest = Spool.sha256().digest(Files.readAllBytes(blob));
      assertThat(Trees.fingerprint(tree)).isEqualTo("sha256:" + HexFormat.of().formatHex(digest));
    }

    @Test
    void whenAnythingIsOther_thenFingerprintIs() throws Exception {
      Path file = root.resolve("a");
      Trees.write(file, "1");
      FileTime time = Files.getLastModifiedTime(file);
      String before = Trees.fingerprint(tree);

      Files.setLastModifiedTime(file, FileTime.from(time.toInstant().plusNanos(1)));
      String afterTime = Trees.fingerprint(tree);
      Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
      String afterMode = Trees.fingerprint(tree);
      Files.writeString(file, "2");
      Files.setLastModifiedTime(file, FileTime.from(time.toInstant().plusNanos(1)));
      String afterContent = Trees.fingerprint(tree);

      assertThat(List.of(before, afterTime, afterMode, afterContent)).doesNotHaveDuplicates();
    }

    @Test
    void tarIsReadByGnuTar() throws Exception {
      Trees.write(root.resolve("a/" + "long".repeat(40) + "/file"), "hello");
      Trees.write(Names.resolve(root, "caf\u00e9"), "");
      Files.createSymbolicLink(root.resolve("link"), Path.of("../" + "far/".repeat(40) + "away"));
      Trees.save(tree, blob);

      String listing = run("tar", "-tvf", blob.toString());
      Path unpacked = Files.createDirectory(directory.resolve("unpacked"));
      run("tar", "-xpf", blob.toString(), "-C", unpacked.toString());

      assertThat(listing.lines()).hasSize(6);
      assertThat(listing).contains("./").contains("long".repeat(40) + "/file");
      assertThat(Trees.show(unpacked)).isEqualTo(Trees.show(root));
    }

    private String run(String... command) throws Exception {
      Process process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .directory(directory.toFile())
              .start();
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(process.waitFor()).as(output).isZero();
      return output;
    }

    @Test
    void whenFileChangesWhileItIsRead_thenItIsReadAgain() throws Exception {
      Trees.write(root.resolve("a"), "before");
      Trees.write(root.resolve("b"), "other");
      var reads = new AtomicInteger();
      Steps meddler =
          step -> {
            if (reads.incrementAndGet() == 1) {
              Files.writeString(root.resolve("a"), "afterwards");
            }
          };

      Trees.save(tree(Machine.OURS.withSteps(meddler)), blob);

      assertThat(reads.get()).isGreaterThan(2);
      assertThat(Trees.fingerprint(tree))
          .isEqualTo(Saved.read(blob, "data", new Excludes(List.of())).fingerprint());
    }

    @Test
    void whenFileAlwaysChanges_thenItIsGivenUp() throws Exception {
      Trees.write(root.resolve("a"), "0");
      var reads = new AtomicInteger();
      Steps meddler =
          step -> Files.writeString(root.resolve("a"), "x".repeat(reads.incrementAndGet()));

      assertRefused(() -> tree(Machine.OURS.withSteps(meddler)).capture(), Obstacle.IO)
          .hasMessageContaining(root.resolve("a") + " changed each of the 5 times");
      assertNothingIsLeft();
    }

    @Test
    void whenFileVanishesWhileTreeIsRead_thenTreeIsReadAgain() throws Exception {
      Trees.write(root.resolve("a"), "1");
      Trees.write(root.resolve("b"), "2");
      Steps meddler = step -> Files.deleteIfExists(root.resolve("b"));

      String fingerprint = Trees.fingerprint(tree(Machine.OURS.withSteps(meddler)));

      assertThat(fingerprint).isEqualTo(Trees.fingerprint(tree));
    }

    @Test
    void whenRootIsMissing_thenThatIsSaid() {
      assertRefused(() -> tree.capture(), Obstacle.MISSING).hasMessageContaining(root.toString());
    }

    @Test
    void whenFileIsUnreadable_thenItIsNamed() throws Exception {
      assumeThat(isRoot()).isFalse();
      Path secret = root.resolve("secret");
      Trees.write(secret, "1");
      Files.setPosixFilePermissions(secret, PosixFilePermissions.fromString("---------"));

      assertRefused(() -> tree.capture(), Obstacle.ACCESS_DENIED)
          .hasMessageContaining(secret.toString());
    }

    @Test
    void whenTreeHoldsPipes_thenTheFirstAreNamed() throws Exception {
      Files.createDirectory(root);
      for (int i = 1; i <= 5; i++) {
        run("mkfifo", root.resolve("pipe" + i).toString());
      }

      assertRefused(() -> tree.capture(), Obstacle.UNSUPPORTED)
          .hasMessageContaining("pipe1")
          .hasMessageContaining("pipe3")
          .hasMessageContaining("and 2 more");
      assertThat(Trees.fingerprint(tree(Machine.OURS, "pipe*"))).startsWith("sha256:");
    }

    @Test
    void whenSomethingIsMountedInside_thenItIsRefused() throws Exception {
      Trees.write(root.resolve("mnt/a"), "1");
      Path proc = directory.resolve("proc");
      Files.createDirectories(proc.resolve("self"));
      Files.writeString(
          proc.resolve("self/mountinfo"),
          "36 35 98:0 / %s rw - ext4 /dev/x rw%n".formatted(root.toRealPath().resolve("mnt")));
      Machine machine = Machine.OURS.withProc(proc);

      assertRefused(() -> tree(machine).capture(), Obstacle.UNSUPPORTED)
          .hasMessageContaining("mounted inside, at " + root.resolve("mnt"));
      assertThat(Trees.fingerprint(tree(machine, "mnt"))).startsWith("sha256:");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "/proc/1", "/sys", "/dev/shm/x", "relative", "/tmp/../etc"})
    void whenRootMayNotBeOne_thenItIsRefused(String path) {
      var refused = new FileTree(Path.of(path), List.of(), temporary);

      assertRefused(refused::capture, Obstacle.UNSUPPORTED);
    }

    @Test
    void whenRootIsLink_thenItIsRefused() throws Exception {
      Files.createSymbolicLink(root, temporary);

      assertRefused(() -> tree.capture(), Obstacle.UNSUPPORTED)
          .hasMessageContaining("symbolic link");
    }
  }

  @Nested
  class Restored {
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20})
    void whenTreeIsAnyOther_thenItBecomesTheSavedOne(int seed) throws Exception {
      var random = new Random(seed);
      Trees.grow(root, random);
      Map<String, String> before = Trees.show(root);
      String fingerprint = Trees.fingerprint(tree);
      Trees.save(tree, blob);
      Directories.delete(root);
      Trees.grow(root, random);

      tree(seed % 2 == 0 ? Machine.OURS : Machine.OURS.withoutExchange()).restore(blob, false);

      assertThat(Trees.show(root)).isEqualTo(before);
      assertThat(Trees.fingerprint(tree)).isEqualTo(fingerprint);
      assertNothingIsLeft();
    }

    @Test
    void whenRootIsMissing_thenItIsMade() throws Exception {
      Trees.grow(root, new Random(3));
      Map<String, String> before = Trees.show(root);
      Trees.save(tree, blob);
      Directories.delete(root);

      tree.restore(blob, false);

      assertThat(Trees.show(root)).isEqualTo(before);
    }

    @Test
    void whenRootIsOneFile_thenItIsReplaced() throws Exception {
      Files.writeString(root, "saved");
      Files.setLastModifiedTime(root, FileTime.from(Instant.ofEpochSecond(-5, 7)));
      Map<String, String> before = Trees.show(root);
      Trees.save(tree, blob);
      Files.writeString(root, "changed");

      assertThat(tree.restore(blob, false)).isEmpty();

      assertThat(Trees.show(root)).isEqualTo(before);
      assertNothingIsLeft();
    }

    @Test
    void whenFileBecameDirectory_thenItIsFileAgain() throws Exception {
      Files.writeString(root, "saved");
      Trees.save(tree, blob);
      Files.delete(root);
      Trees.write(root.resolve("a/b"), "1");

      tree.restore(blob, false);

      assertThat(root).hasContent("saved");
      assertNothingIsLeft();
    }

    @Test
    void whenNothingDiffers_thenNothingIsWritten() throws Exception {
      Trees.grow(root, new Random(5));
      Trees.save(tree, blob);
      long inode = Found.inode(root);
      Steps nothing =
          step -> assertThat(step).as("only what leads to no change").isEqualTo("file read");

      tree(Machine.OURS.withSteps(nothing)).restore(blob, false);

      assertThat(Found.inode(root)).isEqualTo(inode);
    }

    @Test
    void whenLinkLooksOdd_thenItIsKeptAsWritten() throws Exception {
      Files.createDirectory(root);
      Posix.symlink("a//b/./../c/", root.resolve("odd"));
      Trees.save(tree, blob);
      Files.delete(root.resolve("odd"));

      tree.restore(blob, false);

      assertThat(Files.readSymbolicLink(root.resolve("odd"))).hasToString("a//b/./../c/");
    }

    @Test
    void whenFileHasExtendedAttributes_thenTheyAreKept() throws Exception {
      Path file = root.resolve("a");
      Trees.write(file, "1");
      assumeThat(Files.getFileStore(root).supportsFileAttributeView("user")).isTrue();
      var saved =
          Map.of(
              "text", "gr\u00fcn".getBytes(StandardCharsets.UTF_8),
              "binary", new byte[] {0, -1, 10, 61},
              "empty", new byte[0]);
      Attributes.write(file, saved);
      Trees.save(tree, blob);
      Files.delete(file);
      Files.writeString(file, "2");

      tree.restore(blob, false);

      Map<String, byte[]> restored = Attributes.read(file);
      assertThat(restored).containsOnlyKeys(saved.keySet());
      saved.forEach((name, value) -> assertThat(restored.get(name)).as(name).isEqualTo(value));
    }

    @Test
    void whenOwnerDiffers_thenItIsGivenBack() throws Exception {
      assumeThat(isRoot()).isTrue();
      Path file = root.resolve("a");
      Trees.write(file, "1");
      Files.setAttribute(file, "unix:uid", 12345);
      Files.setAttribute(file, "unix:gid", 3_000_000);
      Files.setAttribute(file, "unix:mode", 06755);
      Trees.save(tree, blob);
      Files.delete(file);

      tree.restore(blob, false);

      assertThat(Files.readAttributes(file, "unix:uid,gid,mode"))
          .containsEntry("uid", 12345)
          .containsEntry("gid", 3_000_000)
          .containsEntry("mode", 0106755);
    }

    @Test
    void whenOwnerMayNotBeGiven_thenItIsNamedAndNothingChanges() throws Exception {
      Path file = root.resolve("a");
      Trees.write(file, "1");
      Trees.save(tree, blob);
      Files.writeString(file, "2");
      Map<String, String> before = Trees.show(root);
      var other = new Credentials(99_999, Set.of(99_999L), 0);
      FileTree unprivileged = tree(Machine.OURS.withCredentials(other));

      assertRefused(() -> unprivileged.rehearse(blob), Obstacle.ACCESS_DENIED)
          .hasMessageContaining("cannot be given to user");
      assertRefused(() -> unprivileged.restore(blob, true), Obstacle.ACCESS_DENIED);
      assertThat(Trees.show(root)).isEqualTo(before);
    }

    @Test
    void whenRoomIsMissing_thenNothingChanges() throws Exception {
      Trees.write(root.resolve("a"), "1");
      Trees.save(tree, blob);
      Files.writeString(root.resolve("a"), "2");
      FileTree cramped = tree(Machine.OURS.withRoom(10_000));

      assertRefused(() -> cramped.rehearse(blob), Obstacle.NO_SPACE)
          .hasMessageContaining("10,000 are left");
      assertRefused(() -> cramped.restore(blob, false), Obstacle.NO_SPACE);
      assertThat(root.resolve("a")).hasContent("2");
      assertNothingIsLeft();
    }

    @ParameterizedTest
    @ValueSource(strings = {"No space left on device", "Input/output error"})
    void whenDiskFailsAtAnyStep_thenTreeIsWhollyOldOrNew(String words) throws Exception {
      Trees.write(root.resolve("a/b"), "saved");
      Trees.write(root.resolve("keep.tmp"), "1");
      Trees.save(tree(Machine.OURS, "*.tmp"), blob);
      Map<String, String> saved = Trees.show(root.resolve("a/b"));
      boolean failed = true;
      for (int fatal = 1; failed; fatal++) {
        Files.writeString(root.resolve("a/b"), "changed");
        Map<String, String> changed = Trees.show(root.resolve("a/b"));
        var count = new AtomicInteger();
        int at = fatal;
        Steps failing =
            step -> {
              if (count.incrementAndGet() == at) {
                throw new IOException(words);
              }
            };

        Map<String, String> expected = saved;
        try {
          tree(Machine.OURS.withSteps(failing), "*.tmp").restore(blob, false);
        } catch (SourceException e) {
          assertThat(e.obstacle())
              .isEqualTo(words.startsWith("No") ? Obstacle.NO_SPACE : Obstacle.IO);
          expected = changed;
        }
        failed = count.get() >= at;

        assertThat(Trees.show(root.resolve("a/b"))).as("step %d", at).isEqualTo(expected);
        FileTree.recover(root);
        assertThat(Trees.show(root.resolve("a/b"))).as("step %d", at).isEqualTo(expected);
        assertThat(root.resolve("keep.tmp")).hasContent("1");
        assertNothingIsLeft();
      }
    }

    @Test
    void whenParentIsMissing_thenThatIsSaid() throws Exception {
      Path parent = directory.resolve("parent");
      root = parent.resolve("data");
      Trees.write(root.resolve("a"), "1");
      tree = tree(Machine.OURS);
      Trees.save(tree, blob);
      Directories.delete(parent);

      assertRefused(() -> tree.restore(blob, false), Obstacle.MISSING)
          .hasMessageContaining(parent + ", where it belongs");
    }

    @Test
    void whenRootIsMountPoint_thenItIsRefused() throws Exception {
      Trees.write(root.resolve("a"), "1");
      Trees.save(tree, blob);
      Path proc = directory.resolve("proc");
      Files.createDirectories(proc.resolve("self"));
      Files.writeString(
          proc.resolve("self/mountinfo"),
          "36 35 98:0 / %s rw - ext4 /dev/x rw%n".formatted(root.toRealPath()));

      assertRefused(
              () -> tree(Machine.OURS.withProc(proc)).restore(blob, false), Obstacle.UNSUPPORTED)
          .hasMessageContaining("is itself a mount point");
    }
  }

  @Nested
  class Excluded {
    @Test
    void whatIsExcludedIsNoContent() throws Exception {
      FileTree partial = tree(Machine.OURS, "*.tmp", "cache/**");
      Trees.write(root.resolve("a"), "1");
      Files.createDirectory(root.resolve("cache"));
      String before = Trees.fingerprint(partial);

      Trees.write(root.resolve("x.tmp"), "1");
      Trees.write(root.resolve("cache/deep/y"), "1");

      assertThat(Trees.fingerprint(partial)).isEqualTo(before);
      Trees.write(root.resolve("deep/x.tmp"), "not at the top");
      assertThat(Trees.fingerprint(partial)).isNotEqualTo(before);
    }

    @Test
    void whenTreeIsRestored_thenExcludedFilesStayTheSame() throws Exception {
      FileTree partial = tree(Machine.OURS, "**.tmp", "cache/**");
      Trees.write(root.resolve("d/a"), "1");
      Files.createDirectory(root.resolve("cache"));
      Trees.save(partial, blob);
      String saved = Trees.fingerprint(partial);
      Trees.write(root.resolve("d/x.tmp"), "excluded");
      Trees.write(root.resolve("cache/deep/y"), "excluded too");
      Trees.write(root.resolve("leftover"), "1");
      long file = Found.inode(root.resolve("d/x.tmp"));
      long subdirectory = Found.inode(root.resolve("cache/deep"));

      assertThat(partial.restore(blob, false)).isEmpty();

      assertThat(Found.inode(root.resolve("d/x.tmp"))).isEqualTo(file);
      assertThat(Found.inode(root.resolve("cache/deep"))).isEqualTo(subdirectory);
      assertThat(root.resolve("cache/deep/y")).hasContent("excluded too");
      assertThat(root.resolve("leftover")).doesNotExist();
      assertThat(Trees.fingerprint(partial)).isEqualTo(saved);
      assertNothingIsLeft();
    }

    @Test
    void whenDirectoryOfExcludedFileWasNotSaved_thenItStaysAndThatIsSaid() throws Exception {
      FileTree partial = tree(Machine.OURS, "**.tmp");
      Trees.write(root.resolve("a"), "1");
      Trees.save(partial, blob);
      Trees.write(root.resolve("new/deep/x.tmp"), "excluded");
      Trees.write(root.resolve("new/deep/b"), "2");

      List<String> notes = partial.restore(blob, false);

      assertThat(notes).hasSize(2).allMatch(note -> note.contains("stays for the excluded files"));
      assertThat(root.resolve("new/deep/x.tmp")).hasContent("excluded");
      assertThat(root.resolve("new/deep/b")).doesNotExist();
    }

    @Test
    void whenExcludedFileWouldHaveNoPlace_thenItIsRefused() throws Exception {
      FileTree partial = tree(Machine.OURS, "**.tmp");
      Trees.write(root.resolve("d"), "a file");
      Trees.save(partial, blob);
      Files.delete(root.resolve("d"));
      Trees.write(root.resolve("d/x.tmp"), "1");

      assertRefused(() -> partial.restore(blob, true), Obstacle.UNSUPPORTED)
          .hasMessageContaining("d is a file there");
      assertThat(root.resolve("d/x.tmp")).hasContent("1");
    }

    @Test
    void whenExcludedFileWasSavedOnce_thenItIsNotRestored() throws Exception {
      Trees.write(root.resolve("a"), "1");
      Trees.write(root.resolve("logs/x"), "saved");
      Trees.save(tree, blob);
      Files.writeString(root.resolve("logs/x"), "live");
      Files.writeString(root.resolve("a"), "2");

      tree(Machine.OURS, "logs").restore(blob, false);

      assertThat(root.resolve("logs/x")).hasContent("live");
      assertThat(root.resolve("a")).hasContent("1");
    }
  }

  @Test
  void whenTreeIsLarge_thenItGoesAndComesBack() throws Exception {
    var random = new Random(11);
    byte[] content = new byte[10 * 1024];
    for (int i = 0; i < 1000; i++) {
      random.nextBytes(content);
      Path file = root.resolve("d" + i % 20).resolve("f" + i);
      Files.createDirectories(file.getParent());
      Files.write(file, content);
    }
    Map<String, String> before = Trees.show(root);
    Trees.save(tree, blob);
    Directories.delete(root.resolve("d3"));
    Files.writeString(root.resolve("d4/f4"), "changed");

    tree.restore(blob, false);

    assertThat(Trees.show(root)).isEqualTo(before);
  }

  @Test
  void whenFileSystemIsReallyFull_thenTreeIsUntouched() throws Exception {
    Path mount = Files.createDirectory(directory.resolve("mount"));
    assumeThat(isRoot() && mount(mount)).as("something can be mounted").isTrue();
    try {
      root = mount.resolve("data");
      Trees.write(root.resolve("a"), "old");
      FileTree optimist = tree(Machine.OURS.withRoom(Long.MAX_VALUE));
      Path big = directory.resolve("big");
      Files.createDirectory(big);
      Files.write(big.resolve("a"), new byte[2 << 20]);
      Trees.save(new FileTree(big, List.of(), temporary), blob);

      assertRefused(() -> optimist.restore(blob, false), Obstacle.NO_SPACE);
      assertThat(root.resolve("a")).hasContent("old");
      try (var left = Files.list(mount)) {
        assertThat(left).containsExactly(root);
      }
    } finally {
      new ProcessBuilder("umount", mount.toString()).start().waitFor();
    }
  }

  private static boolean mount(Path mount) throws Exception {
    return new ProcessBuilder("mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", mount.toString())
            .start()
            .waitFor()
        == 0;
  }

  @Test
  void capture_writtenTwice_isTheSame() throws Exception {
    Trees.write(root.resolve("a"), "1");
    Path second = directory.resolve("second.tar");

    try (Capture capture = tree.capture();
        OutputStream one = Files.newOutputStream(blob);
        OutputStream two = Files.newOutputStream(second)) {
      capture.writeTo(one);
      capture.writeTo(two);
    }

    assertThat(second).hasSameBinaryContentAs(blob);
  }
}
