package dev.holdfast.monitor.call;

import dev.holdfast.protocol.wire.SlotState;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A resource's slots as the service told of them, oldest first. A process that was told to have
 * ended has ended, whatever arrives later. Thread-safe.
 */
final class SlotTable {
  private Map<String, SlotState> slots = new LinkedHashMap<>();
  private boolean left;

  /**
   * What a call or a polling is told.
   *
   * @param mayHaveLeft whether commands may have left something that runs
   */
  synchronized void replaceAll(List<SlotState> told, boolean mayHaveLeft) {
    left = mayHaveLeft;
    var replacement = new LinkedHashMap<String, SlotState>();
    told.forEach(slot -> replacement.put(slot.getName(), newest(slot)));
    slots = replacement;
  }

  synchronized void update(SlotState told) {
    slots.put(told.getName(), newest(told));
  }

  /**
   * A process has ended.
   *
   * @return false: not the one that lives in the slot now, but the one before it
   */
  synchronized boolean ended(SlotState told) {
    SlotState known = slots.get(told.getName());
    if (known != null && known.getAlive() && !known.getNonce().equals(told.getNonce())) {
      return false;
    }
    slots.put(told.getName(), told);
    return true;
  }

  /**
   * An end is told at once, by another thread of the service than answers and calls: what was asked
   * about the slot before that may arrive behind it.
   */
  private SlotState newest(SlotState told) {
    SlotState known = slots.get(told.getName());
    return known != null
            && known.hasExit()
            && !told.hasExit()
            && known.getNonce().equals(told.getNonce())
        ? known
        : told;
  }

  synchronized Optional<SlotState> find(String name) {
    return Optional.ofNullable(slots.get(name));
  }

  /** Whether the process of one has ended. */
  synchronized boolean hasEnded() {
    for (SlotState slot : slots.values()) {
      if (slot.hasExit()) {
        return true;
      }
    }
    return false;
  }

  /** A command that may leave something is about to be run. */
  synchronized void mayLeave() {
    left = true;
  }

  /** Whether commands may have left something that runs. */
  synchronized boolean mayHaveLeft() {
    return left;
  }

  synchronized List<String> names() {
    return List.copyOf(slots.keySet());
  }
}
