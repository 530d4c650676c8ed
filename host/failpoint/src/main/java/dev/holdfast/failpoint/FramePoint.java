package dev.holdfast.failpoint;

import java.util.Arrays;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;

/**
 * A frame on the link, at one of its ends. Sent: before, nothing of it is in the socket, and all
 * frames before it are; after, the whole of it is. Received: before, it was read and nothing was
 * done with it; after, it was handed on.
 *
 * <p>There is one for each kind of frame and end: {@code SERVICE_SENDS_} and {@code
 * MONITOR_RECEIVES_} with the kinds of {@code ToMonitor}, the others with those of {@code
 * ToService}.
 */
public enum FramePoint implements FailPoint {
  SERVICE_SENDS_WELCOME,
  SERVICE_SENDS_LOAD_PLUGIN,
  SERVICE_SENDS_VALIDATE_PROPERTIES,
  SERVICE_SENDS_OPEN_RESOURCE,
  SERVICE_SENDS_CALL_RESOURCE,
  SERVICE_SENDS_CANCEL_CALL,
  SERVICE_SENDS_SET_POLLING,
  SERVICE_SENDS_SLOT_CHANGED,
  SERVICE_SENDS_CLOSE_RESOURCE,
  SERVICE_SENDS_ANSWER,
  SERVICE_SENDS_SHUTDOWN,
  SERVICE_SENDS_INSPECT,
  SERVICE_SENDS_SURVEY,
  MONITOR_RECEIVES_WELCOME,
  MONITOR_RECEIVES_LOAD_PLUGIN,
  MONITOR_RECEIVES_VALIDATE_PROPERTIES,
  MONITOR_RECEIVES_OPEN_RESOURCE,
  MONITOR_RECEIVES_CALL_RESOURCE,
  MONITOR_RECEIVES_CANCEL_CALL,
  MONITOR_RECEIVES_SET_POLLING,
  MONITOR_RECEIVES_SLOT_CHANGED,
  MONITOR_RECEIVES_CLOSE_RESOURCE,
  MONITOR_RECEIVES_ANSWER,
  MONITOR_RECEIVES_SHUTDOWN,
  MONITOR_RECEIVES_INSPECT,
  MONITOR_RECEIVES_SURVEY,
  MONITOR_SENDS_HELLO,
  MONITOR_SENDS_READY,
  MONITOR_SENDS_BEAT,
  MONITOR_SENDS_LOADED,
  MONITOR_SENDS_VALIDATED,
  MONITOR_SENDS_RETURNED,
  MONITOR_SENDS_PROGRESS,
  MONITOR_SENDS_HEALTH_REPORT,
  MONITOR_SENDS_SIGNALLED,
  MONITOR_SENDS_LOG_LINE,
  MONITOR_SENDS_START_PROCESS,
  MONITOR_SENDS_STOP_PROCESS,
  MONITOR_SENDS_REMEMBER,
  MONITOR_SENDS_INSPECTED,
  MONITOR_SENDS_RUN_COMMAND,
  MONITOR_SENDS_CANCEL_COMMAND,
  MONITOR_SENDS_END_LEFT,
  MONITOR_SENDS_SURVEYED,
  MONITOR_SENDS_RESERVE_EXTERNAL,
  SERVICE_RECEIVES_HELLO,
  SERVICE_RECEIVES_READY,
  SERVICE_RECEIVES_BEAT,
  SERVICE_RECEIVES_LOADED,
  SERVICE_RECEIVES_VALIDATED,
  SERVICE_RECEIVES_RETURNED,
  SERVICE_RECEIVES_PROGRESS,
  SERVICE_RECEIVES_HEALTH_REPORT,
  SERVICE_RECEIVES_SIGNALLED,
  SERVICE_RECEIVES_LOG_LINE,
  SERVICE_RECEIVES_START_PROCESS,
  SERVICE_RECEIVES_STOP_PROCESS,
  SERVICE_RECEIVES_REMEMBER,
  SERVICE_RECEIVES_INSPECTED,
  SERVICE_RECEIVES_RUN_COMMAND,
  SERVICE_RECEIVES_CANCEL_COMMAND,
  SERVICE_RECEIVES_END_LEFT,
  SERVICE_RECEIVES_SURVEYED,
  SERVICE_RECEIVES_RESERVE_EXTERNAL;

  private static final String SENDS = "_SENDS_";
  private static final String RECEIVES = "_RECEIVES_";

  /**
   * The points of one end and direction, by the kinds of frames.
   *
   * @param kinds the enum that names the kinds; a kind without a point is left out
   */
  public static <K extends Enum<K>> Map<K, FramePoint> sending(Side side, Class<K> kinds) {
    return points(side, SENDS, kinds);
  }

  /** As {@link #sending}, for what arrives. */
  public static <K extends Enum<K>> Map<K, FramePoint> receiving(Side side, Class<K> kinds) {
    return points(side, RECEIVES, kinds);
  }

  private static <K extends Enum<K>> Map<K, FramePoint> points(
      Side side, String direction, Class<K> kinds) {
    var points = new EnumMap<K, FramePoint>(kinds);
    for (K kind : kinds.getEnumConstants()) {
      String name = side.name() + direction + kind.name();
      Arrays.stream(values())
          .filter(point -> point.name().equals(name))
          .findFirst()
          .ifPresent(point -> points.put(kind, point));
    }
    return points;
  }

  @Override
  public String place() {
    return FailPoint.placeName(name(), 2);
  }

  @Override
  public Side side() {
    return name().startsWith(Side.SERVICE.name()) ? Side.SERVICE : Side.MONITOR;
  }

  @Override
  public String standsFor() {
    String direction = name().contains(SENDS) ? SENDS : RECEIVES;
    String kind = name().substring(name().indexOf(direction) + direction.length());
    return "the %s%sthe frame %s"
        .formatted(side(), direction.toLowerCase(Locale.ROOT).replace('_', ' '), kind);
  }

  /** It is about to be written, or was read. */
  public void before() {
    if (Armed.ON) {
      Armed.step(this, Moment.BEFORE);
    }
  }

  /** It was written, or handed on. */
  public void after() {
    if (Armed.ON) {
      Armed.step(this, Moment.AFTER);
    }
  }
}
