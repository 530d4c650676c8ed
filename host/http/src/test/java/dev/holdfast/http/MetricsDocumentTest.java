package dev.holdfast.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.service.metric.Buckets;
import dev.holdfast.service.metric.JvmMeters;
import dev.holdfast.service.metric.Metric;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The tables of {@code host/docs/metrics.md} are what the code says. With {@code
 * -Ddocs.update=true} they are written instead of compared; what changed is then read as a diff.
 */
class MetricsDocumentTest {
  private static final Path DOCUMENT = Path.of("../docs/metrics.md");
  private static final boolean UPDATE = Boolean.getBoolean("docs.update");
  private static final String END = "<!-- end -->\n";

  /** They come with the first collection, and of which kind depends on the collector. */
  private static final List<String> COLLECTIONS =
      List.of("jvm.gc.pause", "jvm.gc.concurrent.phase.time");

  @Test
  void theTables_areWhatTheCodeSays() throws IOException {
    String found = Files.readString(DOCUMENT);
    String expected = with(found, "holdfast", holdfast());
    expected = with(expected, "buckets", buckets());
    expected = with(expected, "jvm", jvm());

    if (UPDATE) {
      Files.writeString(DOCUMENT, expected);
    }
    assertThat(Files.readString(DOCUMENT))
        .as("%s; if this is meant, run with -Ddocs.update=true and review the diff", DOCUMENT)
        .isEqualTo(expected);
  }

  private static String with(String document, String name, String table) {
    String begin = "<!-- %s: generated, see MetricsDocumentTest -->\n".formatted(name);
    int from = document.indexOf(begin);
    int to = document.indexOf(END, from);
    assertThat(from).as("where the table %s begins", name).isNotNegative();
    assertThat(to).as("where the table %s ends", name).isNotNegative();
    return document.substring(0, from + begin.length()) + table + document.substring(to);
  }

  private static String holdfast() {
    return Arrays.stream(Metric.values())
        .map(
            metric ->
                "| `%s` | %s | %s | %s |\n"
                    .formatted(
                        metric.exposedName(),
                        word(metric.kind().name()),
                        metric.labels().isEmpty()
                            ? "–"
                            : metric.labels().stream()
                                .collect(Collectors.joining("`, `", "`", "`")),
                        metric.help()))
        .collect(
            Collectors.joining(
                "", "| name | kind | labels | meaning |\n| --- | --- | --- | --- |\n", ""));
  }

  private static String buckets() {
    return Arrays.stream(Metric.values())
        .flatMap(
            metric ->
                metric.buckets().stream()
                    .map(
                        bounds ->
                            "| `%s` | %s |\n".formatted(metric.exposedName(), seconds(bounds))))
        .collect(Collectors.joining("", "| histogram | bounds in seconds |\n| --- | --- |\n", ""));
  }

  private static String seconds(Buckets buckets) {
    return buckets.bounds().stream()
        .map(Duration::toNanos)
        .map(nanos -> new java.math.BigDecimal(nanos).movePointLeft(9).stripTrailingZeros())
        .map(java.math.BigDecimal::toPlainString)
        .collect(Collectors.joining(" "));
  }

  private static String jvm() {
    var rows = new TreeMap<String, String>();
    try (var meters = new JvmMeters()) {
      MeterRegistry registry = new MetricsPage().registry();
      meters.bindTo(registry);
      for (Meter meter : registry.getMeters()) {
        Meter.Id id = meter.getId();
        String name = id.getConventionName(registry.config().namingConvention());
        String total =
            id.getType() == Meter.Type.COUNTER && !name.endsWith("_total") ? "_total" : "";
        if (COLLECTIONS.stream().noneMatch(id.getName()::startsWith)) {
          rows.put(name + total, "| `%s` | %s |\n".formatted(name + total, id.getDescription()));
        }
      }
    }
    return "| name | meaning |\n| --- | --- |\n" + String.join("", rows.values());
  }

  private static String word(String constant) {
    return constant.toLowerCase(java.util.Locale.ROOT);
  }

  /** What the page calls a metric is what a collector sees. */
  @ParameterizedTest
  @EnumSource
  void exposedName_isWhatIsExposed(Metric metric) {
    var registry = new MetricsPage().registry();
    String[] values = metric.labels().toArray(String[]::new);
    switch (metric.kind()) {
      case GAUGE -> metric.gauge(registry, () -> 1, values);
      case COUNTER -> metric.counting(registry, () -> 1, values);
      case HISTOGRAM -> metric.timer(registry, values).record(Duration.ofMillis(1));
    }

    String page = registry.scrape();
    assertThat(page)
        .contains("# TYPE %s %s\n".formatted(metric.exposedName(), word(metric.kind().name())))
        .contains("# HELP %s %s\n".formatted(metric.exposedName(), metric.help()));
    assertThat(
            Pattern.compile("le=\"([0-9.E-]+)\"").matcher(page).results().map(MatchResult::group))
        .hasSize(metric.buckets().map(buckets -> buckets.bounds().size()).orElse(0));
  }
}
