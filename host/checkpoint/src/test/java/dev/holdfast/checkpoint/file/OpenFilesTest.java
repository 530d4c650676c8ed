package dev.holdfast.checkpoint.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.checkpoint.Holder;
import dev.holdfast.checkpoint.Obstacle;
import dev.holdfast.checkpoint.SourceException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OpenFilesTest {
  @TempDir Path directory;
  private Path root;
  private Path blob;
  private @Nullable Process process;

  @BeforeEach
  void makeTree() throws IOException {
    root = directory.resolve("data");
    blob = directory.resolve("blob.tar");
    Files.createDirectory(directory.resolve("temporary"));
    Trees.write(root.resolve("a"), "saved");
  }

  @AfterEach
  void endProcess() {
    if (process != null) {
      process.destroyForcibly();
    }
  }

  private FileTree tree(String... excludes) {
    return new FileTree(root, List.of(excludes), directory.resolve("temporary"));
  }

  /** A shell that has a file open until the test ends. */
  private long open(String how, Path file) throws IOException {
    Process shell =
        new ProcessBuilder(
                "sh", "-c", "exec 3%s\"$0\"; echo ready; read end".formatted(how), file.toString())
            .start();
    process = shell;
    var output =
        new BufferedReader(new InputStreamReader(shell.getInputStream(), StandardCharsets.UTF_8));
    assertThat(output.readLine()).isEqualTo("ready");
    return shell.pid();
  }

  private List<Holder> holders(String... excludes) throws Exception {
    return new OpenFiles(Root.of(root), new Excludes(List.of(excludes)), Machine.OURS.proc())
        .holders();
  }

  @Test
  void whenProcessWritesToTree_thenItIsNamed() throws Exception {
    Path file = root.resolve("a");
    long pid = open(">>", file);

    assertThat(holders())
        .singleElement()
        .satisfies(
            holder -> {
              assertThat(holder.process()).isEqualTo("sh");
              assertThat(holder.pid()).isEqualTo(pid);
              assertThat(holder.what()).isEqualTo(file.toString());
              assertThat(holder.resolved()).isEqualTo(file.toRealPath().toString());
              assertThat(holder.since()).isNotNull();
            });
  }

  @Test
  void whenProcessOnlyReads_thenItHoldsNothing() throws Exception {
    open("<", root.resolve("a"));

    assertThat(holders()).isEmpty();
  }

  @Test
  void whenFileIsOutside_thenItIsNotOfTheTree() throws Exception {
    open(">>", directory.resolve("database"));

    assertThat(holders()).isEmpty();
  }

  @Test
  void whenFileIsExcluded_thenItIsNotInTheWay() throws Exception {
    open(">>", root.resolve("x.tmp"));

    assertThat(holders("*.tmp")).isEmpty();
    assertThat(holders()).hasSize(1);
  }

  @Test
  void whenTreeIsReachedByLink_thenItsRealPathIsCompared() throws Exception {
    Path alias = directory.resolve("alias");
    Files.createSymbolicLink(alias, directory);
    open(">>", root.resolve("a"));
    Path real = root.toRealPath();
    root = alias.resolve("data");

    assertThat(holders())
        .singleElement()
        .satisfies(
            holder -> {
              assertThat(holder.what()).isEqualTo(root.resolve("a").toString());
              assertThat(holder.resolved()).isEqualTo(real.resolve("a").toString());
            });
  }

  @Test
  void whenProcessesVanish_thenTheyAreLeftOut() throws Exception {
    Path proc = directory.resolve("proc");
    Files.createDirectories(proc.resolve("77/fd"));
    Files.createDirectories(proc.resolve("77/fdinfo"));
    Files.createDirectories(proc.resolve("78"));
    Files.createDirectories(proc.resolve("79/fd"));
    Files.createSymbolicLink(proc.resolve("77/fd/3"), root.toRealPath().resolve("a"));
    Files.writeString(proc.resolve("77/fdinfo/3"), "pos:\t0\nflags:\t0100001\n");
    Files.createSymbolicLink(proc.resolve("79/fd/3"), root.toRealPath().resolve("a"));

    List<Holder> holders = new OpenFiles(Root.of(root), new Excludes(List.of()), proc).holders();

    assertThat(holders).extracting(Holder::process).containsExactly("?");
  }

  @Test
  void whenTreeIsHeld_thenOnlyForceRestores() throws Exception {
    Trees.save(tree(), blob);
    Files.writeString(root.resolve("a"), "changed");
    long pid = open(">>", root.resolve("a"));

    assertThatThrownBy(() -> tree().rehearse(blob)).isInstanceOf(SourceException.class);
    assertThatThrownBy(() -> tree().restore(blob, false))
        .isInstanceOfSatisfying(
            SourceException.class,
            e -> {
              assertThat(e.obstacle()).isEqualTo(Obstacle.HANDLE_HELD);
              assertThat(e.holders()).extracting(Holder::pid).containsExactly(pid);
            })
        .hasMessageContaining("sh (pid %d) holds %s".formatted(pid, root.resolve("a")));
    assertThat(root.resolve("a")).hasContent("changed");

    assertThat(tree().restore(blob, true))
        .singleElement()
        .asString()
        .contains("goes on writing to the file that was replaced");
    assertThat(root.resolve("a")).hasContent("saved");
  }

  @Test
  void whenTreeIsHeldAndNothingDiffers_thenThatIsFoundAllTheSame() throws Exception {
    Trees.save(tree(), blob);
    open(">>", root.resolve("a"));

    assertThatThrownBy(() -> tree().restore(blob, false)).isInstanceOf(SourceException.class);
  }
}
