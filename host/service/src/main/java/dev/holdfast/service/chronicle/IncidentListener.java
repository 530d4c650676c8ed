package dev.holdfast.service.chronicle;

import dev.holdfast.cluster.ResourceId;
import dev.holdfast.service.supervision.MonitorDeath;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;

/** Hears of incidents. Called on threads of others: take note and return. */
public interface IncidentListener {
  /** Nobody listens. */
  IncidentListener NONE =
      new IncidentListener() {
        @Override
        public void opened(
            MonitorDeath death, Optional<ResourceId> culprit, Set<ResourceId> victims) {
          // Nobody listens.
        }

        @Override
        public void recovered(MonitorDeath death, Recovery took) {
          // Nobody listens.
        }
      };

  /**
   * A monitor died.
   *
   * @param culprit whose call is suspected
   * @param victims what it held, without the culprit
   */
  void opened(MonitorDeath death, Optional<ResourceId> culprit, Set<ResourceId> victims);

  /** A replacement has found everything. Never told when nothing had to be replaced. */
  void recovered(MonitorDeath death, Recovery took);

  /**
   * How long a recovery took, each from the sight of the death.
   *
   * @param started until a new process ran
   * @param ready until it was linked and warm
   * @param found until the last resource was found
   */
  record Recovery(Duration started, Duration ready, Duration found) {}
}
