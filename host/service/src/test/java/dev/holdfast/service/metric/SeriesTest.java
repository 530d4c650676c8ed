package dev.holdfast.service.metric;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class SeriesTest {
  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final Series<Integer, String> series =
      new Series<>(
          registry,
          (key, name) -> List.of(Metric.MONITOR_UP.gauge(registry, () -> (double) key, name)));

  private Map<String, Double> shown() {
    var shown = new HashMap<String, Double>();
    for (Meter meter : registry.getMeters()) {
      shown.put(
          Objects.requireNonNull(meter.getId().getTag("monitor")),
          meter.measure().iterator().next().getValue());
    }
    return shown;
  }

  @Test
  void whatIsThere_isShown_andWhatIsGone_isNot() {
    series.show(Map.of(1, "a", 2, "b"));
    assertThat(shown()).isEqualTo(Map.of("a", 1.0, "b", 2.0));

    series.show(Map.of(2, "b", 3, "c"));
    assertThat(shown()).isEqualTo(Map.of("b", 2.0, "c", 3.0));

    series.show(Map.of());
    assertThat(shown()).isEmpty();
  }

  @Test
  void aNameThatPassedOn_belongsToWhoHasItNow() {
    series.show(Map.of(1, "a", 2, "b"));
    series.show(Map.of(1, "b", 2, "a"));
    assertThat(shown()).isEqualTo(Map.of("b", 1.0, "a", 2.0));

    series.show(Map.of(3, "a"));
    assertThat(shown()).isEqualTo(Map.of("a", 3.0));
  }
}
