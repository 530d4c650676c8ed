package dev.holdfast.service.storage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.checkpoint.Capture;
import dev.holdfast.checkpoint.file.FileTree;
import dev.holdfast.checkpoint.file.Steps;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** That its points are at steps which there are; strikes are the sweep's. */
class FailingStepsTest {
  @TempDir private Path folder;
  private final Set<String> begun = new HashSet<>();
  private final Set<String> done = new HashSet<>();

  /** Goes on to the points, of which none strikes here. */
  private final class Looking implements Steps {
    private final FailingSteps points = new FailingSteps();

    @Override
    public void at(String step) throws IOException {
      begun.add(step);
      points.at(step);
    }

    @Override
    public void done(String step) throws IOException {
      done.add(step);
      points.done(step);
    }
  }

  @Test
  void everyStepThatHasAPoint_isTaken_andIsToldOfBeforeAndAfter() throws Exception {
    Path tree = Files.createDirectory(folder.resolve("tree"));
    Files.createDirectory(tree.resolve("cache"));
    Files.writeString(tree.resolve("conf"), "first");
    Files.writeString(tree.resolve("cache/page"), "excluded");
    Path captures = Files.createDirectory(folder.resolve("captures"));
    Path saved = folder.resolve("saved");
    var files = new FileTree(tree, List.of("cache/**"), captures, new Looking());
    try (Capture capture = files.capture();
        OutputStream out = Files.newOutputStream(saved)) {
      capture.writeTo(out);
    }
    Files.writeString(tree.resolve("conf"), "second");

    files.restore(saved, false);

    assertThat(tree.resolve("conf")).hasContent("first");
    assertThat(tree.resolve("cache/page")).hasContent("excluded");
    assertThat(begun).containsAll(FailingSteps.names());
    assertThat(done).containsAll(FailingSteps.names());
  }
}
