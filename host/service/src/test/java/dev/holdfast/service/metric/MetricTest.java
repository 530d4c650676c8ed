package dev.holdfast.service.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class MetricTest {
  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();

  @ParameterizedTest
  @EnumSource
  void everyMetric_isNamedAndExplained(Metric metric) {
    assertThat(metric.exposedName())
        .startsWith("holdfast_")
        .matches("[a-z_]+")
        .satisfies(
            name ->
                assertThat(name.endsWith("_total"))
                    .isEqualTo(metric.kind() == Metric.Kind.COUNTER));
    assertThat(metric.help()).endsWith(".").hasSizeGreaterThan(20);
    assertThat(metric.labels()).doesNotHaveDuplicates().doesNotContain("id", "pid", "error");
  }

  @Test
  void aWrongNumberOfLabels_isRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Metric.INCIDENTS.counter(registry, "signal"))
        .withMessageContaining("INCIDENTS has the labels [cause, role], and 1 values were given");
  }

  @Test
  void aMetricOfAnotherKind_isRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Metric.MONITOR_UP.counter(registry, "shared-0"))
        .withMessageContaining("MONITOR_UP is no COUNTER but a GAUGE");
  }

  @ParameterizedTest
  @EnumSource
  void everyBucket_isWiderThanTheOneBefore(Buckets buckets) {
    assertThat(buckets.bounds()).isSorted().doesNotHaveDuplicates();
  }

  @Test
  void buckets_beginWhereTheyMatter() {
    assertThat(Buckets.CHECK.bounds().getFirst()).hasNanos(10_000);
    assertThat(Buckets.RECOVERY.bounds().getFirst()).hasMillis(1);
  }
}
