package dev.holdfast.service.cluster;

import dev.holdfast.protocol.SpiCodec;
import dev.holdfast.protocol.wire.SlotState;
import dev.holdfast.service.slot.SlotView;

/** Slots as they go over the link. */
final class SlotFrames {
  private SlotFrames() {}

  static SlotState of(SlotView slot) {
    var state =
        SlotState.newBuilder()
            .setName(slot.name())
            .setNonce(slot.nonce())
            .setAlive(slot.alive())
            .setGone(slot.gone());
    slot.pid().ifPresent(state::setPid);
    slot.exit().ifPresent(exit -> state.setExit(SpiCodec.encode(exit)));
    return state.build();
  }
}
