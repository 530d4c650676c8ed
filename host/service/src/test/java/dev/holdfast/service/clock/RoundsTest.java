package dev.holdfast.service.clock;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RoundsTest {
  private final Rounds rounds = new Rounds();

  @Test
  void whoAsks_isAnsweredByTheNextRound_andByNoEarlierOne() {
    rounds.done();
    var first = rounds.next();
    var same = rounds.next();
    assertThat(first).isNotDone();

    rounds.done();
    var second = rounds.next();

    assertThat(first).isCompleted();
    assertThat(same).isCompleted();
    assertThat(second).isNotDone();
  }
}
