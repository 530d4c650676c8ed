package dev.holdfast.checkpoint.file;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A process dies before each step of a restore, and before each step of what mends that. */
class CrashTest {
  private static final List<String> EXCLUDES = List.of("**.tmp", "cache/**");

  @TempDir Path directory;
  private Path root;
  private Path blob;
  private Map<String, String> saved = Map.of();

  @BeforeEach
  void makeDirectories() throws IOException {
    root = directory.resolve("data");
    blob = directory.resolve("blob.tar");
    Files.createDirectory(directory.resolve("temporary"));
  }

  /** Dying here is to stop where one is: nothing that catches exceptions catches this. */
  private static final class Death extends Error {
    private static final long serialVersionUID = 1;
  }

  /** Dies before the step of this number. */
  private static final class Fatal implements Steps {
    private final int number;
    private int count;

    Fatal(int number) {
      this.number = number;
    }

    @Override
    public void at(String step) {
      if (++count == number) {
        throw new Death();
      }
    }
  }

  /** How the tree was before and is to be. */
  enum Shape {
    DIRECTORY,
    DIRECTORY_IN_TWO_STEPS,
    NEW_DIRECTORY,
    FILE,
    FILE_FOR_DIRECTORY;

    boolean isOfFile() {
      return this == FILE || this == FILE_FOR_DIRECTORY;
    }
  }

  private void makeSaved(Shape shape) throws Exception {
    if (shape.isOfFile()) {
      Files.writeString(root, "saved");
    } else {
      Trees.write(root.resolve("a"), "saved");
      Trees.write(root.resolve("d/b"), "saved too");
      Files.createDirectory(root.resolve("cache"));
    }
    still(root);
    saved = content(root);
    Trees.save(tree(shape, Steps.UNSEEN), blob);
    Directories.delete(root);
  }

  private void makeLive(Shape shape) throws Exception {
    Directories.delete(root);
    switch (shape) {
      case NEW_DIRECTORY -> {}
      case FILE -> Files.writeString(root, "live");
      case DIRECTORY, DIRECTORY_IN_TWO_STEPS -> {
        Trees.write(root.resolve("a"), "live");
        Trees.write(root.resolve("d/left/over"), "live");
        Trees.write(root.resolve("d/x.tmp"), "excluded");
        Trees.write(root.resolve("cache/deep/y"), "excluded");
      }
      case FILE_FOR_DIRECTORY -> Trees.write(root.resolve("a"), "live");
    }
    still(root);
  }

  /** Directories' times are no content here, so they are made equal. */
  private static void still(Path tree) throws IOException {
    if (Files.exists(tree)) {
      try (Stream<Path> files = Files.walk(tree)) {
        for (Path file : files.toList()) {
          Files.setLastModifiedTime(file, FileTime.from(Instant.EPOCH));
        }
      }
    }
  }

  /** All but what is excluded, and but the times of directories. */
  private static Map<String, String> content(Path tree) throws IOException {
    Map<String, String> content = Trees.show(tree);
    content.keySet().removeIf(name -> name.endsWith(".tmp") || name.startsWith("cache/"));
    content.replaceAll(
        (name, line) -> line.endsWith("directory") ? line.replaceAll("[0-9]{4}-\\S+Z", "") : line);
    return content;
  }

  private FileTree tree(Shape shape, Steps steps) {
    Machine machine = Machine.OURS.withSteps(steps);
    return new FileTree(
        root,
        EXCLUDES,
        directory.resolve("temporary"),
        shape == Shape.DIRECTORY_IN_TWO_STEPS ? machine.withoutExchange() : machine);
  }

  private static boolean dies(Dying dying) throws Exception {
    try {
      dying.run();
      return false;
    } catch (Death e) {
      return true;
    }
  }

  @FunctionalInterface
  private interface Dying {
    void run() throws Exception;
  }

