package dev.holdfast.protocol;

import com.google.protobuf.MessageLite;
import dev.holdfast.failpoint.FailPoints;
import dev.holdfast.failpoint.FramePoint;
import dev.holdfast.failpoint.Side;
import dev.holdfast.protocol.wire.ToMonitor;
import dev.holdfast.protocol.wire.ToService;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The fail points of one direction at one end of a link.
 *
 * @param <F> the frames
 */
final class FramePoints<F extends MessageLite> {
  /** Whether any is looked at. When none is, frames are written as many at a time as there are. */
  static final boolean ARMED = FailPoints.asked();

  static final FramePoints<ToMonitor> SENT_TO_MONITOR =
      new FramePoints<>(
          ToMonitor::getFrameCase,
          () -> FramePoint.sending(Side.SERVICE, ToMonitor.FrameCase.class));
  static final FramePoints<ToMonitor> RECEIVED_BY_MONITOR =
      new FramePoints<>(
          ToMonitor::getFrameCase,
          () -> FramePoint.receiving(Side.MONITOR, ToMonitor.FrameCase.class));
  static final FramePoints<ToService> SENT_TO_SERVICE =
      new FramePoints<>(
          ToService::getFrameCase,
          () -> FramePoint.sending(Side.MONITOR, ToService.FrameCase.class));
  static final FramePoints<ToService> RECEIVED_BY_SERVICE =
      new FramePoints<>(
          ToService::getFrameCase,
          () -> FramePoint.receiving(Side.SERVICE, ToService.FrameCase.class));

  private final Function<F, Enum<?>> kind;
  private final Map<? extends Enum<?>, FramePoint> points;

  /** Looked up only when they are wanted: a starting monitor has no time for it. */
  private FramePoints(
      Function<F, Enum<?>> kind, Supplier<Map<? extends Enum<?>, FramePoint>> points) {
    this.kind = kind;
    this.points = ARMED ? points.get() : Map.of();
  }

  /** The points around this frame; null when fail points are off. */
  @Nullable FramePoint of(F frame) {
    return ARMED ? points.get(kind.apply(frame)) : null;
  }

  static void before(@Nullable FramePoint point) {
    if (point != null) {
      point.before();
    }
  }

  static void after(@Nullable FramePoint point) {
    if (point != null) {
      point.after();
    }
  }
}
