package dev.holdfast.service.record;

import dev.holdfast.registry.hive.CommitListener;
import dev.holdfast.service.metric.Metric;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.concurrent.TimeUnit;

/** What is measured of the cluster database: how long it takes to make something durable. */
public final class RecordMeters implements CommitListener {
  private final Timer commits;
  private final Timer syncs;

  public RecordMeters(MeterRegistry registry) {
    commits = Metric.REGISTRY_COMMIT.timer(registry);
    syncs = Metric.REGISTRY_FSYNC.timer(registry);
  }

  @Override
  public void synced(long nanos) {
    syncs.record(nanos, TimeUnit.NANOSECONDS);
  }

  @Override
  public void committed(long nanos) {
    commits.record(nanos, TimeUnit.NANOSECONDS);
  }
}
