package dev.holdfast.monitor.call;

import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * The monitor's clock thread: runs small things at a later time, one after the other. No plugin
 * code runs on it, so a plugin cannot make a deadline late. Thread-safe.
 */
public final class Alarms implements AutoCloseable {

  /** An alarm that was set. */
  public interface Alarm {
    /** It will not go off, unless it is doing so. */
    void cancel();
  }

  private final ScheduledThreadPoolExecutor executor;
  private final Consumer<Throwable> fault;

  /**
   * Starts the thread.
   *
   * @param fault hears what an alarm throws: a fault of the monitor's own
   */
  public Alarms(Consumer<Throwable> fault) {
    this.fault = fault;
    this.executor =
        new ScheduledThreadPoolExecutor(
            1, work -> Thread.ofPlatform().name("clock").daemon(true).unstarted(work));
    executor.setRemoveOnCancelPolicy(true);
    executor.prestartCoreThread();
  }

  /** Sets an alarm. After {@link #close} it never goes off. */
  public Alarm in(Duration delay, Runnable work) {
    try {
      var future =
          executor.schedule(() -> run(work), Math.max(0, delay.toNanos()), TimeUnit.NANOSECONDS);
      return () -> future.cancel(false);
    } catch (RejectedExecutionException closed) {
      // The monitor is ending; what would have been late is over anyway.
      return () -> {};
    }
  }

  /** Something of the monitor's own threw, on whatever thread. */
  void fault(Throwable thrown) {
    fault.accept(thrown);
  }

  private void run(Runnable work) {
    try {
      work.run();
    } catch (Throwable thrown) {
      fault(thrown);
    }
  }

  @Override
  public void close() {
    executor.shutdownNow();
  }
}
