package dev.holdfast.registry.regf;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.registry.RegistryValue;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What the page about the format shows is what is written. */
class RegfPageTest {
  private static final Path PAGE = Path.of("..", "docs", "regf.md");
  private static final int LINE_BYTES = 16;

  @Test
  void exampleOnThePage_isWhatWeWrite() throws IOException {
    var time = 133_700_000_000_000_000L;
    var child = new KeyInfo("Parameters", "", time, false, null);
    SavedKey root =
        SavedKey.of(
            new KeyInfo("Exchange", "", time, false, null),
            List.of(RegistryValue.sz("", "on"), RegistryValue.dword("Port", 25)),
            List.of(SavedKey.of(child, List.of(), List.of())));

    String dump = dump(HiveFiles.write(root, HiveFormat.STANDARD));

    assertThat(Files.readString(PAGE)).contains("```\n" + dump + "```\n");
  }

  @Test
  void oddities_areAllOnThePage() throws IOException {
    String page = Files.readString(PAGE);

    for (Oddity oddity : Oddity.values()) {
      assertThat(page)
          .contains(
              "| `%s` | %s | %s |".formatted(oddity, oddity.sentence(), oddity.toleratedFrom()));
    }
  }

  /** Sixteen bytes a line; lines of zeros are left out and stand as a star. */
  private static String dump(byte[] file) {
    var dump = new StringBuilder();
    boolean zeros = false;
    for (int at = 0; at < file.length; at += LINE_BYTES) {
      byte[] line = Arrays.copyOfRange(file, at, at + LINE_BYTES);
      if (Arrays.equals(line, new byte[LINE_BYTES])) {
        dump.append(zeros ? "" : "*\n");
        zeros = true;
        continue;
      }
      zeros = false;
      var text = new StringBuilder();
      for (byte b : line) {
        text.append(b >= ' ' && b < 0x7F ? (char) b : '.');
      }
      dump.append("%04x  %s  %s\n".formatted(at, HexFormat.ofDelimiter(" ").formatHex(line), text));
    }
    return dump.toString();
  }
}
