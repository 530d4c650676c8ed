package dev.holdfast.service.systemd;

import dev.holdfast.service.posix.DatagramSender;
import dev.holdfast.service.posix.PosixException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells systemd how the service is, as {@code sd_notify(3)} describes it: lines of {@code
 * NAME=VALUE}, one datagram for each time. Thread-safe; it never waits and never throws, for
 * nothing of the service depends on it.
 */
public final class Notifier implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Notifier.class);

  private static final String READY = "READY=1\n";
  private static final long NANOS_A_MICRO = 1000;

  private final @Nullable DatagramSender socket;
  private final Optional<Duration> watchdog;
  private @Nullable String lastStatus;
  private String owed = "";
  private boolean stopping;
  private boolean failed;

  private Notifier(@Nullable DatagramSender socket, Optional<Duration> watchdog) {
    this.socket = socket;
    this.watchdog = watchdog;
  }

  /**
   * Reads from the environment whom to tell; without {@code NOTIFY_SOCKET} that is nobody.
   *
   * @param pid this process: a watchdog that is another one's ({@code WATCHDOG_PID}) is none
   */
  public static Notifier of(Map<String, String> environment, long pid) {
    String address = environment.get(UnitVariables.NOTIFY_SOCKET);
    if (address == null || address.isEmpty()) {
      return ofNobody();
    }
    try {
      return new Notifier(new DatagramSender(address), watchdog(environment, pid));
    } catch (PosixException | IllegalArgumentException e) {
      LOG.warn(
          "systemd hears nothing of this service: {} is {}, and {}",
          UnitVariables.NOTIFY_SOCKET,
          address,
          e.getMessage());
      return ofNobody();
    }
  }

  /** One that nobody hears. */
  public static Notifier ofNobody() {
    return new Notifier(null, Optional.empty());
  }

  private static Optional<Duration> watchdog(Map<String, String> environment, long pid) {
    String micros = environment.get(UnitVariables.WATCHDOG_USEC);
    String whose = environment.getOrDefault(UnitVariables.WATCHDOG_PID, Long.toString(pid));
    if (micros == null || !whose.equals(Long.toString(pid))) {
      return Optional.empty();
    }
    try {
      long value = Long.parseLong(micros);
      return value > 0
          ? Optional.of(Duration.ofNanos(Math.multiplyExact(value, NANOS_A_MICRO)))
          : Optional.empty();
    } catch (ArithmeticException | NumberFormatException e) {
      LOG.warn("There is no watchdog: {} is {}", UnitVariables.WATCHDOG_USEC, micros);
      return Optional.empty();
    }
  }

  /** Whether anybody is told. */
  public boolean isHeard() {
    return socket != null;
  }

  /** Within which time of the last {@link #alive} the service is killed; empty for never. */
  public Optional<Duration> watchdog() {
    return watchdog;
  }

  /** It does from now on what it is for. Of one that was stopped meanwhile nothing is said. */
  public synchronized void ready(String status) {
    if (!stopping) {
      send(READY, status);
    }
  }

  /**
   * What it does now, as {@code systemctl status} shows it. The same again is not sent, and nothing
   * is said of a service that stops.
   *
   * @param line is asked for only when somebody hears it
   */
  public void status(Supplier<String> line) {
    if (isHeard()) {
      status(line.get());
    }
  }

  private synchronized void status(String status) {
    if (!stopping && !status.equals(lastStatus)) {
      send("", status);
    }
  }

  /** It has begun to stop, whoever asked for it. It says nothing else from now on. */
  public synchronized void stopping(String status) {
    stopping = true;
    send("STOPPING=1\n", status);
  }

  /** It makes progress. What systemd could not take the last time goes with it. */
  public synchronized void alive() {
    if (send(owed + "WATCHDOG=1")) {
      owed = "";
    }
  }

  private void send(String state, String status) {
    // A start that is owed is not over because the status has changed since.
    String first = state.isEmpty() && owed.startsWith(READY) ? READY : state;
    String message = first + "STATUS=" + status.replaceAll("\\s+", " ");
    lastStatus = status;
    owed = send(message) ? "" : message + "\n";
  }

  private boolean send(String message) {
    if (socket == null) {
      return true;
    }
    try {
      socket.send(message);
      failed = false;
      return true;
    } catch (PosixException e) {
      if (!failed) {
        LOG.warn("systemd was not told {}: {}", message.replace('\n', ' '), e.getMessage());
      }
      failed = true;
      return false;
    }
  }

  @Override
  public synchronized void close() {
    if (socket != null) {
      socket.close();
    }
  }
}
