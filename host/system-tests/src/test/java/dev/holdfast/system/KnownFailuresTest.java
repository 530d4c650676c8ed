package dev.holdfast.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The page of others' failures names tests that are there. */
class KnownFailuresTest {
  private static final Pattern NAMED = Pattern.compile("`(\\w+(?:Test|IT))(?:\\.(\\w+))?`");

  @Test
  void everyTestThatIsNamed_isThere() throws IOException {
    Map<String, String> sources = TestSources.all();
    List<String> missing = new ArrayList<>();
    List<MatchResult> named =
        NAMED
            .matcher(Files.readString(TestSources.ROOT.resolve("host/docs/known-failures.md")))
            .results()
            .toList();
    for (MatchResult test : named) {
      String source = sources.getOrDefault(test.group(1), "");
      String method = test.group(2);
      if (source.isEmpty() || (method != null && !source.contains("void " + method + "("))) {
        missing.add(test.group());
      }
    }

    assertThat(named).hasSizeGreaterThan(40);
    assertThat(missing).isEmpty();
  }

  @Test
  void everyRow_namesATest_orSaysWhyNone() throws IOException {
    try (Stream<String> lines =
        Files.lines(TestSources.ROOT.resolve("host/docs/known-failures.md"))) {
      assertThat(lines.filter(line -> line.contains("#") && line.startsWith("|")))
          .hasSizeGreaterThan(30)
          .allMatch(
              line -> NAMED.matcher(line).find() || line.contains("does not apply: "), "answered");
    }
  }
}
