package dev.holdfast.failpoint;

import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * A place that can fail on request, with a moment before it and one after it. The constants of the
 * three enums are all there are; code calls {@code before()} and {@code after()} on them, around
 * what they stand for.
 *
 * <p>Thread-safe. A call is one read of a constant unless the environment asks for fail points.
 */
public sealed interface FailPoint permits StoragePoint, StepPoint, FramePoint {
  /** The place's name, such as {@code hive.sync}; the point's has its moment behind it. */
  String place();

  /** Which process it is in. */
  Side side();

  /** What happens between the two moments; a clause. */
  String standsFor();

  /** Whether a disk that is full or broken can show here. */
  default boolean isStorage() {
    return this instanceof StoragePoint;
  }

  /** The name of one of its two points, such as {@code hive.sync.before}. */
  default String name(Moment moment) {
    return place() + "." + moment;
  }

  /** Every place, always in the same order. */
  static List<FailPoint> all() {
    return Stream.<FailPoint[]>of(StoragePoint.values(), StepPoint.values(), FramePoint.values())
        .flatMap(Stream::of)
        .toList();
  }

  /** HIVE_COPY_SYNC with one dot is hive.copy-sync. */
  static String placeName(String constant, int dots) {
    String name = constant.toLowerCase(Locale.ROOT);
    for (int i = 0; i < dots; i++) {
      name = name.replaceFirst("_", ".");
    }
    return name.replace('_', '-');
  }
}
