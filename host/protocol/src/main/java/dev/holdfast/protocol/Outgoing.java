package dev.holdfast.protocol;

import dev.holdfast.failpoint.FramePoint;
import org.jspecify.annotations.Nullable;

/** An encoded frame on its way to the socket. */
final class Outgoing {
  private final byte[] body;
  private final @Nullable FramePoint point;
  private final boolean waits;

  /**
   * @param body is not changed any more
   * @param point where it can be made to fail; null when fail points are off
   * @param waits it is not worth a write of its own
   */
  Outgoing(byte[] body, @Nullable FramePoint point, boolean waits) {
    this.body = body;
    this.point = point;
    this.waits = waits;
  }

  byte[] body() {
    return body;
  }

  @Nullable FramePoint point() {
    return point;
  }

  boolean waits() {
    return waits;
  }
}
