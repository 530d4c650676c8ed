package dev.holdfast.checkpoint.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NamesTest {
  @TempDir Path directory;

  @ParameterizedTest
  @ValueSource(strings = {"a", "a b", "50%", "#?;", "\u00e9t\u00e9", "\ud83d\ude00", "x\n", "\\"})
  void resolve_thenOf_isTheSame(String name) throws Exception {
    Path file = Names.resolve(directory, name);
    Files.writeString(file, "1");

    assertThat(Names.of(file.getFileName())).isEqualTo(name);
    assertThat(Names.bytes(file.getFileName())).isEqualTo(name.getBytes(StandardCharsets.UTF_8));
    assertThat(Names.resolve(directory, "d/" + name))
        .isEqualTo(directory.resolve("d").resolve(file.getFileName()));
  }

  @Test
  void of_directory_hasNoSlash() throws Exception {
    Path child = Names.resolve(directory, "\u00e9");
    Files.createDirectory(child);

    assertThat(Names.of(child)).isEqualTo(directory + "/\u00e9");
  }

  @Test
  void of_nameThatIsNotUtf8_isRefused() {
    Path odd = Path.of("/").relativize(Path.of(URI.create("file:///a%FFb")));

    assertThatThrownBy(() -> Names.of(odd)).isInstanceOf(CharacterCodingException.class);
  }

  @Test
  void byteOrder_isThatOfUtf8() {
    List<String> names =
        List.of(
            "", "a", "a-b", "a/b", "ab", "\u00e9", "\ud7ff", "\ue000", "\uffff", "\ud83d\ude00");

    for (String a : names) {
      for (String b : names) {
        int bytes =
            Arrays.compareUnsigned(
                a.getBytes(StandardCharsets.UTF_8), b.getBytes(StandardCharsets.UTF_8));
        assertThat(Integer.signum(Names.BYTE_ORDER.compare(a, b)))
            .as("%s and %s", a, b)
            .isEqualTo(Integer.signum(bytes));
      }
    }
  }
}
