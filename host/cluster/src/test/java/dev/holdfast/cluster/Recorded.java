package dev.holdfast.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Text that a test expects, in a file that people review. With {@code -Dtranscripts.update=true}
 * the file is written instead of compared; what changed is then read as a diff.
 */
record Recorded(Path file) {
  private static final Path FOLDER = Path.of("src/test/resources/dev/holdfast/cluster");
  private static final boolean UPDATE = Boolean.getBoolean("transcripts.update");

  static Recorded in(String name) {
    return new Recorded(FOLDER.resolve(name));
  }

  void check(String actual) throws IOException {
    if (UPDATE) {
      Files.createDirectories(file.getParent());
      Files.writeString(file, actual);
    }
    assertThat(actual)
        .as("%s; if this is meant, run with -Dtranscripts.update=true and review the diff", file)
        .isEqualTo(Files.readString(file));
  }
}
