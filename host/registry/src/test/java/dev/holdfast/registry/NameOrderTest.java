package dev.holdfast.registry;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

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

  /** Each by name: what Java raises and Windows leaves as it is. */
  @ParameterizedTest
  @ValueSource(
      chars = {
        '\u00B5', '\u0131', '\u017F', '\u01C5', '\u01C8', '\u01CB', '\u01F2', '\u0345', '\u03C2',
        '\u03D0', '\u03D1', '\u03D5', '\u03D6', '\u03F0', '\u03F1', '\u03F5', '\u1E9B', '\u1FBE'
      })
  void upcase_leavesWhatJavaRaises(char unit) {
    assertThat(NameOrder.upcase(unit)).isEqualTo(unit);
    assertThat(Character.toUpperCase(unit)).isNotEqualTo(unit);
  }

  @ParameterizedTest
  @CsvSource({"10D0,10FF", "13F8,13FD", "AB70,ABBF", "1C80,1C88", "D800,DFFF"})
  void upcase_leavesWholeScriptsAndSurrogates(String first, String last) {
    for (int unit = Integer.parseInt(first, 16); unit <= Integer.parseInt(last, 16); unit++) {
      assertThat(NameOrder.upcase((char) unit)).as("U+%04X", unit).isEqualTo((char) unit);
    }
  }

  @Test
  void upcase_otherwiseDoesWhatJavaDoes() {
    int differences = 0;
    for (int unit = 0; unit <= Character.MAX_VALUE; unit++) {
      char ours = NameOrder.upcase((char) unit);
      char javas = Character.toUpperCase((char) unit);
      if (ours != javas) {
        // Never another capital: only none.
        assertThat(ours).as("U+%04X", unit).isEqualTo((char) unit);
        differences++;
      }
    }

    // By Java 25's Unicode 16; each later one may raise more letters, and ours stays.
    assertThat(differences).isGreaterThanOrEqualTo(220);
    if (Runtime.version().feature() == 25) {
      assertThat(differences).isEqualTo(220);
    }
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
