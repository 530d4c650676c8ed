package dev.holdfast.service.cluster;

import dev.holdfast.cluster.ClusterResource;
import dev.holdfast.cluster.ClusterState;
import dev.holdfast.cluster.MonitorName;
import dev.holdfast.cluster.Notice;
import dev.holdfast.service.process.ProcessIdentity;
import dev.holdfast.service.process.StopOutcome;
import dev.holdfast.service.slot.SlotKey;
import dev.holdfast.service.supervision.MonitorDeath;
import dev.holdfast.spi.Exit;

/**
 * What is told to people: events and incidents. Nothing here blocks or fails; what cannot be
 * written is logged.
 */
public interface Chronicle {
  /** Something that was decided. */
  void notice(Notice notice, ClusterState state);

  /** A new state is durable. */
  void changed(ClusterState before, ClusterState after);

  /**
   * A resource was asked to do something beside its life, and has answered.
   *
   * @param outcome in words
   */
  default void controlled(ClusterResource resource, String control, String user, String outcome) {}

  /** A monitor's process runs. */
  void monitorStarted(MonitorName name, long epoch, ProcessIdentity process);

  /**
   * A monitor is lost, without having been asked to leave.
   *
   * @param state before anything was decided about it
   */
  void monitorDied(MonitorDeath death, ClusterState state);

  /** A plugin could not be loaded to be registered: its monitor died of it, and nobody else. */
  void registrationDied(MonitorDeath death);

  /** An application's process was started. */
  void processStarted(SlotKey slot, ProcessIdentity process, ClusterState state);

  /** An application's process from before the service was taken over. */
  void processTakenOver(SlotKey slot, ProcessIdentity process, ClusterState state);

  /** An application's process that another node started is about to be ended. */
  default void processOfOtherNode(
      SlotKey slot, ProcessIdentity process, String node, ClusterState state) {}

  /** An application's process ended. */
  void processEnded(SlotKey slot, int pid, Exit exit, ClusterState state);

  /** An application's process, or what it had started, was killed, or stands even so. */
  void processKilled(
      SlotKey slot, ProcessIdentity process, StopOutcome outcome, ClusterState state);
}
