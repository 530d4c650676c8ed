package dev.holdfast.service.cluster;

import static dev.holdfast.service.GivenCluster.NOW;
import static dev.holdfast.service.GivenCluster.id;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class PollsTest {
  private final Polls polls = new Polls();

  private static Polls.Check check(long second) {
    return new Polls.Check(NOW.plusSeconds(second), Duration.ofMillis(3), false);
  }

  @Test
  void theLastCheckOfEachKind_isKept() {
    polls.began(id(1), 2, NOW);
    polls.checked(id(1), 2, true, check(5));
    polls.checked(id(1), 2, true, check(10));
    polls.checked(id(1), 2, false, check(60));

    assertThat(polls.of(id(1)))
        .contains(new Polls.Poll(2, NOW, Optional.of(check(10)), Optional.of(check(60))));
  }

  @Test
  void aCheckOfAnotherEpoch_isNoneOfThisPolling() {
    polls.began(id(1), 2, NOW);
    polls.checked(id(1), 1, true, check(5));
    polls.checked(id(2), 2, true, check(5));

    assertThat(polls.of(id(1)).orElseThrow().looksAlive()).isEmpty();
    assertThat(polls.of(id(2))).isEmpty();
  }

  @Test
  void aPollingThatBeginsAnew_hasNoChecksYet_andOneThatWasStoppedIsNotKnown() {
    polls.began(id(1), 2, NOW);
    polls.checked(id(1), 2, false, check(5));
    polls.began(id(1), 3, NOW.plusSeconds(7));
    assertThat(polls.of(id(1)))
        .contains(new Polls.Poll(3, NOW.plusSeconds(7), Optional.empty(), Optional.empty()));

    polls.stopped(id(1));
    assertThat(polls.of(id(1))).isEmpty();
  }
}
