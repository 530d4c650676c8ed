package dev.holdfast.failpoint;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** How often each point was hit. Thread-safe. */
interface HitCounts {
  /** Counts a hit; returns which it was, from 1, or 0 when nothing is counted now. */
  long hit(int point);

  /** The numbers of points: those of a place are neighbours. */
  Map<FailPoint, Integer> NUMBERS = numbers();

  private static Map<FailPoint, Integer> numbers() {
    var numbers = new HashMap<FailPoint, Integer>();
    for (FailPoint point : FailPoint.all()) {
      numbers.put(point, numbers.size() * Moment.values().length);
    }
    return Map.copyOf(numbers);
  }

  /** Where a point's count is. */
  static int at(FailPoint point, Moment moment) {
    Integer number = NUMBERS.get(point);
    if (number == null) {
      throw new IllegalStateException(point + " is not in the list of all fail points");
    }
    return number + List.of(Moment.values()).indexOf(moment);
  }

  /** How many points there are. */
  static int count() {
    return NUMBERS.size() * Moment.values().length;
  }
}
