package dev.holdfast.monitor.call;

import dev.holdfast.protocol.SpiCodec;
import dev.holdfast.protocol.wire.ExternalState;
import dev.holdfast.spi.ExternalSlot;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A resource's external slots as the service told of them, by name. Thread-safe. */
final class ExternalTable {
  private Map<String, ExternalSlot> slots = new TreeMap<>();

  synchronized void replaceAll(List<ExternalState> told) {
    var replacement = new TreeMap<String, ExternalSlot>();
    told.forEach(slot -> replacement.put(slot.getName(), SpiCodec.decode(slot)));
    slots = replacement;
  }

  synchronized void update(ExternalSlot told) {
    slots.put(told.name(), told);
  }

  synchronized List<ExternalSlot> all() {
    return List.copyOf(slots.values());
  }
}
