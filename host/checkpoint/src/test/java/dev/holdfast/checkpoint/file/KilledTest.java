package dev.holdfast.checkpoint.file;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@link CrashTest} says of each step, seen with a real process that is really killed. */
class KilledTest {
  private static final int KILLS = 6;
  private static final int LONGEST_MILLIS = 150;
  private static final List<String> EXCLUDES = List.of("cache/**");

  @TempDir Path directory;

  private FileTree tree() {
    return tree(directory);
  }

  private static FileTree tree(Path directory) {
    return new FileTree(directory.resolve("data"), EXCLUDES, directory.resolve("temporary"));
  }

  /** Restores one content and the other by turns, until it is killed. */
  static final class Restoring {
    private Restoring() {}

    public static void main(String[] arguments) throws Exception {
      Path directory = Path.of(arguments[0]);
      FileTree tree = tree(directory);
      System.out.println("ready");
      while (true) {
        tree.restore(directory.resolve("one.tar"), false);
        tree.restore(directory.resolve("two.tar"), false);
      }
    }
  }

  @Test
  void whenProcessIsKilled_thenTreeIsRecoveredWhole() throws Exception {
    Files.createDirectory(directory.resolve("temporary"));
    Path root = directory.resolve("data");
    Set<String> wanted = new HashSet<>();
    for (String content : List.of("one", "two")) {
      Trees.write(root.resolve("cache/x"), "excluded");
      for (int i = 0; i < 20; i++) {
        Trees.write(root.resolve(content + i % 3).resolve("f" + i), content);
      }
      wanted.add(Trees.fingerprint(tree()));
      Trees.save(tree(), directory.resolve(content + ".tar"));
      Directories.delete(root);
    }
    Trees.write(root.resolve("cache/x"), "excluded");
    tree().restore(directory.resolve("one.tar"), false);
    var random = new Random(23);

    for (int kill = 0; kill < KILLS; kill++) {
      killRestoring(random.nextInt(LONGEST_MILLIS));
      FileTree.recover(root);

      assertThat(Trees.fingerprint(tree())).as("kill %d", kill).isIn(wanted);
      assertThat(root.resolve("cache/x")).hasContent("excluded");
      Map<String, String> left = Trees.show(directory);
      assertThat(left.keySet()).noneMatch(name -> name.startsWith("."));
    }
  }

  private void killRestoring(int afterMillis) throws Exception {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin/java").toString(),
                "-XX:TieredStopAtLevel=1",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                Restoring.class.getName(),
                directory.toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try (var output =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      assertThat(output.readLine()).isEqualTo("ready");
      assertThat(process.waitFor(afterMillis, TimeUnit.MILLISECONDS)).isFalse();
    } finally {
      process.destroyForcibly().waitFor();
    }
  }
}
