package dev.holdfast.service.metric;

import com.google.common.collect.ImmutableList;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;

/** The upper bounds of a histogram's buckets. */
public enum Buckets {
  /** A check of memory takes microseconds, one over a network milliseconds, a hanging one 30 s. */
  CHECK(
      10,
      25,
      50,
      100,
      250,
      500,
      1_000,
      2_500,
      5_000,
      10_000,
      25_000,
      100_000,
      500_000,
      1_000_000,
      5_000_000,
      30_000_000),
  /** Lateness begins to matter at a hundredth of the shortest usual interval. */
  LAG(
      100,
      500,
      1_000,
      5_000,
      10_000,
      25_000,
      50_000,
      100_000,
      250_000,
      500_000,
      1_000_000,
      5_000_000,
      30_000_000),
  /** A find of what runs takes a millisecond, a back-off half a minute. */
  RECOVERY(
      1_000,
      2_500,
      5_000,
      10_000,
      25_000,
      50_000,
      100_000,
      250_000,
      500_000,
      1_000_000,
      2_500_000,
      5_000_000,
      10_000_000,
      30_000_000,
      60_000_000),
  /** From a device that answers from its cache to one that is failing. */
  DISK(
      50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000, 250_000, 1_000_000,
      5_000_000);

  private final ImmutableList<Duration> bounds;

  Buckets(long... micros) {
    bounds =
        Arrays.stream(micros)
            .mapToObj(micro -> Duration.ofNanos(micro * 1_000))
            .collect(ImmutableList.toImmutableList());
  }

  /** In rising order. */
  public List<Duration> bounds() {
    return bounds;
  }
}
