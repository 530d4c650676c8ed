package dev.holdfast.service.api;

import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How the API is served; read once, at start.
 *
 * @param home the data directory; its owner, and root, may change things
 * @param socket path of the Unix socket, in a directory that exists; an old socket there is
 *     replaced
 * @param http loopback address for reading over TCP, port 0 for any that is free; null for none
 * @param version of the product
 */
public record ApiSettings(
    Path home, Path socket, @Nullable InetSocketAddress http, String version) {
  /** Time for running requests to end. */
  public static final Duration CLOSE_GRACE = Duration.ofSeconds(2);
}
