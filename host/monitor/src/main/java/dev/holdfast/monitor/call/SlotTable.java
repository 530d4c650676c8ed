package dev.holdfast.monitor.call;

import dev.holdfast.protocol.wire.SlotState;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A resource's slots as the service last told of them, oldest first. Thread-safe. */
final class SlotTable {
  private Map<String, SlotState> slots = new LinkedHashMap<>();

  synchronized void replaceAll(List<SlotState> told) {
    var replacement = new LinkedHashMap<String, SlotState>();
    told.forEach(slot -> replacement.put(slot.getName(), slot));
    slots = replacement;
  }

  synchronized void update(SlotState told) {
    slots.put(told.getName(), told);
  }

  synchronized Optional<SlotState> find(String name) {
    return Optional.ofNullable(slots.get(name));
  }

  /** Whether the process of one has ended. */
  synchronized boolean hasEnded() {
    return slots.values().stream().anyMatch(SlotState::hasExit);
  }

  synchronized List<String> names() {
    return List.copyOf(slots.keySet());
  }
}
