package dev.holdfast.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class FailureWindowTest {
  private static final Duration PERIOD = Duration.ofSeconds(10);

  @Test
  void whatLiesAPeriodBackDoesNotCount() {
    FailureWindow window = FailureWindow.EMPTY.plus(Given.NOW, PERIOD);

    assertThat(window.count(Given.NOW.plusMillis(9_999), PERIOD)).isEqualTo(1);
    assertThat(window.count(Given.NOW.plusMillis(10_000), PERIOD)).isZero();
  }

  @Test
  void whatLiesAPeriodBackIsForgotten() {
    FailureWindow window =
        FailureWindow.EMPTY.plus(Given.NOW, PERIOD).plus(Given.NOW.plusSeconds(10), PERIOD);

    assertThat(window.failures()).containsExactly(Given.NOW.plusSeconds(10));
  }

  @Test
  void aFailureCountsItselfEvenInAPeriodOfZero() {
    FailureWindow window = FailureWindow.EMPTY.plus(Given.NOW, Duration.ZERO);

    assertThat(window.count(Given.NOW, Duration.ZERO)).isEqualTo(1);
    assertThat(window.count(Given.NOW.plusNanos(1), Duration.ZERO)).isZero();
  }

  @Test
  void tenThousandFailuresKeepTheNewestSixtyFour() {
    FailureWindow window = FailureWindow.EMPTY;
    for (int i = 0; i < 10_000; i++) {
      window = window.plus(Given.NOW.plusNanos(i), PERIOD);
    }

    assertThat(window.failures()).hasSize(FailureWindow.FAILURES_KEPT_MAX);
    assertThat(window.failures().getLast()).isEqualTo(Given.NOW.plusNanos(9_999));
  }

  @Test
  void itCountsWhatAListWould() {
    var random = new Random(20_261_122);
    for (int run = 0; run < 200; run++) {
      FailureWindow window = FailureWindow.EMPTY;
      List<Instant> model = new ArrayList<>();
      Instant now = Given.NOW;
      for (int i = 0; i < 50; i++) {
        now = now.plusMillis(random.nextInt(3_000));
        Instant moment = now;
        if (random.nextBoolean()) {
          window = window.plus(now, PERIOD);
          model.add(now);
        }
        assertThat(window.count(now, PERIOD))
            .as("run %d, step %d", run, i)
            .isEqualTo((int) model.stream().filter(f -> f.isAfter(moment.minus(PERIOD))).count());
      }
    }
  }
}
