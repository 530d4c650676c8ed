package dev.holdfast.http;

import dev.holdfast.service.api.ApiException;
import io.javalin.http.Context;
import io.micrometer.core.instrument.config.MeterFilter;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.concurrent.Semaphore;

/**
 * What is measured, in Prometheus' text format, whatever its reader would prefer: every collector
 * reads that one. The one class that knows of a metric back end.
 */
final class MetricsPage {
  static final String PATH = "/metrics";

  static final String MEDIA_TYPE = "text/plain; version=0.0.4; charset=utf-8";

  /** A page of a thousand resources has megabytes; so many are written at once. */
  static final int READERS_MAX = 4;

  private static final int FIRST_BYTES = 64 << 10;

  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final Semaphore readers = new Semaphore(READERS_MAX);

  MetricsPage() {
    // Their names break the format's rules; the first is there in seconds (JvmMeters).
    registry
        .config()
        .meterFilter(MeterFilter.denyNameStartsWith("process.cpu.time"))
        .meterFilter(MeterFilter.denyNameStartsWith("system.cpu.count"));
  }

  PrometheusMeterRegistry registry() {
    return registry;
  }

  /**
   * Answers with the page.
   *
   * @param refresh run before it is read
   */
  void write(Context context, Runnable refresh) throws IOException {
    if (!readers.tryAcquire()) {
      throw new ApiException.Unreachable(
          "TooManyReaders",
          "The metrics are being read by " + READERS_MAX + " others; ask again later.");
    }
    try {
      refresh.run();
      var page = new ByteArrayOutputStream(FIRST_BYTES);
      registry.scrape(page, MEDIA_TYPE);
      context.contentType(MEDIA_TYPE);
      context.header("Cache-Control", "no-store");
      context.result(page.toByteArray());
    } finally {
      readers.release();
    }
  }
}
