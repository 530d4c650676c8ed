package dev.holdfast.service.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CommonPropertyTest {
  @Test
  void defaults_areThoseOfMscs() {
    Map<String, Object> defaults = new LinkedHashMap<>();
    for (CommonProperty property : CommonProperty.values()) {
      defaults.put(property.propertyName(), String.valueOf(property.defaultValue()));
    }

    assertThat(defaults)
        .hasToString(
            "{RestartAction=2, RestartThreshold=3, RestartPeriod=900000, RestartDelay=500,"
                + " RetryPeriodOnFailure=3600000, PendingTimeout=180000, DeadlockTimeout=300000,"
                + " LooksAlivePollInterval=null, IsAlivePollInterval=null, SeparateMonitor=0,"
                + " PersistentState=0, Description=}");
  }

  @ParameterizedTest
  @CsvSource({
    "RestartAction, 2, 2",
    "restartaction, restartnonotify, 1",
    "RestartDelay, 0, 0",
    "RestartThreshold, 0xFFFFFFFF, 4294967295",
    "SeparateMonitor, true, 1",
    "PersistentState, Online, 1",
    "Description, any text, any text"
  })
  void decode_takesNumbersAndWords(String name, String text, String value) {
    assertThat(CommonProperty.named(name).orElseThrow().decode(text)).hasToString(value);
  }

  @ParameterizedTest
  @CsvSource({
    "RestartAction, 3",
    "RestartAction, -1",
    "RestartAction, ''",
    "RestartDelay, soon",
    "RestartDelay, 4294967296",
    "DeadlockTimeout, 999",
    "PendingTimeout, 99999999999999999999"
  })
  void decode_refusesInAWholeSentence(String name, String text) {
    CommonProperty property = CommonProperty.named(name).orElseThrow();

    assertThatThrownBy(() -> property.decode(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageMatching(name + " is .*; it is a whole number from .*\\.");
  }
}
