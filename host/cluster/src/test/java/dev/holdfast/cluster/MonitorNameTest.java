package dev.holdfast.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MonitorNameTest {
  @Test
  void theSharedOneHasAName() {
    assertThat(MonitorName.SHARED).hasToString("shared-0");
  }

  @Test
  void anOwnMonitorIsNamedByItsResource() {
    assertThat(MonitorName.own(Given.id(1), "web-app")).hasToString("own-web-app");
  }

  @ParameterizedTest
  @ValueSource(strings = {"web app", "müller", "a/b", "..\\x"})
  void whereTheNameCannotBeAFoldersTheIdIsTaken(String name) {
    assertThat(MonitorName.own(ResourceId.of("0a1b2c3d-0000-0000-0000-000000000001"), name))
        .hasToString("own-0a1b2c3d");
  }

  @Test
  void aNameThatIsTooLongForAFolderIsNotTaken() {
    assertThat(MonitorName.own(Given.id(1), "x".repeat(60)).value()).hasSize(64);
    assertThat(MonitorName.own(Given.id(1), "x".repeat(61))).hasToString("own-00000000");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "..", ".", "-x", "a/b", "a b", "a\n"})
  void whatCouldLeaveItsFolderIsNoName(String name) {
    assertThatThrownBy(() -> new MonitorName(name)).isInstanceOf(IllegalArgumentException.class);
  }
}
