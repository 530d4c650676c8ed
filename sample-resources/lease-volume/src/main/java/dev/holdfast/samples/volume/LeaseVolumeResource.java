package dev.holdfast.samples.volume;

import dev.holdfast.spi.Call;
import dev.holdfast.spi.Context;
import dev.holdfast.spi.ControlCall;
import dev.holdfast.spi.ExternalSlot;
import dev.holdfast.spi.Found;
import dev.holdfast.spi.Health;
import dev.holdfast.spi.OfflineCall;
import dev.holdfast.spi.OnlineCall;
import dev.holdfast.spi.Properties;
import dev.holdfast.spi.Reply;
import dev.holdfast.spi.Resource;
import dev.holdfast.spi.ResourceException;
import dev.holdfast.spi.ResourceException.Responsibility;
import dev.holdfast.spi.ResourceException.Retry;
import java.io.IOException;
import java.util.Locale;
import java.util.Optional;

/**
 * One volume. It keeps nothing in memory: what it has is written down by the host in an external
 * slot, and the cloud knows the rest.
 *
 * <pre>
 *   online:   external(slot, kind, volume)   durable: {volume, nonce, epoch, node}
 *             attach(volume, epoch, nonce)   any death from here on leaves something to ask for
 *   find:     who has the volume, under which nonce and epoch?
 *               nobody                       Absent
 *               we, under the record's       Running
 *               another life of us           Foreign, by the node's name: the host knows whether
 *                                            that node has lost the resource
 *               a stranger                   Foreign
 *               no answer                    Unknown: neither started nor terminated
 *   offline, terminate: detach(volume, epoch, nonce)
 * </pre>
 *
 * <p>Each request carries the call's epoch, and the cloud refuses what is below the highest it has
 * heard: whatever a monitor that was stopped, or a node that was cut off, sends when it goes on
 * comes to nothing.
 */
final class LeaseVolumeResource implements Resource {
  static final String SLOT = "volume";
  static final String KIND = "lease-volume";

  private final Context context;

  LeaseVolumeResource(Context context) {
    this.context = context;
  }

  @Override
  public Found find(Call call) {
    Optional<ExternalSlot> ours = call.external(SLOT);
    // What was attached counts, and not what the properties say by now.
    String volume =
        ours.map(ExternalSlot::key).orElseGet(() -> call.properties().get(LeaseVolume.VOLUME));
    VolumeStatus status;
    try {
      status = api(call).status(volume);
    } catch (IOException | RefusedException e) {
      return Found.unknown(notAnswered("asked who has volume " + volume, call, e));
    }
    Optional<VolumeStatus.Attachment> attachment = status.attachment();
    if (attachment.isEmpty()) {
      return Found.absent("volume %s is attached to nobody".formatted(volume));
    }
    VolumeStatus.Attachment now = attachment.get();
    if (ours.filter(slot -> slot.nonce().equals(now.nonce())).isEmpty()) {
      return Found.foreign("a stranger at node " + now.node(), now.epoch());
    }
    return isOf(ours.get(), now)
        ? Found.running(
            "volume %s is attached to node %s, epoch %d".formatted(volume, now.node(), now.epoch()))
        : Found.foreign(now.node(), now.epoch());
  }

  private boolean isOf(ExternalSlot slot, VolumeStatus.Attachment now) {
    return now.nonce().equals(slot.nonce())
        && now.epoch() == slot.epoch()
        && now.node().equals(context.nodeName());
  }

  @Override
  public void online(OnlineCall call) throws ResourceException {
    String volume = call.properties().get(LeaseVolume.VOLUME);
    ExternalSlot slot = call.external(SLOT, KIND, volume);
    call.progress("attaching volume " + volume, Call.UNKNOWN_PERCENT);
    change(
        "attach volume " + volume,
        call,
        () -> api(call).attach(volume, slot.epoch(), slot.nonce(), context.nodeName()));
  }

  @Override
  public void offline(OfflineCall call) throws ResourceException {
    detach(call);
  }

  /** The same: there is no gentler way, and it bears finding nothing attached. */
  @Override
  public void terminate(Call call) throws ResourceException {
    detach(call);
  }

  /** Also when it is not attached: what an attach on its way is worth is over by that. */
  private void detach(Call call) throws ResourceException {
    Optional<ExternalSlot> slot = call.external(SLOT);
    if (slot.isPresent()) {
      String volume = slot.get().key();
      change(
          "detach volume " + volume,
          call,
          () -> api(call).detach(volume, call.epoch(), slot.get().nonce()));
    }
  }

