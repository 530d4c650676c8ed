package dev.holdfast.service.slot;

import dev.holdfast.service.process.ProcessIdentity;
import dev.holdfast.service.process.StopOutcome;
import dev.holdfast.spi.Exit;

/** Hears of slots. Called on threads of others: hand over and return. */
public interface SlotListener {
  /** A process was started, and its identity is durable. */
  void started(SlotKey key, ProcessIdentity process);

  /** A process that lives from before the service was taken over. */
  void adopted(SlotKey key, ProcessIdentity process);

  /** A process that another node started lives, and is about to be ended. */
  default void foundOfOtherNode(SlotKey key, ProcessIdentity process, String node) {}

  /** A slot's process ended. */
  void ended(SlotKey key, SlotView slot, Exit exit);

  /** A stop in which not all went by themselves: something was killed, or stands even so. */
  void killed(SlotKey key, ProcessIdentity process, StopOutcome outcome);
}
