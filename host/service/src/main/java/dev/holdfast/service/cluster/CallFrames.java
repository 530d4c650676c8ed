package dev.holdfast.service.cluster;

import com.google.protobuf.ByteString;
import dev.holdfast.cluster.ClusterResource;
import dev.holdfast.cluster.ResourceId;
import dev.holdfast.protocol.SpiCodec;
import dev.holdfast.protocol.wire.CallResource;
import dev.holdfast.protocol.wire.EntryPoint;
import dev.holdfast.protocol.wire.ExternalState;
import dev.holdfast.protocol.wire.SlotState;
import dev.holdfast.service.record.ClusterRecords;
import dev.holdfast.service.slot.ExternalSlots;
import dev.holdfast.service.slot.Slots;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** What every call takes with it: properties, slots, what is elsewhere, and the token. */
final class CallFrames {
  private final Slots slots;
  private final ExternalSlots externals;
  private final ClusterRecords records;

  CallFrames(Slots slots, ExternalSlots externals, ClusterRecords records) {
    this.slots = slots;
    this.externals = externals;
    this.records = records;
  }

  /** A call of a resource as it is now. */
  CallResource.Builder call(
      ClusterResource resource, long call, long epoch, EntryPoint entryPoint, Duration limit) {
    var frame =
        CallResource.newBuilder()
            .setCall(call)
            .setResource(resource.id().toString())
            .setEpoch(epoch)
            .setEntryPoint(entryPoint)
            .setDeadlineMillis(Math.max(1, limit.toMillis()))
            .addAllProperties(SpiCodec.encode(resource.properties()))
            .addAllSlots(slots(resource.id()))
            .setMayHaveLeft(slots.mayHaveLeft(resource.id()))
            .addAllExternals(externals(resource.id()));
    token(resource.id()).ifPresent(frame::setToken);
    return frame;
  }

  List<SlotState> slots(ResourceId id) {
    return slots.of(id).stream().map(SlotFrames::of).toList();
  }

  List<ExternalState> externals(ResourceId id) {
    return externals.of(id).entrySet().stream()
        .map(external -> SpiCodec.encode(external.getValue().slot(external.getKey())))
        .toList();
  }

  Optional<ByteString> token(ResourceId id) {
    return records.token(id).map(ByteString::copyFrom);
  }
}
