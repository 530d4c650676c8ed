package dev.holdfast.spi;

import java.time.Duration;
import java.util.Objects;

/** What a probe may be told. */
final class ProbeTimeout {
  /** A probe that waits longer says nothing that a poll could use. */
  private static final Duration LONGEST = Duration.ofMinutes(10);

  private ProbeTimeout() {}

  /** At least a millisecond, since 0 means "for ever" to a socket. */
  static Duration require(Duration timeout) {
    Objects.requireNonNull(timeout, "timeout");
    if (timeout.toMillis() < 1 || timeout.compareTo(LONGEST) > 0) {
      throw new IllegalArgumentException(
          "The probe's timeout is " + timeout + "; it must be between 1 ms and " + LONGEST + ".");
    }
    return timeout;
  }

  static int requirePort(int port) {
    if (port < 1 || port > 65_535) {
      throw new IllegalArgumentException("The port is " + port + "; it must be 1 to 65535.");
    }
    return port;
  }
}
