package dev.holdfast.monitor.call;

import com.google.protobuf.ByteString;
import dev.holdfast.protocol.SpiCodec;
import dev.holdfast.protocol.wire.Remember;
import dev.holdfast.protocol.wire.ReserveExternal;
import dev.holdfast.protocol.wire.StartProcess;
import dev.holdfast.protocol.wire.ToService;
import dev.holdfast.spi.ExternalSlot;
import dev.holdfast.spi.Launch;
import dev.holdfast.spi.OnlineCall;
import dev.holdfast.spi.ResourceException;
import dev.holdfast.spi.ResourceException.Responsibility;
import dev.holdfast.spi.ResourceException.Retry;
import dev.holdfast.spi.Slot;
import java.util.regex.Pattern;

/** A call of online: the service forks, and keeps the token. */
final class LiveOnlineCall extends LiveCall implements OnlineCall {
  private static final Pattern SLOT = Pattern.compile("[a-z0-9-]{1,64}");

  private final Entry entry;

  LiveOnlineCall(Entry entry, Life life) {
    super(entry, life);
    this.entry = entry;
  }

  @Override
  public Slot process(String slot, Launch launch) throws ResourceException {
    if (!SLOT.matcher(slot).matches()) {
      throw new IllegalArgumentException(
          "'%s' cannot be a slot's name: 1 to 64 of a-z 0-9 -".formatted(slot));
    }
    requireWanted("start a process in slot " + slot);
    ask(
        "start a process in slot " + slot,
        request ->
            ToService.newBuilder()
                .setStartProcess(
                    StartProcess.newBuilder()
                        .setRequest(request)
                        .setCall(entry.what().call())
                        .setResource(resourceId())
                        .setEpoch(epoch())
                        .setSlot(slot)
                        .setLaunch(SpiCodec.encode(launch)))
                .build());
    return new CallSlot(this, slot);
  }

  @Override
  public ExternalSlot external(String slot, String kind, String key) throws ResourceException {
    // What it refuses is the author's mistake, and is thrown here rather than there.
    var _ = new ExternalSlot(slot, kind, key, "", epoch(), "");
    requireWanted("write down external slot " + slot);
    return reserve(
        "write down external slot " + slot,
        request ->
            ToService.newBuilder()
                .setReserveExternal(
                    ReserveExternal.newBuilder()
                        .setRequest(request)
                        .setCall(entry.what().call())
                        .setResource(resourceId())
                        .setEpoch(epoch())
                        .setSlot(slot)
                        .setKind(kind)
                        .setKey(key))
                .build());
  }

  @Override
  public void remember(byte[] token) throws ResourceException {
    if (token.length > TOKEN_BYTES_MAX) {
      throw new ResourceException(
          Responsibility.INTERNAL,
          Retry.NOWHERE,
          "TokenTooLong",
          "%s wanted to keep a token of %d bytes; %d are allowed."
              .formatted(this, token.length, TOKEN_BYTES_MAX));
    }
    requireWanted("keep a token");
    var bytes = ByteString.copyFrom(token);
    ask(
        "keep a token",
        request ->
            ToService.newBuilder()
                .setRemember(
                    Remember.newBuilder()
                        .setRequest(request)
                        .setResource(resourceId())
                        .setEpoch(epoch())
                        .setToken(bytes))
                .build());
    setToken(bytes);
  }
}
