package dev.holdfast.monitor.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class RateLimitTest {
  private final AtomicLong now = new AtomicLong(-5);

  @Test
  void aBurstPasses_andThenTheRate() {
    var limit = new RateLimit(10, 3, now::get);

    assertThat(passed(limit, 100)).isEqualTo(3);
    now.addAndGet(TimeUnit.MILLISECONDS.toNanos(250));
    assertThat(passed(limit, 100)).isEqualTo(2);
    now.addAndGet(TimeUnit.DAYS.toNanos(300));
    assertThat(passed(limit, 100)).isEqualTo(3);
  }

  @Test
  void overAMinuteOfConstantTrying_theRateHolds() {
    var limit = new RateLimit(50, 50, now::get);
    int passed = 0;
    for (int millis = 0; millis < 60_000; millis++) {
      now.addAndGet(TimeUnit.MILLISECONDS.toNanos(1));
      passed += passed(limit, 3);
    }

    assertThat(passed).isBetween(3_000, 3_051);
  }

  private static int passed(RateLimit limit, int tries) {
    int passed = 0;
    for (int i = 0; i < tries; i++) {
      if (limit.tryPass()) {
        passed++;
      }
    }
    return passed;
  }
}
