package dev.holdfast.samples.ticker;

import dev.holdfast.spi.Call;
import dev.holdfast.spi.Context;
import dev.holdfast.spi.Health;
import dev.holdfast.spi.Launch;
import dev.holdfast.spi.OnlineCall;
import dev.holdfast.spi.ProcessResource;
import dev.holdfast.spi.Properties;
import dev.holdfast.spi.Property;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;

/** One ticker: a shell in a loop. It is well while its file of ticks is young. */
final class TickerResource extends ProcessResource {
  /** Begins anew after this many lines, so that a disk never fills up with ticks. */
  private static final int LINES_MAX = 10_000;

  private static final String SCRIPT =
      """
      n=0
      while :; do
        message=$(cat message)
        [ $((n %% %d)) -ne 0 ] || : > ticks
        n=$((n + 1))
        echo "$n $message"
        echo "$n $message" >> ticks
        sleep "$1"
      done
      """
          .formatted(LINES_MAX);

  /** Late by less than this is no illness. */
  private static final int MISSED_TICKS = 3;

  private static final Duration SLACK = Duration.ofSeconds(1);

  private final Path ticks;
  private final Path message;

  TickerResource(Context context) {
    super(context);
    this.ticks = context.directory().resolve("ticks");
    this.message = context.directory().resolve("message");
  }

  /** Ticks of an earlier life are no sign of this one's. */
  @Override
  public void online(OnlineCall call) throws Exception {
    Files.deleteIfExists(ticks);
    tell(call.properties());
    super.online(call);
  }

  /** The next tick has it. */
  @Override
  public void changed(Call call, Set<Property<?>> what) throws Exception {
    tell(call.properties());
  }

  /** Renamed into its place: the shell reads the old one or the new one, never half of it. */
  private void tell(Properties properties) throws IOException {
    Path beside = message.resolveSibling("message.new");
    Files.writeString(beside, properties.get(Ticker.MESSAGE));
    Files.move(beside, message, StandardCopyOption.ATOMIC_MOVE);
  }

  @Override
  protected Launch launch(Properties properties) {
    BigDecimal seconds = BigDecimal.valueOf(properties.get(Ticker.INTERVAL).toMillis(), 3);
    return Launch.of("/bin/sh", "-c", SCRIPT, "ticker", seconds.toPlainString());
  }

  @Override
  protected Health readiness(Properties properties) throws IOException {
    Instant last;
    try {
      last = Files.getLastModifiedTime(ticks).toInstant();
    } catch (NoSuchFileException e) {
      return Health.failed("there is no tick yet in " + ticks);
    }
    Duration age = Duration.between(last, context().clock().instant());
    Duration limit = properties.get(Ticker.INTERVAL).multipliedBy(MISSED_TICKS).plus(SLACK);
    return age.compareTo(limit) <= 0
        ? Health.alive()
        : Health.failed("the last tick is " + age.toSeconds() + " s old");
  }
}
