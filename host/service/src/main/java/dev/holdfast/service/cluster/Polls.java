package dev.holdfast.service.cluster;

import dev.holdfast.cluster.ResourceId;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * When each resource was checked last, as its monitor reported it. Nothing is decided by it: it is
 * kept so that an audit can hold the promise to poll against what was done. Of a resource whose
 * polling was stopped nothing is known. Thread-safe.
 */
public final class Polls {
  /**
   * One polling, from one SetPolling to the next.
   *
   * @param epoch of the resource, which each of its checks carries
   * @param since when the monitor was told
   * @param looksAlive its last LooksAlive; empty: none has been reported yet
   * @param isAlive its last IsAlive; empty: none has been reported yet
   */
  public record Poll(
      long epoch, Instant since, Optional<Check> looksAlive, Optional<Check> isAlive) {
    private Poll with(boolean quick, Check check) {
      return quick
          ? new Poll(epoch, since, Optional.of(check), isAlive)
          : new Poll(epoch, since, looksAlive, Optional.of(check));
    }
  }

  /**
   * A check that was reported.
   *
   * @param at when the report came
   * @param took how long it was inside plugin code
   * @param broken it did not end, or threw: it was made, and says nothing about the resource
   */
  public record Check(Instant at, Duration took, boolean broken) {}

  private final Map<ResourceId, Poll> polls = new ConcurrentHashMap<>();

  Polls() {}

  /** A resource's polling; empty when it is not polled. */
  public Optional<Poll> of(ResourceId resource) {
    return Optional.ofNullable(polls.get(resource));
  }

  void began(ResourceId resource, long epoch, Instant now) {
    polls.put(resource, new Poll(epoch, now, Optional.empty(), Optional.empty()));
  }

  void stopped(ResourceId resource) {
    polls.remove(resource);
  }

  /** A check of another epoch than the one that is polled for is none of this polling. */
  void checked(ResourceId resource, long epoch, boolean quick, Check check) {
    polls.computeIfPresent(
        resource, (_, poll) -> poll.epoch() == epoch ? poll.with(quick, check) : poll);
  }
}
