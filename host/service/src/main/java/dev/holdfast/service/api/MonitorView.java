package dev.holdfast.service.api;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A resource monitor.
 *
 * @param kind {@code shared separate standby}
 * @param pid null while its process is not there
 * @param state {@code Starting Ready Late Suspect Stopping Down Quarantined}
 * @param resources names
 * @param restarts how often a monitor of this name was replaced
 * @param epoch of its current life
 */
public record MonitorView(
    String name,
    String kind,
    @Nullable Long pid,
    String state,
    List<String> resources,
    int restarts,
    long epoch) {
  public MonitorView {
    resources = List.copyOf(resources);
  }
}
