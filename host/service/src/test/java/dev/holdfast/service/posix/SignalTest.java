package dev.holdfast.service.posix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class SignalTest {
  @Test
  void aSignalIsFoundByAnyOfItsNames() {
    assertThat(Signal.of("TERM")).isEqualTo(Signal.TERM);
    assertThat(Signal.of("sigterm")).isEqualTo(Signal.TERM);
    assertThat(Signal.of(" 15 ")).isEqualTo(Signal.TERM);
  }

  @Test
  void anUnknownNameIsAnsweredWithTheKnownOnes() {
    assertThatThrownBy(() -> Signal.of("SIGSTOPP"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("'SIGSTOPP' is no signal; known are HUP INT QUIT");
  }

  @Test
  void numbersHaveNamesUnlessTheyAreRealTime() {
    for (Signal signal : Signal.values()) {
      assertThat(Signal.ofNumber(signal.number())).contains(signal);
    }
    assertThat(Signal.nameOf(9)).isEqualTo("SIGKILL");
    assertThat(Signal.nameOf(40)).isEqualTo("number 40");
  }
}
