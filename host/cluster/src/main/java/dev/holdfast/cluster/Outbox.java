package dev.holdfast.cluster;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Collects the actions of a step, in order. */
final class Outbox {
  private final List<Action> actions = new ArrayList<>();

  void add(Action action) {
    actions.add(action);
  }

  /** However many of a monitor's resources say in one step that it hangs, it is ended once. */
  void kill(MonitorName monitor, String because) {
    boolean known =
        actions.stream()
            .anyMatch(
                action ->
                    action instanceof Action.KillMonitor(MonitorName other, _)
                        && other.equals(monitor));
    if (!known) {
      add(new Action.KillMonitor(monitor, because));
    }
  }

  void tell(Notice.Kind kind, ClusterResource.Draft resource, String cause) {
    tell(kind, resource, cause, Map.of());
  }

  void tell(
      Notice.Kind kind, ClusterResource.Draft resource, String cause, Map<String, String> details) {
    add(new Action.Tell(Notice.of(kind, resource.done(), cause, details)));
  }

  void stateChanged(ClusterResource before, ClusterResource after) {
    add(
        new Action.Tell(
            new Notice(
                Notice.Kind.STATE_CHANGED,
                Optional.of(after.id()),
                Optional.of(after.config().group()),
                after.openIn(),
                after.detail(),
                Map.of("from", before.state().toString(), "to", after.state().toString()))));
  }

  List<Action> actions() {
    return List.copyOf(actions);
  }
}
