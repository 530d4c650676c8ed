package dev.holdfast.cluster;

import dev.holdfast.spi.Found;
import dev.holdfast.spi.Health;
import dev.holdfast.spi.OfflineReason;
import java.util.Optional;
import java.util.Set;

/** What can happen to one resource. */
public sealed interface ResourceEvent {
  /** Its monitor is ready, and its type resolved. */
  record Supervised() implements ResourceEvent {}

  /** Its monitor died or was given up. */
  record MonitorLost() implements ResourceEvent {}

  /** {@code find} answered: the one behind an open, or one of its own. */
  record FoundIt(Found found) implements ResourceEvent {}

  /**
   * {@code find} answered that it is held, and the cluster database knows that the holder lost it:
   * a node that has the resource no more, or an earlier life of it on this one. Only what lives
   * {@link dev.holdfast.spi.Lives#ELSEWHERE} can be held so.
   *
   * @param epoch under which it is held; below the resource's own
   */
  record FoundSuperseded(String holder, long epoch) implements ResourceEvent {}

  /** A call other than find returned without an exception. */
  record Returned(EntryPoint entryPoint) implements ResourceEvent {}

  /** A call failed. */
  record CallFailed(EntryPoint entryPoint, Failure failure) implements ResourceEvent {}

  /** A call under way said something new. */
  record Progressed(String what) implements ResourceEvent {}

  /**
   * A check answered.
   *
   * @param terminating it failed, and as it was told beforehand ({@link Action.StartPolling}) its
   *     monitor has begun to terminate it
   */
  record Checked(Health health, boolean terminating) implements ResourceEvent {
    /** A check that was not followed by anything. */
    public Checked(Health health) {
      this(health, false);
    }
  }

  /** A check threw, or did not return in time: it is the check that is broken. */
  record CheckBroken(String why) implements ResourceEvent {}

  /** One of its processes ended. */
  record ProcessEnded() implements ResourceEvent {}

  /**
   * It is wanted, and what it depends on is Online.
   *
   * @param seenGone in this very step {@code find} said Absent, so it need not be asked again
   */
  record GoOnline(boolean seenGone) implements ResourceEvent {}

  /**
   * An operator wants it as somebody else started it, and what it depends on is Online. Only what
   * the last find called Foreign can be adopted.
   */
  record Adopt() implements ResourceEvent {}

  /** It is not wanted, or what it depends on is not there, and nothing depends on it any more. */
  record GoOffline(OfflineReason reason) implements ResourceEvent {}

  /** The service stops, and nobody can be asked to take it offline: it is ended without. */
  record GivenUp() implements ResourceEvent {}

  /**
   * The service itself ended its processes ({@link Action.EndProcesses}).
   *
   * @param standing what could not be ended, as a sentence; empty when all of it is gone
   */
  record ProcessesEnded(Optional<String> standing) implements ResourceEvent {}

  /** An operator asks for a failure (FailClusterResource). */
  record FailNow() implements ResourceEvent {}

  /** An operator forgives what was counted. */
  record ForgetFailures() implements ResourceEvent {}

  /**
   * There is no need to wait for the moment at which a Failed one is tried again: an operator says
   * so, or what it failed by is undone.
   */
  record TryNow() implements ResourceEvent {}

  /**
   * Private properties are set that its type can put in effect while it is Online, and that are not
   * in effect.
   *
   * @param what their names
   */
  record Change(Set<String> what) implements ResourceEvent {
    public Change {
      what = Set.copyOf(what);
    }
  }

  /** How often its checks are to run changed. */
  record PollingChanged() implements ResourceEvent {}

  /** Another monitor than the one that holds it is to hold it. */
  record Released() implements ResourceEvent {}

  /** The moment of {@link Phase#due} has come. */
  record Due() implements ResourceEvent {}
}