  @ParameterizedTest
  @EnumSource
  void whenProcessDiesAtAnyStep_thenTreeIsRecoveredWhole(Shape shape) throws Exception {
    makeSaved(shape);
    boolean died = true;
    for (int fatal = 1; died; fatal++) {
      boolean diedAgain = true;
      for (int again = 1; diedAgain; again++) {
        makeLive(shape);
        Map<String, String> before = content(root);
        int first = fatal;
        int second = again;

        died = dies(() -> tree(shape, new Fatal(first)).restore(blob, false));
        diedAgain = dies(() -> FileTree.recover(root, new Fatal(second)));
        FileTree.recover(root);

        assertWhole(shape, before, died, "died at %d and %d".formatted(first, second));
      }
    }
  }

  private void assertWhole(Shape shape, Map<String, String> before, boolean died, String when)
      throws IOException {
    Map<String, String> after = content(root);
    if (died) {
      assertThat(after).as(when).isIn(before, saved);
    } else {
      assertThat(after).as(when).isEqualTo(saved);
    }
    if (shape == Shape.DIRECTORY || shape == Shape.DIRECTORY_IN_TWO_STEPS) {
      assertThat(root.resolve("d/x.tmp")).as(when).hasContent("excluded");
      assertThat(root.resolve("cache/deep/y")).as(when).hasContent("excluded");
    }
    try (Stream<Path> siblings = Files.list(directory)) {
      assertThat(siblings.map(path -> path.getFileName().toString()))
          .as(when)
          .isSubsetOf("data", "blob.tar", "temporary");
    }
  }

  @Test
  void whenProcessDied_thenCaptureRecoversFirst() throws Exception {
    makeSaved(Shape.DIRECTORY);
    makeLive(Shape.DIRECTORY);
    assertThat(dies(() -> tree(Shape.DIRECTORY, dieAt("carry over")).restore(blob, false)))
        .isTrue();

    tree(Shape.DIRECTORY, Steps.UNSEEN).capture().close();

    assertWhole(Shape.DIRECTORY, saved, false, "after a capture");
  }

  @Test
  void whenSomebodyPutsSomethingBetweenTheTwoSteps_thenBothAreKept() throws Exception {
    makeSaved(Shape.DIRECTORY_IN_TWO_STEPS);
    makeLive(Shape.DIRECTORY_IN_TWO_STEPS);
    FileTree dying = tree(Shape.DIRECTORY_IN_TWO_STEPS, dieAt("swap the other half"));
    assertThat(dies(() -> dying.restore(blob, false))).isTrue();
    Trees.write(root.resolve("foreign"), "1");

    List<String> notes = FileTree.recover(root);

    assertThat(notes).singleElement().asString().contains(".kept is kept");
    assertThat(root.resolve("foreign")).hasContent("1");
    String kept = notes.getFirst().substring(0, notes.getFirst().indexOf(" is kept"));
    assertThat(Path.of(kept).resolve("old/a")).hasContent("live");
    assertThat(FileTree.recover(root)).isEmpty();
  }

  @Test
  void whenSomebodyReplacesTheRootBeforeItIsFinished_thenBothAreKept() throws Exception {
    makeSaved(Shape.DIRECTORY);
    makeLive(Shape.DIRECTORY);
    assertThat(dies(() -> tree(Shape.DIRECTORY, dieAt("carry over")).restore(blob, false)))
        .isTrue();
    // Made while the root is there: else it could get its inode's number.
    Path foreign = directory.resolve("temporary/foreign");
    Trees.write(foreign.resolve("foreign"), "1");
    Directories.delete(root);
    Files.move(foreign, root);

    List<String> notes = FileTree.recover(root);

    assertThat(notes).singleElement().asString().contains("is kept: what was at " + root);
    assertThat(root.resolve("foreign")).hasContent("1");
  }

  private static Steps dieAt(String fatal) {
    return step -> {
      if (step.equals(fatal)) {
        throw new Death();
      }
    };
  }
}
