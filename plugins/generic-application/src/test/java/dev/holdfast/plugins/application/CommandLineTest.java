package dev.holdfast.plugins.application;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class CommandLineTest {
  static Stream<Arguments> lines() {
    return Stream.of(
        Arguments.of("", List.of()),
        Arguments.of(" \t\n ", List.of()),
        Arguments.of("a b\tc\nd", List.of("a", "b", "c", "d")),
        Arguments.of("'a b' \"c d\"", List.of("a b", "c d")),
        Arguments.of("a'b'\"c\"d", List.of("abcd")),
        Arguments.of("'' \"\" x", List.of("", "", "x")),
        Arguments.of("a\\ b", List.of("a b")),
        Arguments.of("a\\\nb", List.of("ab")),
        Arguments.of("'a\\b'", List.of("a\\b")),
        Arguments.of("\"a\\\"b\\\\c\\$d\\`e\"", List.of("a\"b\\c$d`e")),
        Arguments.of("\"a\\nb\"", List.of("a\\nb")),
        Arguments.of("\"it's\"", List.of("it's")),
        Arguments.of("'say \"x\"'", List.of("say \"x\"")),
        Arguments.of("echo $HOME * ~ | # x", List.of("echo", "$HOME", "*", "~", "|", "#", "x")),
        Arguments.of("größe 'ä ö'", List.of("größe", "ä ö")));
  }

  @ParameterizedTest
  @MethodSource("lines")
  void split_followsTheShellsQuoting(String line, List<String> words) throws Exception {
    assertThat(CommandLine.split(line)).isEqualTo(words);
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '^',
      value = {
        "a 'b c, the single quote is never closed at position 3",
        "a \"b c, the double quote is never closed at position 3",
        "a \"b\\\", the double quote is never closed at position 3",
        "ab\\, the backslash is followed by nothing at position 3"
      })
  void split_ofWhatIsNotClosed_namesThePosition(String line, String message) {
    assertThatExceptionOfType(CommandLine.UnbalancedException.class)
        .isThrownBy(() -> CommandLine.split(line))
        .withMessage(message);
  }

  @Test
  void split_ofALongLine_isQuick() throws Exception {
    assertThat(CommandLine.split("word ".repeat(100_000))).hasSize(100_000);
  }

  /** A real shell is asked; what it would expand is quoted away by leaving those characters out. */
  @ParameterizedTest
  @ValueSource(longs = {1, 7, 4711})
  void split_agreesWithTheShell(long seed) throws Exception {
    var random = new Random(seed);
    for (int i = 0; i < 100; i++) {
      String line = randomLine(random);
      List<String> expected = shellWords(line);

      assertThat(CommandLine.split(line)).as("seed %s, line <%s>", seed, line).isEqualTo(expected);
    }
  }

  private static String randomLine(Random random) {
    String alphabet = "ab \t'\"\\-=/.";
    while (true) {
      var line = new StringBuilder();
      int length = random.nextInt(24);
      for (int i = 0; i < length; i++) {
        line.append(alphabet.charAt(random.nextInt(alphabet.length())));
      }
      try {
        CommandLine.split(line.toString());
        return line.toString();
      } catch (CommandLine.UnbalancedException e) {
        // Refused, as the shell would; another one is made.
      }
    }
  }

  private static List<String> shellWords(String line) throws IOException, InterruptedException {
    var process =
        new ProcessBuilder("/bin/sh", "-c", "for w in " + line + "\ndo printf '%s\\0' \"$w\"; done")
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(line).isZero();
    return out.isEmpty() ? List.of() : List.of(out.substring(0, out.length() - 1).split("\0", -1));
  }
}
