package dev.holdfast.plugins.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.holdfast.spi.InvalidPropertiesException;
import dev.holdfast.spi.Problem;
import dev.holdfast.spi.Properties;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ValidationTest {
  private static final GenericService TYPE = new GenericService();

  private static List<Problem> problems(Map<String, List<String>> text)
      throws InvalidPropertiesException {
    return TYPE.validate(Properties.of(TYPE.description(), text));
  }

  @ParameterizedTest
  @ValueSource(strings = {"nginx", "nginx.service", "postgresql@15-main", "getty@", "a\\x2db"})
  void aName_isAUnitOrAScript(String name) throws Exception {
    assertThat(problems(Map.of("ServiceName", List.of(name)))).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"../etc/passwd", "-H", "two words", "", "a;b"})
  void anotherName_isRefused(String name) {
    assertThatExceptionOfType(InvalidPropertiesException.class)
        .isThrownBy(() -> problems(Map.of("ServiceName", List.of(name))));
  }

  @Test
  void anotherKindOfUnit_isRefused() throws Exception {
    assertThat(problems(Map.of("ServiceName", List.of("nginx.socket"))))
        .extracting(Problem::message)
        .containsExactly(
            "ServiceName is 'nginx.socket'; of systemd's units only a .service can be a Generic"
                + " Service.");
  }

  @Test
  void aProbe_needsWhatItAsks_andNothingElse() throws Exception {
    assertThat(
            problems(
                Map.of(
                    "ServiceName", List.of("web"),
                    "Probe", List.of("tcp"),
                    "ProbeUrl", List.of("http://127.0.0.1/"))))
        .extracting(Problem::property)
        .containsExactly("ProbeAddress", "ProbeUrl");
    assertThat(
            problems(
                Map.of(
                    "ServiceName", List.of("web"),
                    "Probe", List.of("http"),
                    "ProbeUrl", List.of("127.0.0.1"),
                    "ProbeStatus", List.of("900"))))
        .extracting(Problem::property)
        .containsExactly("ProbeUrl", "ProbeStatus");
    assertThat(
            problems(
                Map.of(
                    "ServiceName", List.of("web"),
                    "Probe", List.of("tcp"),
                    "ProbeAddress", List.of("[::1]:80"))))
        .isEmpty();
  }
}
