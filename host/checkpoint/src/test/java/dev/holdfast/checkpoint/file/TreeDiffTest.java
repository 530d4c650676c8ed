package dev.holdfast.checkpoint.file;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.checkpoint.Difference;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TreeDiffTest {
  private static final FileTime TIME = FileTime.from(Instant.parse("2026-01-02T03:04:05Z"));

  @TempDir Path directory;
  private Path root;
  private FileTree tree;

  @BeforeEach
  void makeTree() throws IOException {
    root = directory.resolve("data");
    Files.createDirectory(directory.resolve("temporary"));
    // With an exclude the times of directories do not show.
    tree = new FileTree(root, List.of("none"), directory.resolve("temporary"));
    Trees.write(root.resolve("a"), "one\ntwo\nthree\n");
    Files.setLastModifiedTime(root.resolve("a"), TIME);
  }

  @FunctionalInterface
  private interface Changing {
    void run() throws Exception;
  }

  private List<Difference> differences(Changing changing) throws Exception {
    Path from = Trees.save(tree, directory.resolve("from.tar"));
    changing.run();
    return tree.diff(from, Trees.save(tree, directory.resolve("to.tar")));
  }

  @Test
  void whenNothingChanged_thenNothingDiffers() throws Exception {
    assertThat(differences(() -> {})).isEmpty();
  }

  @Test
  void whenLinesChanged_thenTheyAreShown() throws Exception {
    assertThat(differences(() -> Files.writeString(root.resolve("a"), "one\n2\nthree\nfour\n")))
        .containsExactly(new Difference("a", "content", "-two", "+2\n+four"));
  }

  @Test
  void whenManyLinesChanged_thenTheFirstAreShown() throws Exception {
    List<Difference> differences =
        differences(() -> Files.writeString(root.resolve("a"), "line\n".repeat(9)));

    assertThat(differences)
        .containsExactly(
            new Difference(
                "a",
                "content",
                "-one\n-two\n-three",
                "+line\n+line\n+line\n+line\n+line\n… 4 more"));
  }

  @Test
  void whenContentIsNoText_thenSizeAndDigestAreShown() throws Exception {
    Files.write(root.resolve("a"), new byte[] {0, 1});

    assertThat(differences(() -> Files.write(root.resolve("a"), new byte[] {0, 1, 2})))
        .singleElement()
        .satisfies(
            difference -> {
              assertThat(difference.from()).isEqualTo("2 bytes, sha256 b413f47d13ee");
              assertThat(difference.to()).isEqualTo("3 bytes, sha256 ae4b3280e56e");
            });
  }

  @Test
  void whenFilesComeAndGo_thenTheyAreInOrder() throws Exception {
    List<Difference> differences =
        differences(
            () -> {
              Files.delete(root.resolve("a"));
              Trees.write(root.resolve("b/c"), "");
              Files.createSymbolicLink(root.resolve("b-c"), Path.of("x"));
            });

    assertThat(differences)
        .containsExactly(
            new Difference("a", "", "file, 14 bytes, sha256 b6285c57e879", null),
            new Difference("b", "", null, "directory"),
            new Difference("b-c", "", null, "symbolic link to x"),
            new Difference("b/c", "", null, "file, 0 bytes, sha256 e3b0c44298fc"));
  }

  @Test
  void whenModeOrTimeOrTargetChanged_thenEachIsNamed() throws Exception {
    Files.createSymbolicLink(root.resolve("l"), Path.of("x"));
    Files.setPosixFilePermissions(root.resolve("a"), PosixFilePermissions.fromString("rw-r--r--"));

    List<Difference> differences =
        differences(
            () -> {
              Files.setPosixFilePermissions(
                  root.resolve("a"), PosixFilePermissions.fromString("r--------"));
              Files.setLastModifiedTime(
                  root.resolve("a"), FileTime.from(TIME.toInstant().plusNanos(1)));
              Files.delete(root.resolve("l"));
              Files.createSymbolicLink(root.resolve("l"), Path.of("y"));
            });

    assertThat(differences)
        .containsExactly(
            new Difference("a", "mode", "0644", "0400"),
            new Difference("a", "time", "2026-01-02T03:04:05Z", "2026-01-02T03:04:05.000000001Z"),
            new Difference("l", "target", "x", "y"));
  }

  @Test
  void whenFileBecameDirectory_thenBothAreNamed() throws Exception {
    assertThat(
            differences(
                () -> {
                  Files.delete(root.resolve("a"));
                  Files.createDirectory(root.resolve("a"));
                }))
        .singleElement()
        .satisfies(
            difference -> {
              assertThat(difference.what()).isEmpty();
              assertThat(difference.from()).startsWith("file");
              assertThat(difference.to()).isEqualTo("directory");
            });
  }
}
