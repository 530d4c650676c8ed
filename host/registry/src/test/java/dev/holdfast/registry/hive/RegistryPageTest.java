package dev.holdfast.registry.hive;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The page of the registry draws the formats as they are drawn where they are written. */
class RegistryPageTest {
  private static final Pattern DRAWING =
      Pattern.compile("<pre>\\n(.*?)\\n \\* </pre>", Pattern.DOTALL);

  @ParameterizedTest
  @ValueSource(strings = {"LogFormat", "Snapshots"})
  void hasTheDrawing(String type) throws IOException {
    Path sources = Path.of("src/main/java/dev/holdfast/registry/hive");
    Matcher drawing = DRAWING.matcher(Files.readString(sources.resolve(type + ".java")));
    assertThat(drawing.find()).isTrue();
    String drawn =
        drawing
            .group(1)
            .lines()
            .map(line -> line.length() > 3 ? line.substring(3) : "")
            .collect(Collectors.joining("\n"));

    assertThat(Files.readString(Path.of("../docs/registry.md"))).contains(drawn);
  }
}
