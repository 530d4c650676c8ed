package dev.holdfast.protocol;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/**
 * The service's socket for its monitors: each connection becomes a {@link Link}. Whoever listens
 * must hold the lock of the home the socket belongs to, because a socket file that is left over is
 * replaced.
 */
public final class LinkServer implements AutoCloseable {
  /** What the kernel takes for the path of a Unix socket, less the closing zero. */
  public static final int SOCKET_PATH_LIMIT_BYTES = 107;

  private static final Duration ACCEPT_PAUSE = Duration.ofMillis(100);

  private final Path socket;
  private final ServerSocketChannel channel;
  private final Thread thread;

  private LinkServer(Path socket, ServerSocketChannel channel, LinkAcceptor acceptor) {
    this.socket = socket;
    this.channel = channel;
    this.thread =
        Thread.ofPlatform()
            .name("link-accept-" + socket.getFileName())
            .daemon(true)
            .unstarted(() -> acceptAll(acceptor));
  }

  /**
   * Listens on a path, readable and writable by this user only.
   *
   * @throws IOException the path is too long or cannot be bound
   */
  public static LinkServer listen(Path socket, LinkAcceptor acceptor) throws IOException {
    int length = socket.toString().getBytes(StandardCharsets.UTF_8).length;
    if (length > SOCKET_PATH_LIMIT_BYTES) {
      throw new IOException(
          "The socket path %s has %d bytes; a Unix socket takes %d. Use a shorter runtime directory."
              .formatted(socket, length, SOCKET_PATH_LIMIT_BYTES));
    }
    Files.deleteIfExists(socket);
    var channel = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    try {
      channel.bind(UnixDomainSocketAddress.of(socket));
      Files.setPosixFilePermissions(socket, PosixFilePermissions.fromString("rw-------"));
    } catch (IOException e) {
      channel.close();
      throw new IOException(
          "The socket %s cannot be opened: %s".formatted(socket, e.getMessage()), e);
    }
    var server = new LinkServer(socket, channel, acceptor);
    server.thread.start();
    return server;
  }

  /** Where monitors connect to. */
  public Path socket() {
    return socket;
  }

  private void acceptAll(LinkAcceptor acceptor) {
    for (long number = 1; ; number++) {
      try {
        SocketChannel accepted = channel.accept();
        acceptor.accepted(Link.ofService(accepted, Long.toString(number)));
      } catch (ClosedChannelException e) {
        return; // By close(), which is the only one to close it.
      } catch (IOException e) {
        acceptor.acceptFailed(e);
        LockSupport.parkNanos(ACCEPT_PAUSE.toNanos());
      }
    }
  }

  /** Stops accepting and removes the socket. Links that were accepted go on. */
  @Override
  public void close() throws IOException {
    channel.close();
    Files.deleteIfExists(socket);
  }
}
