package dev.holdfast.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Policy over time, as an operator would tell it: {@code scenarios/*.txt}. Regenerated with {@code
 * -Dtranscripts.update=true}, and read as a diff.
 */
class ScenarioTest {
  private static final Path FOLDER = Path.of("src/test/resources/dev/holdfast/cluster/scenarios");

  static List<String> scenarios() throws IOException {
    try (Stream<Path> files = Files.list(FOLDER)) {
      List<String> names = files.map(file -> file.getFileName().toString()).sorted().toList();
      assertThat(names).hasSizeGreaterThan(10);
      return names;
    }
  }

  @ParameterizedTest
  @MethodSource("scenarios")
  void happensAsItIsTold(String name) throws IOException {
    List<String> lines = Files.readAllLines(FOLDER.resolve(name));

    Recorded.in("scenarios/" + name).check(new Scenario().perform(lines));
  }
}
