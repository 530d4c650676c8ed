package dev.holdfast.service.systemd;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says that the service is alive for as long as it is: each sign of life was carried through the
 * threads that the service consists of. A thread that asks nobody would go on saying so while all
 * others hang.
 *
 * <pre>
 *   every half of the limit: has the last proof come? ──yes──► ask for the next ──… it comes──► alive
 *                                     └─no──► nothing is said; systemd counts on
 * </pre>
 *
 * <p>So a hung service is killed between half of the limit and the limit after it hung.
 * Thread-safe.
 */
public final class Watchdog implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Watchdog.class);

  private final InstantSource clock;
  private final Runnable alive;
  private final ScheduledExecutorService ticks =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().name("watchdog").daemon(true).factory());
  private Supplier<CompletableFuture<?>> progress = () -> CompletableFuture.completedFuture(null);
  private Instant trustedUntil = Instant.MIN;
  private CompletableFuture<?> proof = CompletableFuture.completedFuture(null);

  /**
   * @param alive says that the service is alive; it must not wait
   */
  public Watchdog(InstantSource clock, Runnable alive) {
    this.clock = clock;
    this.alive = alive;
  }

  /** Begins to tell a notifier that the service is alive, when that one has a limit for it. */
  public static Watchdog of(Notifier notifier, InstantSource clock) {
    var watchdog = new Watchdog(clock, notifier::alive);
    notifier.watchdog().ifPresent(watchdog::begin);
    return watchdog;
  }

  private void begin(Duration limit) {
    long period = limit.dividedBy(2).toNanos();
    var _ = ticks.scheduleAtFixedRate(this::tick, 0, period, TimeUnit.NANOSECONDS);
  }

  /** Something lasts for which there is no proof, a start; that long it is taken for alive. */
  public synchronized void trust(Duration time) {
    trustedUntil = clock.instant().plus(time);
  }

  /**
   * From now on this is to be proved.
   *
   * @param source asks for a proof, which completes when there is progress
   */
  public synchronized void watch(Supplier<CompletableFuture<?>> source) {
    progress = source;
    proof = CompletableFuture.completedFuture(null);
    trustedUntil = Instant.MIN;
  }

  /** Time has passed: half of the limit. */
  synchronized void tick() {
    try {
      look();
    } catch (RuntimeException e) {
      LOG.warn("The service cannot be asked whether it makes progress; systemd is not told", e);
    }
  }

  private void look() {
    if (clock.instant().isBefore(trustedUntil)) {
      alive.run();
    } else if (proof.isDone()) {
      proof = progress.get();
      var _ = proof.thenRun(alive);
    } else {
      LOG.warn("The service makes no progress; systemd is not told that it is alive");
    }
  }

  @Override
  public void close() {
    ticks.shutdownNow();
  }
}
