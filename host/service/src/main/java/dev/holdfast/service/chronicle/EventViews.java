package dev.holdfast.service.chronicle;

import dev.holdfast.service.api.EventView;
import dev.holdfast.service.api.IncidentView;
import dev.holdfast.service.event.Event;
import dev.holdfast.service.event.Incident;
import dev.holdfast.service.event.IncidentReport;

/** Events and incidents as people are shown them. */
public final class EventViews {
  private EventViews() {}

  public static EventView of(Event event) {
    return new EventView(
        event.seq(),
        event.id(),
        event.source(),
        event.type().text(),
        event.level(),
        event.category(),
        event.time(),
        event.node(),
        event.message(),
        event.parameters(),
        event.resource(),
        event.cause(),
        event.holders().stream()
            .map(
                holder ->
                    new EventView.Holder(
                        holder.process(),
                        holder.pid(),
                        holder.key(),
                        holder.resolvedKey(),
                        holder.since()))
            .toList(),
        event.correlation(),
        event.incident());
  }

  public static IncidentView of(Incident incident) {
    IncidentReport report = incident.report();
    return new IncidentView(
        incident.seq(),
        report.time(),
        report.monitor(),
        report.pid(),
        report.epoch(),
        new IncidentView.MonitorExit(
            report.exit().code(), report.exit().signal(), report.exit().reason()),
        report.calls().stream()
            .map(
                call ->
                    new IncidentView.CallInFlight(
                        call.resource(), call.plugin(), call.entryPoint(), call.millis()))
            .toList(),
        report.culprit(),
        report.victims(),
        incident.actions(),
        incident.timings());
  }
}
