package dev.holdfast.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** The program on the page about Java is the one that {@link RegistryClientIT} runs. */
class JavaPageTest {
  private static final Path HOST = Path.of("..");
  private static final String BEGIN = "```java\n";
  private static final String END = "```\n";

  @Test
  void thePagesProgram_isTheFile() throws IOException {
    String page = Files.readString(HOST.resolve("docs/registry-from-java.md"));
    int begin = page.indexOf(BEGIN) + BEGIN.length();

    assertThat(page.substring(begin, page.indexOf(END, begin)))
        .isEqualTo(Files.readString(HOST.resolve("client/src/example/FollowSettings.java")));
  }
}
