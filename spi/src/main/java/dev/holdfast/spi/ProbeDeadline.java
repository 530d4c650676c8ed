package dev.holdfast.spi;

import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Takes a connection away when a probe has lasted too long. A socket's own timeout starts anew with
 * every byte, so a server that sends one byte a second would hold a probe, and with it its
 * monitor's thread, for ever; and no interrupt ends a blocking read.
 *
 * <p>One daemon thread serves every probe in the JVM, and ends when there was none for a while.
 */
final class ProbeDeadline implements AutoCloseable {
  private static final long RETRY_MILLIS = 100;
  private static final ScheduledThreadPoolExecutor TIMER = timer();

  private final Runnable hangUp;
  private volatile boolean over;
  private volatile boolean closed;

  private ProbeDeadline(Runnable hangUp) {
    this.hangUp = hangUp;
  }

  /** Runs {@code hangUp} once this time is over, and again while the probe does not notice. */
  static ProbeDeadline after(Duration timeout, Runnable hangUp) {
    var deadline = new ProbeDeadline(hangUp);
    deadline.schedule(timeout.toMillis());
    return deadline;
  }

  /** Whether the time was over before the probe had its answer. */
  boolean isOver() {
    return over;
  }

  @Override
  public void close() {
    closed = true;
  }

  private void schedule(long millis) {
    Future<?> unused = TIMER.schedule(this::expire, millis, TimeUnit.MILLISECONDS);
  }

  /** Again and again: the connection may have been just about to open its socket. */
  private void expire() {
    if (!closed) {
      over = true;
      schedule(RETRY_MILLIS);
      hangUp.run();
    }
  }

  private static ScheduledThreadPoolExecutor timer() {
    var timer =
        new ScheduledThreadPoolExecutor(
            1,
            task -> {
              var thread = new Thread(null, task, "probe-deadline", 0, false);
              thread.setDaemon(true);
              thread.setContextClassLoader(null); // or it would hold the plugin that probed first
              return thread;
            });
    timer.setKeepAliveTime(30, TimeUnit.SECONDS);
    timer.allowCoreThreadTimeOut(true);
    return timer;
  }
}
