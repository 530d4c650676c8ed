package dev.holdfast.service.systemd;

import java.time.InstantSource;
import java.util.Map;

/**
 * What this process has of the systemd that started it; where none did, nothing of it does
 * anything. Thread-safe.
 */
public final class Systemd implements AutoCloseable {
  private final Notifier notifier;
  private final Watchdog watchdog;

  private Systemd(Notifier notifier, Watchdog watchdog) {
    this.notifier = notifier;
    this.watchdog = watchdog;
  }

  /**
   * Reads the environment, and begins to answer the watchdog.
   *
   * @param pid this process
   */
  public static Systemd of(Map<String, String> environment, long pid, InstantSource clock) {
    var notifier = Notifier.of(environment, pid);
    return new Systemd(notifier, Watchdog.of(notifier, clock));
  }

  /** To tell it how the service is. */
  public Notifier notifier() {
    return notifier;
  }

  /** By which it knows that the service is alive. */
  public Watchdog watchdog() {
    return watchdog;
  }

  @Override
  public void close() {
    watchdog.close();
    notifier.close();
  }
}
