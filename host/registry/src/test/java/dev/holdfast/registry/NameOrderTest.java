package dev.holdfast.registry;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NameOrderTest {
  private static final long FROZEN = 2_076_158_948L;

  @Test
  void theTableIsFrozen() {
    var crc = new CRC32C();
    for (int unit = 0; unit <= Character.MAX_VALUE; unit++) {
      char upper = NameOrder.upcase((char) unit);
      crc.update(upper & 0xFF);
      crc.update(upper >> 8);
    }

    // Hives on disk are ordered by it: another number here needs another format version.
    assertThat(crc.getValue()).isEqualTo(FROZEN);
  }

  @Test
  void upcasingTwiceChangesNothing() {
    for (int unit = 0; unit <= Character.MAX_VALUE; unit++) {
      char upper = NameOrder.upcase((char) unit);
      assertThat(NameOrder.upcase(upper)).as("U+%04X", unit).isEqualTo(upper);
    }
  }

  @ParameterizedTest
  @CsvSource({"Parameters,PARAMETERS", "äöü,ÄÖÜ", "привет,ПРИВЕТ", "αβγ,ΑΒΓ", "ÿ,Ÿ", "ǆ,Ǆ"})
  void ignoresCase(String lower, String upper) {
    assertThat(NameOrder.same(lower, upper)).isTrue();
    assertThat(NameOrder.hash(lower)).isEqualTo(NameOrder.hash(upper));
  }

  @ParameterizedTest
  @CsvSource({"µ,Μ", "ı,I", "ſ,S", "ς,Σ", "ß,SS", "ა,Ა", "ꭰ,Ꭰ", "ǅ,Ǆ"})
  void leavesWhatWindowsLeaves(String left, String right) {
    assertThat(NameOrder.same(left, right)).isFalse();
  }

  @ParameterizedTest
  @CsvSource({"a,B", "A,b", "a,ab", "Z,_", "a,ä"})
  void ordersByUpperCaseAndShorterFirst(String before, String after) {
    assertThat(NameOrder.IGNORING_CASE.compare(before, after)).isNegative();
    assertThat(NameOrder.IGNORING_CASE.compare(after, before)).isPositive();
  }

  @Test
  void loneSurrogatesStandForThemselves() {
    assertThat(NameOrder.same("\uD83D", "\uD83D")).isTrue();
    assertThat(NameOrder.same("\uD83D", "\uDE00")).isFalse();
  }
}
