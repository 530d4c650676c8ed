package dev.holdfast.samples.scriptable;

import dev.holdfast.spi.Context;
import dev.holdfast.spi.Launch;
import dev.holdfast.spi.ProcessResource;
import dev.holdfast.spi.Properties;
import dev.holdfast.spi.Property;
import java.math.BigDecimal;
import java.time.Duration;

/** The well-behaved resource on the node: a process that sleeps, with children that sleep too. */
final class SleepingProcess extends ProcessResource {
  static final Property<Duration> RUNS_FOR =
      Property.duration("RunsFor")
          .help("When the process ends by itself; never if not given.")
          .build();
  static final Property<Integer> EXIT_CODE =
      Property.integer("ExitCode")
          .range(0, 255)
          .defaultsTo(0)
          .help("How it ends by itself.")
          .build();
  static final Property<String> IGNORES_STOP =
      Property.choice("IgnoresStop")
          .oneOf("no", "yes")
          .defaultsTo("no")
          .help("Whether its stop signal does nothing.")
          .build();
  static final Property<Integer> CHILDREN =
      Property.integer("Children")
          .range(0, 1_000)
          .defaultsTo(0)
          .help("How many it starts.")
          .build();
  static final Property<Duration> STOP_GRACE =
      Property.duration("StopGrace")
          .defaultsTo(Duration.ofSeconds(1))
          .help("How long it may take to stop.")
          .build();

  private static final String SCRIPT =
      """
      [ "$1" = no ] || trap '' TERM
      i=0
      while [ "$i" -lt "$2" ]; do
        sleep 1000000000 &
        i=$((i + 1))
      done
      [ "$3" = never ] && exec sleep 1000000000
      sleep "$3"
      exit "$4"
      """;

  SleepingProcess(Context context) {
    super(context);
  }

  @Override
  protected Launch launch(Properties properties) {
    return Launch.of(
        "/bin/sh",
        "-c",
        SCRIPT,
        "scripted",
        properties.get(IGNORES_STOP),
        properties.get(CHILDREN).toString(),
        properties
            .find(RUNS_FOR)
            .map(duration -> BigDecimal.valueOf(duration.toMillis(), 3).toPlainString())
            .orElse("never"),
        properties.get(EXIT_CODE).toString());
  }

  @Override
  protected Duration stopGrace(Properties properties) {
    return properties.get(STOP_GRACE);
  }
}