  @Override
  public Health isAlive(Call call) throws IOException, ResourceException, RefusedException {
    ExternalSlot slot = requireSlot(call);
    // When it does not answer, that says nothing of the volume: the check is broken.
    Optional<VolumeStatus.Attachment> now = api(call).status(slot.key()).attachment();
    if (now.filter(attachment -> isOf(slot, attachment)).isPresent()) {
      return Health.alive();
    }
    return Health.failed(
        now.map(other -> "volume %s was taken by node %s".formatted(slot.key(), other.node()))
            .orElseGet(() -> "volume %s was detached".formatted(slot.key())));
  }

  @Override
  public Reply control(ControlCall call) throws IOException, ResourceException, RefusedException {
    return switch (call.control().name()) {
      case "Status" -> status(call);
      case "Snapshot" -> {
        String name = call.parameters().get(LeaseVolume.SNAPSHOT_NAME);
        ExternalSlot slot = requireSlot(call);
        change(
            "take a snapshot of volume " + slot.key(),
            call,
            () -> api(call).snapshot(slot.key(), call.epoch(), slot.nonce(), name));
        yield Reply.done("snapshot %s of volume %s".formatted(name, slot.key()))
            .with("snapshot", name);
      }
      case "Resize" -> {
        long bytes = call.parameters().get(LeaseVolume.SIZE);
        ExternalSlot slot = requireSlot(call);
        change(
            "resize volume " + slot.key(),
            call,
            () -> api(call).resize(slot.key(), call.epoch(), slot.nonce(), bytes));
        yield Reply.done("volume %s has %d bytes".formatted(slot.key(), bytes))
            .with("sizeBytes", Long.toString(bytes));
      }
      case "Write" -> {
        ExternalSlot slot = requireSlot(call);
        change(
            "write to volume " + slot.key(),
            call,
            () ->
                api(call)
                    .write(
                        slot.key(),
                        call.epoch(),
                        slot.nonce(),
                        call.parameters().get(LeaseVolume.LINE)));
        yield Reply.done("written to volume " + slot.key());
      }
      default -> Reply.notHandled();
    };
  }

  private Reply status(ControlCall call) throws IOException, RefusedException {
    String volume =
        call.external(SLOT)
            .map(ExternalSlot::key)
            .orElseGet(() -> call.properties().get(LeaseVolume.VOLUME));
    VolumeStatus status = api(call).status(volume);
    return Reply.done(
            status
                .attachment()
                .map(now -> "attached to node %s, epoch %d".formatted(now.node(), now.epoch()))
                .orElse("attached to nobody"))
        .with("volume", volume)
        .with("node", status.attachment().map(VolumeStatus.Attachment::node).orElse(""))
        .with("epoch", status.attachment().map(now -> "" + now.epoch()).orElse(""))
        .with("fence", Long.toString(status.fence()))
        .with("sizeBytes", Long.toString(status.sizeBytes()))
        .with("snapshots", String.join(" ", status.snapshots()));
  }

  private static ExternalSlot requireSlot(Call call) throws ResourceException {
    return call.external(SLOT)
        .orElseThrow(
            () ->
                new ResourceException(
                    Responsibility.RESOURCE,
                    Retry.HERE,
                    "NotAttached",
                    "Nothing is written down as attached."));
  }

  // ---- the cloud -----------------------------------------------------------------------------

  private static VolumeApi api(Call call) {
    Properties properties = call.properties();
    return new VolumeApi(properties.get(LeaseVolume.API), properties.get(LeaseVolume.TIMEOUT));
  }

  private interface Change {
    void make() throws IOException, RefusedException;
  }

  /** Makes a change; what comes of one that was not answered, the next find sees. */
  private static void change(String what, Call call, Change change) throws ResourceException {
    try {
      change.make();
    } catch (RefusedException e) {
      throw new ResourceException(
          Responsibility.ENVIRONMENT,
          Retry.HERE,
          e.code(),
          "The cloud was asked to %s under epoch %d and refused: %s"
              .formatted(what, call.epoch(), e.getMessage()),
          e);
    } catch (IOException e) {
      throw new ResourceException(
          Responsibility.ENVIRONMENT,
          Retry.HERE,
          "NoAnswer",
          "%s; it may have been done.".formatted(notAnswered("asked to " + what, call, e)),
          e);
    }
  }

  private static String notAnswered(String asked, Call call, Exception e) {
    return "the cloud at %s was %s, and gave no answer (%s)"
        .formatted(
            call.properties().get(LeaseVolume.API),
            asked,
            String.valueOf(e.getMessage()).toLowerCase(Locale.ROOT));
  }
}
