package dev.holdfast.cli.output;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class OutputTest {
  @Test
  void table_isAlignedAlsoWithWideLetters() {
    assertThat(new Table("A", "B").row("日本", "x").row("e\u0301", "y").row("long", "z\n2").lines())
        .containsExactly("A     B", "日本  x", "e\u0301     y", "long  z 2");
  }

  @Test
  void yaml_keepsWhatAStringIs() {
    assertThat(
            Yaml.write(
                Json.read(
                    """
                    {"a":"plain text","b":"true","c":"1","d":1,"e":null,"f":[],"g":{},"h":["x",["y"],{"k":"- z","l":[1]}],
                     "i":"a: b","j":"","k:":"#","m":"two\\nlines","n":"sha256:ab"}
                    """)))
        .isEqualTo(
            """
            a: plain text
            b: "true"
            c: "1"
            d: 1
            e: null
            f: []
            g: {}
            h:
              - x
              - - "y"
              - k: "- z"
                l:
                  - 1
            i: "a: b"
            j: ""
            "k:": "#"
            m: "two\\nlines"
            "n": "sha256:ab"
            """);
  }

  @ParameterizedTest
  @CsvSource({"500ms, PT0.5S", "60, PT1M", "60s, PT1M", "15m, PT15M", "1h, PT1H", "2d, PT48H"})
  void durations_areReadAsTyped(String typed, Duration duration) {
    assertThat(Times.duration(typed)).isEqualTo(duration);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "1w", "-1s", "1.5s", "s", "99999999999s"})
  void whatIsNoDuration_isRefused(String typed) {
    assertThatThrownBy(() -> Times.duration(typed)).isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @CsvSource({"PT5S, 5s", "PT5M3S, 5m", "PT3H20M, 3h20m", "P4DT2H, 4d2h", "-PT5S, 0s"})
  void ages_areRough(Duration age, String text) {
    assertThat(Times.rough(age)).isEqualTo(text);
  }
}
