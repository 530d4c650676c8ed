package dev.holdfast.service.metric;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;

class TimeHeldTest {
  private static final Instant START = Instant.parse("2026-11-22T10:00:00Z");

  private final TimeHeld held = new TimeHeld();

  private static Instant after(int millis) {
    return START.plusMillis(millis);
  }

  @Test
  void whatNeverHeld_isZero() {
    held.endsAt(after(5));

    assertThat(held.secondsUntil(after(10))).isZero();
  }

  @Test
  void whileItHolds_itGrows() {
    held.holdsSince(after(0));
    held.holdsSince(after(1_000)); // It has held for a second by then.

    assertThat(held.secondsUntil(after(1_500))).isEqualTo(1.5);
    assertThat(held.secondsUntil(after(2_500))).isEqualTo(2.5);
  }

  @Test
  void onceItEnded_itStands_andIsAddedTo() {
    held.holdsSince(after(0));
    held.endsAt(after(250));
    held.endsAt(after(800));
    assertThat(held.secondsUntil(after(1_000))).isEqualTo(0.25);

    held.holdsSince(after(1_000));
    assertThat(held.secondsUntil(after(1_500))).isEqualTo(0.75);
  }

  @Test
  void aMomentBeforeItsBeginning_takesNothingAway() {
    held.holdsSince(after(1_000));

    assertThat(held.secondsUntil(after(0))).isZero();
  }
}
