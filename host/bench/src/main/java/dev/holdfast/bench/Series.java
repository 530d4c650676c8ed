package dev.holdfast.bench;

import java.util.Arrays;
import java.util.Locale;

/** Times of one thing that was done again and again. Not thread-safe. */
final class Series {
  private static final double NANOS_A_MILLI = 1e6;

  private long[] nanos = new long[64];
  private int count;

  void add(long timeNanos) {
    addAll(new long[] {timeNanos});
  }

  void addAll(long[] timesNanos) {
    if (count + timesNanos.length > nanos.length) {
      nanos = Arrays.copyOf(nanos, 2 * (count + timesNanos.length));
    }
    System.arraycopy(timesNanos, 0, nanos, count, timesNanos.length);
    count += timesNanos.length;
  }

  int count() {
    return count;
  }

  double p50Millis() {
    return percentileMillis(0.5);
  }

  /** By the nearest rank; NaN when nothing was measured. */
  double percentileMillis(double share) {
    if (count == 0) {
      return Double.NaN;
    }
    long[] sorted = Arrays.copyOf(nanos, count);
    Arrays.sort(sorted);
    return sorted[(int) ((count - 1) * share)] / NANOS_A_MILLI;
  }

  /** The columns n, p50, p90 and max. */
  String columns() {
    return "%d | %s | %s | %s"
        .formatted(
            count(), text(p50Millis()), text(percentileMillis(0.9)), text(percentileMillis(1)));
  }

  static String text(double millis) {
    return String.format(Locale.ROOT, millis < 10 ? "%.3f" : "%.1f", millis);
  }
}
