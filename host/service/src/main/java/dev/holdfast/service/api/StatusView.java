package dev.holdfast.service.api;

import java.util.List;

/**
 * All at a glance.
 *
 * @param resources every resource, also those in {@link #groups()} by name
 * @param failures the last failures, oldest first; a bounded number
 */
public record StatusView(
    ServiceView service,
    List<GroupView> groups,
    List<ResourceView> resources,
    List<MonitorView> monitors,
    List<FailureView> failures) {
  public StatusView {
    groups = List.copyOf(groups);
    resources = List.copyOf(resources);
    monitors = List.copyOf(monitors);
    failures = List.copyOf(failures);
  }
}
