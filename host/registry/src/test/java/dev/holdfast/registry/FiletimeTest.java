package dev.holdfast.registry;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FiletimeTest {
  @ParameterizedTest
  @CsvSource({
    "1601-01-01T00:00:00Z, 0",
    "1601-01-01T00:00:00.000000199Z, 1",
    "1970-01-01T00:00:00Z, 116444736000000000",
    "2026-11-29T21:57:34.123456700Z, 134404630541234567"
  })
  void ofAnInstant(Instant instant, long ticks) {
    assertThat(Filetime.of(instant).ticks()).isEqualTo(ticks);
  }

  @Test
  void anInstantBefore1601_isZero() {
    assertThat(Filetime.of(Instant.parse("1600-12-31T23:59:59Z"))).isEqualTo(Filetime.ZERO);
    assertThat(Filetime.of(Instant.MIN)).isEqualTo(Filetime.ZERO);
  }

  @Test
  void anyNumberIsATime_andTheyAreOrderedAsUnsigned() {
    var last = new Filetime(-1);

    assertThat(last).isGreaterThan(new Filetime(Long.MAX_VALUE)).isGreaterThan(Filetime.ZERO);
    assertThat(Filetime.of(new Filetime(1234567).toInstant()).ticks()).isEqualTo(1234567);
    assertThat(last.toInstant()).isEqualTo("+60056-05-28T05:36:10.955161500Z");
  }
}
