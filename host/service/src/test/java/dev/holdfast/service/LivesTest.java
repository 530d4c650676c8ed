package dev.holdfast.service;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class LivesTest {
  private final List<String> asked = new ArrayList<>();
  private final Lives<String> lives = new Lives<>();

  @Test
  void whatIsAskedInALife_isForThatOne() {
    lives.begin("first");
    lives.ask(asked::add);
    lives.ask(asked::add);
    lives.end();
    lives.begin("second");

    assertThat(asked).containsExactly("first", "first");
    assertThat(lives.isAsked()).isFalse();
  }

  @Test
  void whatIsAskedBetweenTwoLives_isForTheSecond_andNotLost() {
    lives.begin("first");
    lives.end();
    lives.ask(asked::add);
    assertThat(asked).isEmpty();
    assertThat(lives.isAsked()).isTrue();

    lives.begin("second");

    assertThat(asked).containsExactly("second");
    assertThat(lives.isAsked()).isFalse();
  }
}
