package dev.holdfast.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.cli.Holdfast;
import dev.holdfast.cli.session.Surroundings;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class CommandTreeTest {
  static List<List<String>> everyCommand() {
    List<List<String>> all = new ArrayList<>();
    for (Entry entry : CommandTree.ENTRIES) {
      all.add(List.of(entry.name()));
      entry.children().forEach(child -> all.add(List.of(entry.name(), child.name())));
    }
    assertThat(all).hasSizeGreaterThan(45);
    return all;
  }

  @ParameterizedTest
  @MethodSource("everyCommand")
  void everyCommandHasHelpWithAnExample(List<String> command) {
    var out = new ByteArrayOutputStream();
    var err = new ByteArrayOutputStream();
    List<String> args = new ArrayList<>(command);
    args.add("--help");

    int code =
        Holdfast.run(
            new Surroundings(
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                Map.of(),
                "nobody",
                InstantSource.system(),
                ZoneOffset.UTC,
                "0.1.0"),
            args.toArray(String[]::new));

    assertThat(code).isZero();
    assertThat(err.toString(StandardCharsets.UTF_8)).isEmpty();
    assertThat(out.toString(StandardCharsets.UTF_8))
        .startsWith("Usage: holdfast " + String.join(" ", command))
        .contains("--home=DIR")
        .contains("Example:")
        .contains("holdfast " + String.join(" ", command));
  }
}
