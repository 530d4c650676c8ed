package dev.holdfast.samples.volume.cloud;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A volume, and what it makes of requests. Whoever attaches it gives a nonce, which is the lease's
 * name, and an epoch. The volume remembers the highest epoch that it has heard under a lease: its
 * fence. What comes under a lower one comes from somebody whose time is over, however long it was
 * on its way, and is refused.
 *
 * <pre>
 *             attach(e, nonce)           attach(e', same nonce), e' &gt; e: taken over
 *   detached ─────────────────► attached ────────────────────────► attached
 *      ▲      not below an end     │                                  │
 *      └───────────────────────────┴──────────────────────────────────┘
 *                       detach(e, same nonce): the lease ended at e
 * </pre>
 *
 * <p>An attach at or below the epoch at which its lease ended is refused, too: it was overtaken by
 * its own end. So a detach of what is not attached is remembered as well. Immutable.
 *
 * @param lease the nonce that the fence is of; empty before there was any
 * @param fence the highest epoch heard under it
 * @param ended the leases that ended last, oldest first
 * @param lines how many were written
 */
record Volume(
    String lease,
    long fence,
    Optional<Attachment> attachment,
    List<Ended> ended,
    long sizeBytes,
    List<String> snapshots,
    long lines) {
  static final long FIRST_SIZE_BYTES = 1L << 30;

  /** So many ends are remembered: longer than any request is on its way. */
  static final int ENDED_MAX = 256;

  /** As it is before anybody has asked for it. */
  static final Volume FRESH =
      new Volume("", 0, Optional.empty(), List.of(), FIRST_SIZE_BYTES, List.of(), 0);

  Volume {
    ended = List.copyOf(ended);
    snapshots = List.copyOf(snapshots);
  }

  /** To whom it is attached. */
  record Attachment(String node, long epoch, String nonce) {}

  /** A lease that ended: nothing is attached under it at this epoch or below. */
  record Ended(String nonce, long epoch) {}

  /** What came of a request. */
  sealed interface Answer {
    /**
     * It was done.
     *
     * @param event for the journal, without epoch and nonce; empty when it had been done before
     */
    record Done(Volume volume, String event) implements Answer {}

    /** It was not. */
    record Refused(String code, String message) implements Answer {}
  }

  Answer attach(long epoch, String nonce, String node) {
    Optional<Answer> refusal = refusal(epoch, nonce);
    if (refusal.isPresent()) {
      return refusal.get();
    }
    if (endOf(nonce) >= epoch) {
      return new Answer.Refused(
          "Stale", "it was detached under epoch %d already".formatted(endOf(nonce)));
    }
    var wanted = new Attachment(node, epoch, nonce);
    if (attachment.equals(Optional.of(wanted))) {
      return new Answer.Done(this, "");
    }
    String over = attachment.map(old -> old.node() + ":" + old.epoch()).orElse("nobody");
    return new Answer.Done(
        new Volume(nonce, epoch, Optional.of(wanted), ended, sizeBytes, snapshots, lines),
        "attach node=" + node + " over=" + over);
  }

  Answer detach(long epoch, String nonce) {
    Optional<Answer> refusal = refusal(epoch, nonce);
    if (refusal.isPresent()) {
      return refusal.get();
    }
    if (attachment.isEmpty() && endOf(nonce) >= epoch) {
      return new Answer.Done(this, "");
    }
    List<Ended> ends = new ArrayList<>(ended);
    ends.add(new Ended(nonce, epoch));
    return new Answer.Done(
        new Volume(
            nonce,
            epoch,
            Optional.empty(),
            ends.subList(Math.max(0, ends.size() - ENDED_MAX), ends.size()),
            sizeBytes,
            snapshots,
            lines),
        attachment.isPresent() ? "detach" : "close");
  }

  Answer snapshot(long epoch, String nonce, String name) {
    return attached(
        epoch,
        nonce,
        () -> {
          if (snapshots.contains(name)) {
            return new Answer.Refused("Exists", "there is a snapshot " + name + " already");
          }
          List<String> more = new ArrayList<>(snapshots);
          more.add(name);
          return done(epoch, sizeBytes, more, lines, "snapshot name=" + name);
        });
  }

  Answer resize(long epoch, String nonce, long bytes) {
    return attached(
        epoch,
        nonce,
        () ->
            bytes < sizeBytes
                ? new Answer.Refused("Smaller", "it has %d bytes already".formatted(sizeBytes))
                : done(epoch, bytes, snapshots, lines, "resize bytes=" + bytes));
  }

  Answer write(long epoch, String nonce, String text) {
    return attached(
        epoch,
        nonce,
        () -> done(epoch, sizeBytes, snapshots, lines + 1, "write text=" + text.strip()));
  }

  private Answer.Done done(
      long epoch, long newSize, List<String> newSnapshots, long newLines, String event) {
    return new Answer.Done(
        new Volume(lease, epoch, attachment, ended, newSize, newSnapshots, newLines), event);
  }

  private interface Change {
    Answer make();
  }

  private Answer attached(long epoch, String nonce, Change change) {
    Optional<Answer> refusal = refusal(epoch, nonce);
    if (refusal.isPresent()) {
      return refusal.get();
    }
    return attachment.isEmpty()
        ? new Answer.Refused("NotAttached", "it is attached to nobody")
        : change.make();
  }

  /** Why whoever has this nonce may not change anything under this epoch. */
  private Optional<Answer> refusal(long epoch, String nonce) {
    if (attachment.filter(now -> !now.nonce().equals(nonce)).isPresent()) {
      return Optional.of(
          new Answer.Refused(
              "Held",
              "it is attached to node %s, epoch %d, under another lease"
                  .formatted(attachment.get().node(), attachment.get().epoch())));
    }
    return nonce.equals(lease) && epoch < fence
        ? Optional.of(
            new Answer.Refused(
                "Stale", "epoch %d is over; it has heard %d".formatted(epoch, fence)))
        : Optional.empty();
  }

  private long endOf(String nonce) {
    return ended.stream()
        .filter(end -> end.nonce().equals(nonce))
        .mapToLong(Ended::epoch)
        .max()
        .orElse(0);
  }
}
