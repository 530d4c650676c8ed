package dev.holdfast.client;

import dev.holdfast.client.door.Door;
import dev.holdfast.client.transport.UnixHttp;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Where a cluster service is. Immutable. */
public final class RegistryLocation {
  private final Path path;
  private final boolean isHome;

  private RegistryLocation(Path path, boolean isHome) {
    this.path = path.toAbsolutePath().normalize();
    this.isHome = isHome;
  }

  /**
   * The service of a home, looked up for each connection, so that a service that was started again
   * is found. Who may not read the home goes by the service's own rule, and then takes only a
   * socket at which the home's owner or root listens.
   */
  public static RegistryLocation home(Path home) {
    return new RegistryLocation(home, true);
  }

  /** Whoever listens at a socket: the caller answers for who that is. */
  public static RegistryLocation socket(Path socket) {
    return new RegistryLocation(socket, false);
  }

  UnixHttp open(Duration wait) throws IOException {
    return isHome ? Door.open(path, wait) : UnixHttp.connect(path, wait);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof RegistryLocation location
        && path.equals(location.path)
        && isHome == location.isHome;
  }

  @Override
  public int hashCode() {
    return path.hashCode();
  }

  @Override
  public String toString() {
    return (isHome ? "the home " : "the socket ") + path;
  }
}
