package dev.holdfast.registry.hive;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class RestingPaceTest {
  private static final long LITTLE = RestingPace.WORK_NANOS / 5;

  private long groups;
  private long now = Long.MAX_VALUE - 3 * LITTLE;
  private final List<Long> rests = new ArrayList<>();
  private final Pace pace =
      new RestingPace(
          () -> groups,
          () -> now,
          nanos -> {
            rests.add(nanos);
            now += nanos;
          });

  @Test
  void restsOnceItHasWorkedForAWhileBesideCommits() {
    for (int i = 0; i < 4; i++) {
      work();
    }
    assertThat(rests).isEmpty();

    work();
    assertThat(rests).containsExactly(RestingPace.REST_NANOS);
  }

  @Test
  void worksForAsLongAfterEachRest() {
    for (int i = 0; i < 15; i++) {
      work();
    }
    assertThat(rests).hasSize(3);
  }

  @Test
  void doesNotRestWhileNobodyCommits() {
    for (int i = 0; i < 100; i++) {
      now += LITTLE;
      pace.step();
    }
    assertThat(rests).isEmpty();

    groups++;
    for (int i = 0; i < 100; i++) {
      now += LITTLE;
      pace.step();
    }
    assertThat(rests).as("one for the one group").hasSize(1);
  }

  /** A little of it, during which somebody commits. */
  private void work() {
    groups++;
    now += LITTLE;
    pace.step();
  }
}
