package dev.holdfast.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CommonPropertiesTest {
  @Test
  void defaultsAreMscsDefaults() {
    assertThat(CommonProperties.DEFAULT.asText())
        .containsExactly(
            Map.entry("Description", ""),
            Map.entry("SeparateMonitor", "0"),
            Map.entry("LooksAlivePollInterval", "4294967295"),
            Map.entry("IsAlivePollInterval", "4294967295"),
            Map.entry("RestartAction", "2"),
            Map.entry("RestartThreshold", "3"),
            Map.entry("RestartPeriod", "900000"),
            Map.entry("RestartDelay", "500"),
            Map.entry("RetryPeriodOnFailure", "3600000"),
            Map.entry("PendingTimeout", "180000"),
            Map.entry("DeadlockTimeout", "300000"),
            Map.entry("MaintenanceMode", "0"));
    assertThat(CommonProperties.DEFAULT.asText().keySet())
        .containsExactlyElementsOf(CommonProperties.NAMES);
  }

  @Test
  void textAndBackIsTheSame() {
    CommonProperties some =
        CommonProperties.DEFAULT
            .with("SeparateMonitor", "1")
            .with("LooksAlivePollInterval", "250")
            .with("RestartThreshold", "-1")
            .with("RetryPeriodOnFailure", "-1")
            .with("Description", "what it is");

    assertThat(CommonProperties.ofText(some.asText())).isEqualTo(some);
    assertThat(CommonProperties.ofText(Map.of())).isEqualTo(CommonProperties.DEFAULT);
  }

  @Test
  void namesAreMatchedIgnoringCase_andForeignOnesAreLeftAlone() {
    assertThat(CommonProperties.DEFAULT.with("pendingtimeout", "10").pendingTimeout())
        .isEqualTo(Duration.ofMillis(10));
    assertThat(
            CommonProperties.ofText(Map.of("PENDINGTIMEOUT", "10", "Port", "x")).pendingTimeout())
        .isEqualTo(Duration.ofMillis(10));
    assertThat(CommonProperties.spelling("restartACTION")).contains("RestartAction");
    assertThatThrownBy(() -> CommonProperties.DEFAULT.with("Port", "80"))
        .hasMessage("There is no common property Port.");
  }

  @ParameterizedTest
  @CsvSource({
    "SeparateMonitor, 0, 1",
    "LooksAlivePollInterval, 10, 4294967295",
    "IsAlivePollInterval, 10, 4294967295",
    "RestartAction, 0, 2",
    "RestartThreshold, 0, 63",
    "RestartPeriod, 0, 4294967295",
    "RestartDelay, 0, 4294967295",
    "RetryPeriodOnFailure, 0, 4294967295",
    "PendingTimeout, 10, 4294967295",
    "DeadlockTimeout, 1000, 4294967295"
  })
  void limitsHoldAndAreNamed(String name, long least, long most) {
    CommonProperties.DEFAULT.with(name, Long.toString(least));
    CommonProperties.DEFAULT.with(name, Long.toString(most));
    assertThatThrownBy(() -> CommonProperties.DEFAULT.with(name, Long.toString(least - 1 - 1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith(name);
    assertThatThrownBy(() -> CommonProperties.DEFAULT.with(name, Long.toString(most + 1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith(name);
  }

  @ParameterizedTest
  @CsvSource({
    "LooksAlivePollInterval",
    "IsAlivePollInterval",
    "RestartThreshold",
    "RetryPeriodOnFailure",
    "PendingTimeout"
  })
  void minusOneIsFourBillion(String name) {
    assertThat(CommonProperties.DEFAULT.with(name, "-1").asText())
        .containsEntry(name, "4294967295");
    assertThat(CommonProperties.DEFAULT.with(name, "-1"))
        .isEqualTo(CommonProperties.DEFAULT.with(name, "4294967295"));
  }

  @Test
  void fourBillionMeansAsTheTypeHasItOrNeverOrWithoutEnd() {
    CommonProperties infinite =
        CommonProperties.DEFAULT
            .with("IsAlivePollInterval", "-1")
            .with("RetryPeriodOnFailure", "-1")
            .with("RestartThreshold", "-1");

    assertThat(infinite.isAlivePollInterval()).isEqualTo(Optional.empty());
    assertThat(infinite.restart().retryPeriodOnFailure()).isEmpty();
    assertThat(infinite.restart().threshold()).isEqualTo(RestartPolicy.WITHOUT_END);
  }

  @ParameterizedTest
  @CsvSource({
    "SeparateMonitor, yes, ' or one of false, true'",
    "RestartDelay, 500ms, ''",
    "RestartDelay, '', ''",
    "RestartDelay, 0xG, ''",
    "RestartDelay, true, ''",
    "RestartAction, Restart, ' or one of DontRestart, RestartNoNotify, RestartNotify'"
  })
  void whatIsNoNumberIsRefusedWithASentence(String name, String text, String words) {
    assertThatThrownBy(() -> CommonProperties.DEFAULT.with(name, text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(name + " is a whole number" + words + ", not \"" + text + "\".");
  }

  @ParameterizedTest
  @CsvSource({
    "RestartAction, 0x1, 1",
    "RestartAction, restartnonotify, 1",
    "RestartAction, RestartNotify, 2",
    "RestartThreshold, 0xFFFFFFFF, 4294967295",
    "RestartDelay, 010, 10",
    "RestartDelay, ' 7 ', 7",
    "SeparateMonitor, true, 1",
    "MaintenanceMode, False, 0"
  })
  void aNumberMayBeInHexOrAWord(String name, String text, String kept) {
    assertThat(CommonProperties.DEFAULT.with(name, text).asText()).containsEntry(name, kept);
  }

  @Test
  void minusOneIsNotFourBillionWhereThatMeansNothing() {
    assertThatThrownBy(() -> CommonProperties.DEFAULT.with("SeparateMonitor", "-1"))
        .hasMessage("SeparateMonitor lies between 0 and 1, not at -1.");
  }
}
