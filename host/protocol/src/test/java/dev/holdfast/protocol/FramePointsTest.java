package dev.holdfast.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.failpoint.FramePoint;
import dev.holdfast.failpoint.Side;
import dev.holdfast.protocol.wire.ToMonitor;
import dev.holdfast.protocol.wire.ToService;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.Map;
import org.junit.jupiter.api.Test;

class FramePointsTest {
  @Test
  void everyKindOfFrame_canBeMadeToFail_atBothEnds() {
    Map<ToMonitor.FrameCase, FramePoint> sent =
        FramePoint.sending(Side.SERVICE, ToMonitor.FrameCase.class);
    Map<ToMonitor.FrameCase, FramePoint> received =
        FramePoint.receiving(Side.MONITOR, ToMonitor.FrameCase.class);
    Map<ToService.FrameCase, FramePoint> answered =
        FramePoint.sending(Side.MONITOR, ToService.FrameCase.class);
    Map<ToService.FrameCase, FramePoint> heard =
        FramePoint.receiving(Side.SERVICE, ToService.FrameCase.class);

    var toMonitor = EnumSet.complementOf(EnumSet.of(ToMonitor.FrameCase.FRAME_NOT_SET));
    var toService = EnumSet.complementOf(EnumSet.of(ToService.FrameCase.FRAME_NOT_SET));
    assertThat(sent.keySet()).isEqualTo(toMonitor);
    assertThat(received.keySet()).isEqualTo(toMonitor);
    assertThat(answered.keySet()).isEqualTo(toService);
    assertThat(heard.keySet()).isEqualTo(toService);
    var points = new HashSet<FramePoint>();
    points.addAll(sent.values());
    points.addAll(received.values());
    points.addAll(answered.values());
    points.addAll(heard.values());
    assertThat(points)
        .as("points of frames that there are")
        .containsExactlyInAnyOrderElementsOf(Arrays.asList(FramePoint.values()));
  }
}
