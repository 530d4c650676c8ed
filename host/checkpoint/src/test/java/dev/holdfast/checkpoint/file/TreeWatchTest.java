package dev.holdfast.checkpoint.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.holdfast.checkpoint.Obstacle;
import dev.holdfast.checkpoint.Source.Watching;
import dev.holdfast.checkpoint.SourceException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TreeWatchTest {
  private static final Duration LIMIT = Duration.ofSeconds(20);

  /** For how long nothing is told where nothing should be. */
  private static final Duration SILENCE = Duration.ofMillis(300);

  @TempDir Path directory;
  private final AtomicInteger told = new AtomicInteger();
  private Path root;
  private @Nullable Watching watching;

  @BeforeEach
  void makeTree() throws IOException {
    root = directory.resolve("data");
    Files.createDirectory(directory.resolve("temporary"));
    Trees.write(root.resolve("d/a"), "1");
  }

  @AfterEach
  void close() {
    if (watching != null) {
      watching.close();
    }
  }

  private FileTree watch(Machine machine, String... excludes) throws Exception {
    var tree = new FileTree(root, List.of(excludes), directory.resolve("temporary"), machine);
    watching = tree.watch(told::incrementAndGet);
    return tree;
  }

  /** Something that is to be told. */
  @FunctionalInterface
  private interface Doing {
    void run() throws Exception;
  }

  private void assertTold(String what, Doing doing) throws Exception {
    awaitSilence();
    int before = told.get();
    doing.run();
    await(what).atMost(LIMIT).until(() -> told.get() > before);
  }

  private void assertNotTold(String what, Doing doing) throws Exception {
    awaitSilence();
    int before = told.get();
    doing.run();
    await(what).during(SILENCE).atMost(LIMIT).until(() -> told.get() == before);
  }

  /** What an earlier change has caused is not to be taken for what a later one does. */
  private void awaitSilence() {
    var last = new AtomicInteger(-1);
    await("silence")
        .pollInterval(Duration.ofMillis(50))
        .atMost(LIMIT)
        .until(() -> last.getAndSet(told.get()) == told.get());
  }

  @Test
  void changesOfAnyKindAreTold() throws Exception {
    watch(Machine.OURS);
    Path file = root.resolve("d/a");

    assertTold("content", () -> Files.writeString(file, "2"));
    assertTold(
        "mode",
        () -> Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("r--------")));
    assertTold("time", () -> Files.setLastModifiedTime(file, FileTime.fromMillis(5)));
    assertTold(
        "mode of a directory",
        () ->
            Files.setPosixFilePermissions(
                root.resolve("d"), PosixFilePermissions.fromString("rwxrwxrwx")));
    assertTold(
        "mode of the root",
        () -> Files.setPosixFilePermissions(root, PosixFilePermissions.fromString("rwxrwxrwx")));
    assertTold("a link", () -> Files.createSymbolicLink(root.resolve("l"), Path.of("x")));
    assertTold("deletion", () -> Files.delete(file));
  }

  @Test
  void whenDirectoryIsNew_thenItIsWatchedToo() throws Exception {
    watch(Machine.OURS);

    assertTold("directories", () -> Files.createDirectories(root.resolve("x/y/z")));
    assertTold("a file in them", () -> Files.writeString(root.resolve("x/y/z/f"), "1"));
    assertTold("a new name", () -> Files.move(root.resolve("x"), root.resolve("w")));
    assertTold("a file under it", () -> Files.writeString(root.resolve("w/y/z/f"), "2"));
  }

  @Test
  void whenDirectoryIsMovedAway_thenItIsNotWatchedAnyMore() throws Exception {
    watch(Machine.OURS);
    Path away = directory.resolve("away");

    assertTold("moving it", () -> Files.move(root.resolve("d"), away));
    assertNotTold("what is elsewhere", () -> Files.writeString(away.resolve("a"), "2"));
  }

  @Test
  void whenRootIsDeletedAndMadeAgain_thenBothAreTold() throws Exception {
    watch(Machine.OURS);

    assertTold("deletion", () -> Directories.delete(root));
    assertTold("creation", () -> Files.createDirectory(root));
    assertTold("a file in the new one", () -> Files.writeString(root.resolve("b"), "1"));
  }

  @Test
  void whenRootIsReplacedByRenaming_thenTheNewOneIsWatched() throws Exception {
    Path other = directory.resolve("other");
    Trees.write(other.resolve("e/b"), "1");
    watch(Machine.OURS);

    assertTold("the exchange", () -> Posix.exchange(root, other));
    assertTold("the new one", () -> Files.writeString(root.resolve("e/b"), "2"));
    assertNotTold("the old one", () -> Files.writeString(other.resolve("d/a"), "2"));
  }

  @Test
  void whenRootIsOneFile_thenNoOtherIsTold() throws Exception {
    root = directory.resolve("file");
    Files.writeString(root, "1");
    watch(Machine.OURS);

    assertNotTold("a sibling", () -> Files.writeString(directory.resolve("sibling"), "1"));
    assertTold("content", () -> Files.writeString(root, "2"));
    assertTold(
        "replacement",
        () -> Files.move(directory.resolve("sibling"), root, StandardCopyOption.ATOMIC_MOVE));
    assertTold("content of the new one", () -> Files.writeString(root, "3"));
  }

  @Test
  void whatIsExcludedIsNotTold() throws Exception {
    Files.createDirectory(root.resolve("cache"));
    watch(Machine.OURS, "**.tmp", "cache/**");

    assertNotTold("a file", () -> Files.writeString(root.resolve("d/x.tmp"), "1"));
    assertNotTold("a directory", () -> Trees.write(root.resolve("cache/deep/y"), "1"));
    assertTold("another", () -> Files.writeString(root.resolve("d/x"), "1"));
  }

  @Test
  void whenTreeIsRestored_thenOnlyWhatOthersDoIsTold() throws Exception {
    FileTree tree = watch(Machine.OURS, "**.tmp");
    Trees.write(root.resolve("d/x.tmp"), "1");
    Path blob = Trees.save(tree, directory.resolve("blob.tar"));
    assertTold("a change before", () -> Files.writeString(root.resolve("d/a"), "2"));

    assertNotTold("the restore", () -> tree.restore(blob, false));
    assertThat(root.resolve("d/a")).hasContent("1");
    assertTold("a change after", () -> Files.writeString(root.resolve("d/a"), "3"));
    assertTold("deletion", () -> Directories.delete(root));
    assertTold("restored by others", () -> Trees.write(root.resolve("b"), "1"));
  }

  @Test
  void whenFileIsRestored_thenOnlyWhatOthersDoIsTold() throws Exception {
    root = directory.resolve("file");
    Files.writeString(root, "1");
    FileTree tree = watch(Machine.OURS);
    Path blob = Trees.save(tree, directory.resolve("blob.tar"));
    assertTold("a change before", () -> Files.writeString(root, "2"));

    assertNotTold("the restore", () -> tree.restore(blob, false));
    assertTold("a change after", () -> Files.writeString(root, "3"));
  }

  @Test
  void whenOthersChangeTheTreeRightAfterTheSwap_thenThatIsTold() throws Exception {
    Steps meddler =
        step -> {
          if (step.equals("sync the swap")) {
            Files.writeString(root.resolve("d/a"), "foreign");
          }
        };
    FileTree tree = watch(Machine.OURS.withSteps(meddler));
    Path blob = Trees.save(tree, directory.resolve("blob.tar"));
    assertTold("a change before", () -> Files.writeString(root.resolve("d/a"), "2"));

    assertTold("the foreign change", () -> tree.restore(blob, false));
    assertThat(root.resolve("d/a")).hasContent("foreign");
  }

  @Test
  void whenRestoreFails_thenTheWatchGoesOn() throws Exception {
    Steps failing =
        step -> {
          if (step.equals("swap")) {
            throw new IOException("Input/output error");
          }
        };
    FileTree tree = watch(Machine.OURS.withSteps(failing));
    Path blob = Trees.save(tree, directory.resolve("blob.tar"));
    Files.writeString(root.resolve("d/a"), "2");

    assertNotTold("the restore", () -> assertThat(catching(tree, blob)).isNotNull());
    assertTold("a change after", () -> Files.writeString(root.resolve("d/a"), "3"));
  }

  private static @Nullable Exception catching(FileTree tree, Path blob) {
    try {
      tree.restore(blob, false);
      return null;
    } catch (SourceException e) {
      return e;
    }
  }

  @Test
  void whenTooMuchHappens_thenThatIsTold() throws Exception {
    watch(Machine.OURS);

    assertTold(
        "many files",
        () -> {
          for (int i = 0; i < 2000; i++) {
            Files.writeString(root.resolve("f" + i), "1");
          }
        });
    assertTold("one more", () -> Files.writeString(root.resolve("d/a"), "2"));
  }

  @Test
  void whenClosed_thenNothingIsTold() throws Exception {
    FileTree tree = watch(Machine.OURS);
    Path blob = Trees.save(tree, directory.resolve("blob.tar"));
    close();

    assertNotTold("a change", () -> Files.writeString(root.resolve("d/a"), "2"));
    assertNotTold("a restore", () -> tree.restore(blob, false));
  }

  @ParameterizedTest
  @CsvSource({
    "User limit of inotify watches reached, fs.inotify.max_user_watches",
    "User limit of inotify instances reached or too many open files, fs.inotify.max_user_instances"
  })
  void whenLimitIsReached_thenItIsNamed(String words, String limit) {
    var refusal = TreeWatch.refusal(new IOException(words), root);

    assertThat(refusal.obstacle()).isEqualTo(Obstacle.IO);
    assertThat(refusal).hasMessageContaining(limit).hasMessageContaining(root.toString());
  }
}
