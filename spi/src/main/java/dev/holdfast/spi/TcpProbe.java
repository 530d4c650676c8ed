package dev.holdfast.spi;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.Objects;

/** Asks whether something accepts TCP connections at an address. Sends nothing. Immutable. */
public final class TcpProbe {
  private static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(1);

  private final String host;
  private final int port;
  private final Duration timeout;

  private TcpProbe(String host, int port, Duration timeout) {
    this.host = Objects.requireNonNull(host, "host");
    this.port = ProbeTimeout.requirePort(port);
    this.timeout = ProbeTimeout.require(timeout);
  }

  /** Waits one second for the connection. */
  public static TcpProbe of(String host, int port) {
    return new TcpProbe(host, port, DEFAULT_TIMEOUT);
  }

  /** Whether something accepts a connection within a second. */
  public static boolean connects(String host, int port) {
    return of(host, port).health() instanceof Health.Alive;
  }

  /** The same with another timeout. */
  public TcpProbe within(Duration timeout) {
    return new TcpProbe(host, port, timeout);
  }

  /** Connects and hangs up. Alive, or Failed with what was seen; never throws. */
  public Health health() {
    try (var socket = new Socket()) {
      var address = new InetSocketAddress(host, port);
      if (address.isUnresolved()) {
        return Health.failed("the host name " + host + " cannot be resolved");
      }
      socket.connect(address, Math.toIntExact(timeout.toMillis()));
      return Health.alive();
    } catch (IOException e) {
      return Health.failed("no TCP connection to " + host + ":" + port + ": " + e.getMessage());
    }
  }
}
