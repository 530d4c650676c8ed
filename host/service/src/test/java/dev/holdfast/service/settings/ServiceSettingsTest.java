package dev.holdfast.service.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.service.settings.ServiceSettings.LogFormat;
import dev.holdfast.service.settings.ServiceSettings.SettingsException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ServiceSettingsTest {
  @TempDir Path folder;

  @Test
  void withoutAFileTheDefaultsHold() throws IOException {
    assertThat(ServiceSettings.read(folder.resolve("holdfast.conf"), Map.of()))
        .isEqualTo(new ServiceSettings(LogFormat.TEXT, "info", 64, Duration.ZERO));
  }

  @Test
  void everySettingIsTakenFromTheFile() throws IOException {
    assertThat(
            read(
                """
                # for the lab
                log { format = json, level = DEBUG }
                monitor.heap-megabytes = 256
                monitor.replacement-delay = 1500ms
                """))
        .isEqualTo(new ServiceSettings(LogFormat.JSON, "debug", 256, Duration.ofMillis(1500)));
  }

  @Test
  void everySettingIsTakenFromTheEnvironmentWhichWins() throws IOException {
    Path file = file("log.format = text, log.level = warn, monitor.heap-megabytes = 100");

    assertThat(
            ServiceSettings.read(
                file,
                Map.of(
                    "HOLDFAST_LOG_FORMAT", "json",
                    "HOLDFAST_LOG_LEVEL", "trace",
                    "HOLDFAST_MONITOR_HEAP_MEGABYTES", "32",
                    "HOLDFAST_MONITOR_REPLACEMENT_DELAY", "2s",
                    "HOLDFAST_HOME", "/elsewhere")))
        .isEqualTo(new ServiceSettings(LogFormat.JSON, "trace", 32, Duration.ofSeconds(2)));
  }

  @Test
  void anUnknownSettingIsRefusedWithItsPlaceAndTheNearestOne() {
    assertThatThrownBy(() -> read("\nlog.levle = info\n"))
        .isInstanceOf(SettingsException.class)
        .hasMessageContaining("holdfast.conf: 2")
        .hasMessageContaining("there is no setting log.levle. Did you mean log.level?");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "log.format = xml | log.format is text or json, not \"xml\".",
        "log.level = loud | log.level is one of error, warn, info, debug, trace, not \"loud\".",
        "log.level = null | log.level",
        "log.level = ${WHO} | WHO",
        "monitor.heap-megabytes = 31 | monitor.heap-megabytes lies between 32 and 65536, not at"
            + " 31.",
        "monitor.heap-megabytes = 65537 | not at 65537.",
        "monitor.heap-megabytes = much | monitor.heap-megabytes",
        "monitor.replacement-delay = soon | monitor.replacement-delay",
        "monitor.replacement-delay = -1s | monitor.replacement-delay is 0s or longer",
        "monitor = 5 | there is no setting monitor.",
        "log { | holdfast.conf",
      })
  void aValueThatIsNoneIsRefusedWithASentence(String line, String says) {
    assertThatThrownBy(() -> read(line))
        .isInstanceOf(SettingsException.class)
        .hasMessageContaining(says);
  }

  @Test
  void aValueOfTheEnvironmentIsRefusedByTheVariablesName() {
    assertThatThrownBy(
            () ->
                ServiceSettings.read(
                    folder.resolve("holdfast.conf"),
                    Map.of("HOLDFAST_MONITOR_HEAP_MEGABYTES", "much")))
        .isInstanceOf(SettingsException.class)
        .hasMessageContaining("HOLDFAST_MONITOR_HEAP_MEGABYTES");
  }

  private ServiceSettings read(String text) throws IOException {
    return ServiceSettings.read(file(text), Map.of());
  }

  private Path file(String text) throws IOException {
    return Files.writeString(folder.resolve("holdfast.conf"), text);
  }
}
