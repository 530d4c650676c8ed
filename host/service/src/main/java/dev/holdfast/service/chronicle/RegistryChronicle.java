package dev.holdfast.service.chronicle;

import dev.holdfast.registry.hive.OpeningReport;
import dev.holdfast.service.api.Caller;
import dev.holdfast.service.api.RegistryHandleView;
import dev.holdfast.service.event.EventId;
import dev.holdfast.service.event.EventLog;
import dev.holdfast.service.event.Holder;
import dev.holdfast.service.event.NewEvent;
import dev.holdfast.service.registry.RegistryListener;
import java.util.List;

/** Writes down what happens in the registry that an administrator would ask about. */
public final class RegistryChronicle implements RegistryListener {
  private final EventLog events;

  public RegistryChronicle(EventLog events) {
    this.events = events;
  }

  @Override
  public void denied(Caller caller, String key, String resolvedKey, String reason) {
    write(
        EventId.REGISTRY_ACCESS_DENIED
            .of(key, resolvedKey, caller, caller.pid(), reason)
            .because(reason));
  }

  @Override
  public void closed(Caller caller, RegistryHandleView handle) {
    write(
        EventId.REGISTRY_HANDLE_CLOSED
            .of(handle.id(), handle.key(), handle.pid(), handle.since(), caller)
            .heldBy(
                List.of(
                    new Holder(
                        handle.process(),
                        handle.pid(),
                        handle.key(),
                        handle.resolvedKey(),
                        handle.since()))));
  }

  /**
   * A hive was opened.
   *
   * @param path where it is, seen from the root of all
   */
  public void opened(String path, OpeningReport report) {
    report
        .refusedSnapshot()
        .ifPresent(found -> write(EventId.HIVE_SNAPSHOT_SPOILT.of(path, found).because(found)));
  }

  private void write(NewEvent event) {
    // It is durable soon, or the log says what was lost; nobody waits for it here.
    var _ = events.append(event);
  }
}
