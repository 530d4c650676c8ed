package dev.holdfast.service.api;

import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The server that lets others at the {@link ClusterApi}. The service finds it through {@link
 * java.util.ServiceLoader} and is not compiled against it.
 *
 * <p>Start, then close, once each; {@link #addresses} between the two. Thread-safe in that {@code
 * close} may come from any thread.
 */
public interface ApiServer extends AutoCloseable {
  /**
   * Where the service publishes what it measures; there from construction on, and read by whoever
   * asks the server for {@code /metrics}.
   */
  MeterRegistry meters();

  /**
   * Opens the socket, and the TCP port where one is wanted, and returns when both take connections.
   * May run beside recovery: until the service is ready the API itself says so.
   *
   * @throws IOException a socket cannot be opened; the message names it and says why
   */
  void start(ClusterApi api, ApiSettings settings) throws IOException;

  /** Where it listens. */
  Addresses addresses();

  /**
   * Takes no more requests, lets those that run end within {@link ApiSettings#CLOSE_GRACE}, ends
   * streams, and removes the socket. May be called twice.
   */
  @Override
  void close();

  /**
   * Where a server listens.
   *
   * @param http empty when there is no TCP port; else with the port it really has
   */
  record Addresses(Path socket, Optional<URI> http) {}
}
