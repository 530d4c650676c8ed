package dev.holdfast.bench;

import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * What one look at an agent took in one period.
 *
 * @param parentMillis processor time of those that have it run
 * @param agentMillis processor time of the agent with all that it starts
 * @param perSecond how many looks there were
 */
record OcfFigures(double parentMillis, double agentMillis, double perSecond) {
  private static final double NANOS_A_MILLI = 1e6;

  static OcfFigures of(ProcessCpu used, long looks, double seconds) {
    return new OcfFigures(
        used.ownNanos() / NANOS_A_MILLI / looks,
        used.childrenNanos() / NANOS_A_MILLI / looks,
        looks / seconds);
  }

  /** Of each figure the median. */
  static OcfFigures median(List<OcfFigures> all) {
    return new OcfFigures(
        median(all, OcfFigures::parentMillis),
        median(all, OcfFigures::agentMillis),
        median(all, OcfFigures::perSecond));
  }

  static double median(List<OcfFigures> all, ToDoubleFunction<OcfFigures> figure) {
    double[] sorted = all.stream().mapToDouble(figure).sorted().toArray();
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }

  /** What it took beyond the mean of two others. */
  OcfFigures beyond(OcfFigures one, OcfFigures other) {
    return new OcfFigures(
        parentMillis - (one.parentMillis + other.parentMillis) / 2,
        agentMillis - (one.agentMillis + other.agentMillis) / 2,
        perSecond);
  }

  double togetherMillis() {
    return parentMillis + agentMillis;
  }

  String[] columns() {
    return new String[] {
      Series.text(parentMillis),
      Series.text(agentMillis),
      Series.text(togetherMillis()),
      "%.0f".formatted(perSecond)
    };
  }
}
