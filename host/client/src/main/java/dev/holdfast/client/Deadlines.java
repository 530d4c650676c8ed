package dev.holdfast.client;

import java.time.Duration;

/**
 * How long a client waits. When a time is over, the connection is closed and the caller gets an
 * exception with the code {@code TimedOut}.
 *
 * @param connect until the service takes the connection
 * @param call then, until a call has its whole answer. A service that has large answers to give to
 *     others lets a call wait for up to 30 s before it says so ({@code Busy}); a shorter time is
 *     over before
 * @param transfer the same, of a call that sends or receives a file
 * @param silence without a sign of life from the service, of a watch or a held key; it gives one
 *     every 5 s at least
 */
public record Deadlines(Duration connect, Duration call, Duration transfer, Duration silence) {
  /** 5 s, 60 s, 10 min, 20 s. */
  public static final Deadlines DEFAULT =
      new Deadlines(
          Duration.ofSeconds(5),
          Duration.ofSeconds(60),
          Duration.ofMinutes(10),
          Duration.ofSeconds(20));

  public Deadlines {
    for (Duration each : new Duration[] {connect, call, transfer, silence}) {
      if (each.isZero() || each.isNegative()) {
        throw new IllegalArgumentException("a deadline of " + each + " is over before it begins");
      }
    }
  }

  public Deadlines withConnect(Duration wait) {
    return new Deadlines(wait, call, transfer, silence);
  }

  public Deadlines withCall(Duration wait) {
    return new Deadlines(connect, wait, transfer, silence);
  }

  public Deadlines withTransfer(Duration wait) {
    return new Deadlines(connect, call, wait, silence);
  }

  public Deadlines withSilence(Duration wait) {
    return new Deadlines(connect, call, transfer, wait);
  }
}
