package dev.holdfast.monitor.call;

import dev.holdfast.failpoint.FailPoints;
import dev.holdfast.failpoint.StepPoint;
import dev.holdfast.protocol.wire.EntryPoint;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;

/** The fail points around the calls into plugin code, those of the exercise included. */
final class CallPoints {
  private static final Map<EntryPoint, StepPoint> POINTS =
      FailPoints.asked() ? byEntryPoint() : Map.of();

  private CallPoints() {}

  static Map<EntryPoint, StepPoint> byEntryPoint() {
    var points = new EnumMap<EntryPoint, StepPoint>(EntryPoint.class);
    for (EntryPoint entryPoint : EntryPoint.values()) {
      Arrays.stream(StepPoint.values())
          .filter(point -> point.name().equals("CALL_" + entryPoint.name()))
          .forEach(point -> points.put(entryPoint, point));
    }
    return points;
  }

  /** The plugin's code is about to be entered. */
  static void before(EntryPoint entryPoint) {
    StepPoint point = POINTS.get(entryPoint);
    if (point != null) {
      point.before();
    }
  }

  /** It returned, and nobody was told. What it threw passes no point. */
  static void after(EntryPoint entryPoint) {
    StepPoint point = POINTS.get(entryPoint);
    if (point != null) {
      point.after();
    }
  }
}
