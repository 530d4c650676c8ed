package dev.holdfast.cluster;

import dev.holdfast.spi.OfflineReason;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What the cluster service is told to do. The state that goes with an action is durable before the
 * action is taken.
 */
public sealed interface Action {
  /**
   * Resolve its type in the monitor, open it there, and find it at once: whatever is opened is
   * looked for next, and asking for both in one spares a thousand resources a round trip.
   *
   * @param deadline when find, without having said anything new, has taken too long
   */
  record Open(ResourceId resource, MonitorName monitor, long epoch, Instant deadline)
      implements Action {}

  /**
   * Call an entry point; after a terminate that did not fail, find, too: whatever is terminated is
   * looked for next.
   *
   * @param deadline what the plugin is told; the decisions keep their own
   */
  record Call(
      ResourceId resource,
      long epoch,
      EntryPoint entryPoint,
      Instant deadline,
      Optional<OfflineReason> reason)
      implements Action {}

  /**
   * Call {@code changed}.
   *
   * @param what the names of the properties that are to be put in effect
   * @param properties all private properties as they are then
   * @param deadline what the plugin is told; the decisions keep their own
   */
  record Change(
      ResourceId resource,
      long epoch,
      Set<String> what,
      Map<String, List<String>> properties,
      Instant deadline)
      implements Action {}

  /** Tell the call in flight that nobody waits for it. */
  record CancelCall(ResourceId resource) implements Action {}

  /**
   * Have the monitor poll it. When a check says that it failed, the monitor stops polling, and
   * terminates and finds it at once: that is what a failure leads to in any case, and it need not
   * wait until the failure is written down.
   */
  record StartPolling(ResourceId resource, long epoch) implements Action {}

  /** Have the monitor stop polling it. */
  record StopPolling(ResourceId resource, long epoch) implements Action {}

  /** Close it in its monitor. */
  record Close(ResourceId resource, MonitorName monitor, long epoch) implements Action {}

  /**
   * End all of a resource's processes without its plugin: the stop signal, a grace, SIGKILL of the
   * trees. Answered by {@link ResourceEvent.ProcessesEnded}.
   */
  record EndProcesses(ResourceId resource) implements Action {}

  /**
   * Forget what is written down about things that it has elsewhere: it was ended, and {@code find}
   * said that nothing is there. Harmless when nothing is written down.
   */
  record ReleaseExternals(ResourceId resource) implements Action {}

  /** Start a monitor. */
  record StartMonitor(MonitorName monitor) implements Action {}

  /** Ask a monitor that nobody needs to leave. */
  record StopMonitor(MonitorName monitor) implements Action {}

  /** End a monitor that hangs, so that another takes over. */
  record KillMonitor(MonitorName monitor, String because) implements Action {}

  /** Write an event. */
  record Tell(Notice notice) implements Action {}
}
