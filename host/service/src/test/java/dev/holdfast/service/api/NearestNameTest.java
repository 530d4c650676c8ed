package dev.holdfast.service.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NearestNameTest {
  private static final List<String> KNOWN = List.of("RestartDelay", "RestartPeriod", "CommandLine");

  @ParameterizedTest
  @CsvSource({
    "RestartDelai, RestartDelay",
    "restartdelay, RestartDelay",
    "RestratPeriod, RestartPeriod",
    "Comandline, CommandLine"
  })
  void aSlipIsUnderstood(String typed, String meant) {
    assertThat(NearestName.to(typed, KNOWN)).contains(meant);
  }

  @Test
  void whatIsFarFromAll_hasNoNearest() {
    assertThat(NearestName.to("Port", KNOWN)).isEmpty();
    assertThat(NearestName.to("", KNOWN)).isEmpty();
    assertThat(NearestName.to("x", List.of())).isEmpty();
  }
}
