package dev.holdfast.service.process;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ProcStatTest {
  private static final String AFTER_NAME =
      " S 7 42 41 0 -1 4194560 0 0 0 0 0 0 0 0 20 0 1 0 123456 2703360 256 18446744073709551615\n";

  @Test
  void theFieldsAreThoseOfTheManual() {
    ProcStat stat = ProcStat.parse(("99 (cat)" + AFTER_NAME).getBytes(ISO_8859_1));

    assertThat(stat).isEqualTo(new ProcStat(99, "cat", 'S', 7, 42, 41, 123456));
  }

  @ParameterizedTest
  @ValueSource(strings = {") Z 1 1 1", "a b", "((", "))", "", "x\ny", ") R 1 2 (3"})
  void aNameMayHoldAnything(String name) {
    ProcStat stat = ProcStat.parse(("99 (" + name + ")" + AFTER_NAME).getBytes(ISO_8859_1));

    assertThat(stat).isEqualTo(new ProcStat(99, name, 'S', 7, 42, 41, 123456));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "99", "99 (cat", "99 (cat)", "99 (cat) S 1 2 3", ")("})
  void whatIsCutShortIsRefused(String line) {
    assertThatThrownBy(() -> ProcStat.parse(line.getBytes(ISO_8859_1)))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
