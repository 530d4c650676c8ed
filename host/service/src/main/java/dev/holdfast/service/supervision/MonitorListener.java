package dev.holdfast.service.supervision;

import dev.holdfast.cluster.MonitorName;
import dev.holdfast.protocol.wire.Beat;
import dev.holdfast.protocol.wire.ToService;
import dev.holdfast.service.process.ProcessIdentity;

/** Hears of monitors. Called on threads of others: hand over and return. */
public interface MonitorListener {
  /** Its process runs. */
  void started(MonitorName name, long epoch, ProcessIdentity process);

  /** It is linked and takes calls. */
  void ready(MonitorName name, long epoch);

  /** It beats. */
  default void beat(MonitorName name, long epoch, Beat beat) {}

  /** A frame that is not about the link itself. */
  void frame(MonitorName name, long epoch, ToService frame);

  /** Its process is gone, or could not be started; once for each start. */
  void died(MonitorDeath death);
}
