package dev.holdfast.service.cluster;

import dev.holdfast.cluster.EntryPoint;
import dev.holdfast.cluster.ResourceId;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The calls that somebody waits for: one a resource, the newest. The answer of any other is late,
 * and is dropped. Thread-safe.
 */
final class Calls {
  /** A call that was sent. */
  record Pending(long call, ResourceId resource, long epoch, EntryPoint entryPoint) {}

  private final AtomicLong lastCall = new AtomicLong();
  private final Runnable late;
  private final Map<ResourceId, Pending> pending = new ConcurrentHashMap<>();

  /**
   * @param late told of each answer that came too late
   */
  Calls(Runnable late) {
    this.late = late;
  }

  /** A number for something that is not a call of a resource. */
  long next() {
    return lastCall.incrementAndGet();
  }

  /** A new call takes the place of the one before it. */
  Pending begin(ResourceId resource, long epoch, EntryPoint entryPoint) {
    var call = new Pending(next(), resource, epoch, entryPoint);
    // One that was held up until its monitor was gone is nothing to what came after it.
    pending.merge(resource, call, (known, late) -> known.epoch() > epoch ? known : late);
    return call;
  }

  /**
   * A call that was sent beforehand, for the case that it is needed, has begun. Not if another is
   * under way, which it then does not disturb: nobody waits for it.
   *
   * @param call its number, of {@link #next}
   */
  boolean begun(ResourceId resource, long call, long epoch, EntryPoint entryPoint) {
    return pending.putIfAbsent(resource, new Pending(call, resource, epoch, entryPoint)) == null;
  }

  /** The call that waits for an answer of this number, which has now come. */
  Optional<Pending> end(ResourceId resource, long call) {
    Pending current = pending.get(resource);
    if (current == null || current.call() != call || !pending.remove(resource, current)) {
      late.run();
      return Optional.empty();
    }
    return Optional.of(current);
  }

  /** The call that a resource waits for. */
  Optional<Pending> current(ResourceId resource) {
    return Optional.ofNullable(pending.get(resource));
  }

  /** Nobody waits for a resource's call any more. */
  void forget(ResourceId resource) {
    pending.remove(resource);
  }
}
