package dev.holdfast.checkpoint.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.checkpoint.Obstacle;
import dev.holdfast.checkpoint.SourceException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A tar that we did not write changes nothing, inside the tree or outside. */
class HostileTarTest {
  private static final byte FILE = TarConstants.LF_NORMAL;
  private static final byte LINK = TarConstants.LF_SYMLINK;

  @TempDir Path directory;
  private Path root;
  private Path blob;
  private FileTree tree;

  @BeforeEach
  void makeTree() throws IOException {
    root = directory.resolve("data");
    blob = directory.resolve("blob.tar");
    tree = new FileTree(root, List.of(), Files.createDirectory(directory.resolve("temporary")));
    Trees.write(root.resolve("a"), "live");
  }

  record Entry(String name, byte flag) {}

  private static Entry file(String name) {
    return new Entry(name, FILE);
  }

  private static Entry link(String name) {
    return new Entry(name, LINK);
  }

  private static Entry directory(String name) {
    return new Entry(name, TarConstants.LF_DIR);
  }

  static Stream<Arguments> tars() {
    Entry top = directory("./");
    return Stream.of(
        Arguments.of("leads elsewhere", List.of(top, file("../x"))),
        Arguments.of("leads elsewhere", List.of(top, file("/tmp/holdfast-evil"))),
        Arguments.of("leads elsewhere", List.of(top, directory("b/"), file("b/../../x"))),
        Arguments.of("leads elsewhere", List.of(top, file("./b"))),
        Arguments.of("leads elsewhere", List.of(top, file("b//c"))),
        Arguments.of("leads elsewhere", List.of(file(".."))),
        Arguments.of("is in no directory", List.of(top, link("b"), file("b/x"))),
        Arguments.of("is in no directory", List.of(top, file("b"), file("b/x"))),
        Arguments.of("is in no directory", List.of(top, file("b/x"))),
        Arguments.of("is in no directory", List.of(file("b/x"))),
        Arguments.of("out of order", List.of(top, file("b"), file("b"))),
        Arguments.of("out of order", List.of(top, link("b"), directory("b/"), file("b/x"))),
        Arguments.of("out of order", List.of(top, file("c"), file("b"))),
        Arguments.of("does not begin with its root", List.of(directory("b/"), file("b/c"))),
        Arguments.of("does not begin with its root", List.of(link("b"))),
        Arguments.of("does not begin with its root", List.of(file("b"), file("c"))),
        Arguments.of("is not a file", List.of(top, new Entry("b", TarConstants.LF_LINK))),
        Arguments.of("is not a file", List.of(top, new Entry("b", TarConstants.LF_FIFO))),
        Arguments.of("is not a file", List.of(top, new Entry("b", TarConstants.LF_CHR))),
        Arguments.of("there is nothing in it", List.of()));
  }

  private void write(List<Entry> entries) throws IOException {
    try (var tar = new TarArchiveOutputStream(Files.newOutputStream(blob), "UTF-8")) {
      for (Entry entry : entries) {
        var header = new TarArchiveEntry(entry.name, entry.flag, true);
        byte[] content = "evil".getBytes(StandardCharsets.UTF_8);
        boolean full = entry.flag == FILE;
        header.setSize(full ? content.length : 0);
        header.setLinkName(entry.flag == FILE || entry.name.endsWith("/") ? "" : "/tmp");
        tar.putArchiveEntry(header);
        if (full) {
          tar.write(content);
        }
        tar.closeArchiveEntry();
      }
    }
  }

  private void assertCorrupt(String words) throws IOException {
    Map<String, String> before = Trees.show(root);
    assertThatThrownBy(() -> tree.restore(blob, true))
        .isInstanceOfSatisfying(
            SourceException.class, e -> assertThat(e.obstacle()).isEqualTo(Obstacle.CORRUPT))
        .hasMessageContaining(words);
    assertThat(Trees.show(root)).isEqualTo(before);
    try (Stream<Path> siblings = Files.list(directory)) {
      assertThat(siblings.map(path -> path.getFileName().toString()))
          .containsExactlyInAnyOrder("data", "blob.tar", "temporary");
    }
  }

  @ParameterizedTest(name = "{0}: {1}")
  @MethodSource("tars")
  void whenTarIsHostile_thenItIsRefused(String words, List<Entry> entries) throws IOException {
    write(entries);

    assertCorrupt(words);
  }

  @Test
  void whenTarIsCutOff_thenItIsRefused() throws Exception {
    Files.write(root.resolve("a"), new byte[5000]);
    Trees.save(tree, blob);
    byte[] whole = Files.readAllBytes(blob);

    Files.write(blob, Arrays.copyOf(whole, 3000));

    assertCorrupt("cannot be read back");
  }

  @Test
  void whenTarIsNoise_thenItIsRefusedOrRead() throws Exception {
    Trees.write(root.resolve("b/c"), "x".repeat(300));
    Trees.save(tree, blob);
    byte[] whole = Files.readAllBytes(blob);
    Files.writeString(root.resolve("a"), "changed");
    var random = new Random(17);

    for (int i = 0; i < 300; i++) {
      byte[] spoilt = whole.clone();
      for (int flips = 0; flips < 3; flips++) {
        spoilt[random.nextInt(spoilt.length)] = (byte) random.nextInt(256);
      }
      Files.write(blob, spoilt);
      try {
        tree.rehearse(blob);
        tree.diff(blob, blob);
      } catch (SourceException e) {
        assertThat(e.obstacle()).isIn(Obstacle.CORRUPT, Obstacle.NO_SPACE, Obstacle.ACCESS_DENIED);
      }
    }
    assertThat(root.resolve("a")).hasContent("changed");
  }

  @Test
  void whenGnuTarWroteIt_thenItIsRefusedForItsNames() throws Exception {
    Path other = directory.resolve("temporary/other");
    Trees.write(other.resolve("b"), "from elsewhere");
    int code =
        new ProcessBuilder(
                "tar", "--format=pax", "-cf", blob.toString(), "-C", other.toString(), "./")
            .start()
            .waitFor();
    assertThat(code).isZero();

    assertThatThrownBy(() -> tree.restore(blob, false))
        .isInstanceOf(SourceException.class)
        .hasMessageContaining("the name './b' leads elsewhere");
  }
}
