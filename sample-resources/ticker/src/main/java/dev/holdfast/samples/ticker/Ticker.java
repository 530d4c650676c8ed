package dev.holdfast.samples.ticker;

import dev.holdfast.spi.Context;
import dev.holdfast.spi.Description;
import dev.holdfast.spi.Lives;
import dev.holdfast.spi.Property;
import dev.holdfast.spi.Resource;
import dev.holdfast.spi.ResourceType;
import java.time.Duration;

/** The type <em>Ticker</em>: a process that writes a line at every tick. */
public final class Ticker implements ResourceType {
  static final Property<Duration> INTERVAL =
      Property.duration("Interval")
          .range(Duration.ofMillis(10), Duration.ofHours(1))
          .defaultsTo(Duration.ofSeconds(1))
          .help("Time from one tick to the next.")
          .build();
  static final Property<String> MESSAGE =
      Property.text("Message")
          .defaultsTo("tick")
          .effect(Property.Effect.LIVE)
          .help("What it writes at every tick.")
          .build();

  @Override
  public Description description() {
    return Description.of("Ticker").lives(Lives.ON_NODE).properties(INTERVAL, MESSAGE).build();
  }

  @Override
  public Resource open(Context context) {
    return new TickerResource(context);
  }
}
