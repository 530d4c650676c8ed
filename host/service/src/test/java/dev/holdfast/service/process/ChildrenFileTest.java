package dev.holdfast.service.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ChildrenFileTest {
  @TempDir private Path folder;
  private Path path;
  private ChildrenFile children;

  @BeforeEach
  void setUp() {
    path = folder.resolve("children");
    children = new ChildrenFile(path);
  }

  @Test
  void isReadAnewEachTime() throws IOException {
    Files.writeString(path, "12 345 ");
    assertThat(children.read()).containsExactly(12, 345);

    Files.writeString(path, "345 ");
    assertThat(children.read()).containsExactly(345);

    Files.writeString(path, "");
    assertThat(children.read()).isEmpty();
  }

  @Test
  void aThousandChildren_areAllListed() throws IOException {
    List<Integer> pids = IntStream.range(100_000, 101_000).boxed().toList();
    Files.writeString(
        path, pids.stream().map(String::valueOf).collect(Collectors.joining(" ", "", " ")));

    assertThat(children.read()).isEqualTo(pids);
    assertThat(children.read()).isEqualTo(pids);
  }

  @Test
  void whereTheKernelMakesNoList_thereAreNone_untilItDoes() throws IOException {
    assertThat(children.read()).isEmpty();

    Files.writeString(path, "7 ");

    assertThat(children.read()).containsExactly(7);
  }

  @Test
  void onceClosed_itOpensAgain() throws IOException {
    Files.writeString(path, "7 ");
    assertThat(children.read()).containsExactly(7);

    children.close();

    assertThat(children.read()).containsExactly(7);
    children.close();
  }

  /** Too many open files, say. It must never be taken for the death of all. */
  @Test
  void whatCannotBeOpened_isNoEmptyList() throws IOException {
    Files.createDirectory(path);

    assertThatThrownBy(children::read)
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContaining(path.toString());
  }

  @Test
  void aChild_isOnTheKernelsList() throws Exception {
    var sleeping = new ProcessBuilder("sleep", "1000").start();
    int pid = Math.toIntExact(sleeping.pid());
    try (var threads = Files.newDirectoryStream(Path.of("/proc/self/task"))) {
      boolean listed = false;
      for (Path thread : threads) {
        try (var its = new ChildrenFile(thread.resolve("children"))) {
          listed |= its.read().contains(pid);
        }
      }
      assertThat(listed).isTrue();
    } finally {
      sleeping.destroyForcibly().waitFor();
    }
  }
}
