package dev.holdfast.client.transport;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TargetTest {
  @Test
  void targets_encodeWhateverANameHolds() {
    assertThat(Target.of("resources", "a b/ü%").with("x", "1&2").with("no", null).with("y", 2))
        .hasToString("/v1/resources/a%20b%2F%C3%BC%25?x=1%262&y=2");
  }
}
