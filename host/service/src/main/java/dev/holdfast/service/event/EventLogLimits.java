package dev.holdfast.service.event;

/**
 * The limits of an event log.
 *
 * @param segmentBytes how long one file grows before the next is begun
 * @param totalBytes how long all are together before the oldest is dropped
 * @param waitingEvents how many may wait for the disk; what comes then is lost, counted and told
 * @param recentEvents how many are kept in memory for queries
 */
public record EventLogLimits(
    long segmentBytes, long totalBytes, int waitingEvents, int recentEvents) {
  /** About two hundred thousand events. */
  public static final EventLogLimits DEFAULT =
      new EventLogLimits(8L << 20, 64L << 20, 100_000, 10_000);

  public EventLogLimits {
    if (segmentBytes < 1 || totalBytes < segmentBytes || waitingEvents < 1 || recentEvents < 1) {
      throw new IllegalArgumentException(
          "An event log's limits are 1 or more, and the total holds a segment: "
              + "%d, %d, %d, %d".formatted(segmentBytes, totalBytes, waitingEvents, recentEvents));
    }
  }
}
