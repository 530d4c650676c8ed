package dev.holdfast.service.archive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class VersionRangeTest {
  @ParameterizedTest
  @CsvSource({
    "*, 0.1.0, true",
    "0.1.0, 0.1.0, true",
    "=0.1.0, 0.1.1, false",
    ">=0.1.0 & <1.0.0, 0.1.0, true",
    ">=0.1.0&<1.0.0, 0.99.0, true",
    ">=0.1.0 & <1.0.0, 1.0.0, false",
    ">=0.1.0 & <1.0.0, 0.0.9, false",
    ">0.1.0, 0.1.0, false",
    "<=0.1.0, 0.1.0, true",
    ">= 0.2.0, 0.10.0, true",
    ">1.9.9, 2.0.0, true"
  })
  void admits_comparesNumbers(String range, String version, boolean admitted) {
    assertThat(VersionRange.parse(range).admits(version)).isEqualTo(admitted);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "&",
        ">=0.1",
        "~1.0.0",
        "^1.0.0",
        ">=0.1.0 |<2.0.0",
        ">=0.1.0 &",
        "1.x",
        "latest"
      })
  void parse_refusesWhatItCannotMean(String range) {
    assertThatIllegalArgumentException().isThrownBy(() -> VersionRange.parse(range));
  }
}
