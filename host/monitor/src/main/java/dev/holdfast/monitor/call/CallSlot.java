package dev.holdfast.monitor.call;

import dev.holdfast.protocol.SpiCodec;
import dev.holdfast.protocol.wire.SlotState;
import dev.holdfast.protocol.wire.StopProcess;
import dev.holdfast.protocol.wire.ToService;
import dev.holdfast.spi.Exit;
import dev.holdfast.spi.ResourceException;
import dev.holdfast.spi.Slot;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;

/** A slot as one call sees it: what the service last said, and dead once the call is. */
final class CallSlot implements Slot {
  private final LiveCall call;
  private final String name;

  CallSlot(LiveCall call, String name) {
    this.call = call;
    this.name = name;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public String nonce() {
    return state().getNonce();
  }

  @Override
  public boolean alive() {
    return state().getAlive();
  }

  @Override
  public OptionalLong pid() {
    var state = state();
    return state.hasPid() ? OptionalLong.of(state.getPid()) : OptionalLong.empty();
  }

  @Override
  public Optional<Exit> exit() {
    return SpiCodec.decode(state().getExit());
  }

  @Override
  public void stop(Duration grace) throws ResourceException {
    if (grace.isNegative()) {
      throw new IllegalArgumentException(
          "The grace of a stop is " + grace + "; it cannot be negative.");
    }
    stop(grace.toMillis(), false);
  }

  @Override
  public void kill() throws ResourceException {
    stop(0, true);
  }

  private void stop(long graceMillis, boolean kill) throws ResourceException {
    if (state().getGone()) {
      return; // To ask the service would cost a dead application's replacement a round trip.
    }
    call.ask(
        "stop slot " + name,
        request ->
            ToService.newBuilder()
                .setStopProcess(
                    StopProcess.newBuilder()
                        .setRequest(request)
                        .setResource(call.resourceId())
                        .setEpoch(call.epoch())
                        .setSlot(name)
                        .setGraceMillis(graceMillis)
                        .setKill(kill))
                .build());
  }

  private SlotState state() {
    call.requireAlive();
    return call.table().find(name).orElseGet(SlotState::getDefaultInstance);
  }

  @Override
  public String toString() {
    return "slot " + name + " of " + call;
  }
}
