package dev.holdfast.monitor.call;

import dev.holdfast.spi.OfflineCall;
import dev.holdfast.spi.OfflineReason;

/** A call of offline. */
final class LiveOfflineCall extends LiveCall implements OfflineCall {
  private final OfflineReason reason;

  LiveOfflineCall(Entry entry, Life life, OfflineReason reason) {
    super(entry, life);
    this.reason = reason;
  }

  @Override
  public OfflineReason reason() {
    requireAlive();
    return reason;
  }
}
