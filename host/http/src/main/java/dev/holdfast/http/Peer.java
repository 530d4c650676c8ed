package dev.holdfast.http;

import dev.holdfast.service.api.Caller;
import dev.holdfast.service.posix.PeerCredentials;
import io.javalin.http.Context;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.attribute.UserPrincipal;
import jdk.net.ExtendedSocketOptions;
import org.eclipse.jetty.ee10.servlet.ServletContextRequest;
import org.eclipse.jetty.io.EndPoint;

/** Who is at the other end. */
sealed interface Peer {
  /** A process of this machine, by what the kernel says of the one that connected. */
  record Local(UserPrincipal user) implements Peer {}

  /** Somebody over TCP, who may be anybody. */
  record Remote(String address) implements Peer {}

  /** Reads the credentials anew for each request; they belong to the connection. */
  static Peer of(Context context) throws IOException {
    EndPoint endPoint = endPoint(context);
    return isUnixSocket(endPoint)
        ? new Local(channel(endPoint).getOption(ExtendedSocketOptions.SO_PEERCRED).user())
        : new Remote(String.valueOf(endPoint.getRemoteSocketAddress()));
  }

  /** The process at the other end of a Unix socket, which this is. */
  static Caller caller(Context context) throws IOException {
    SocketChannel channel = channel(endPoint(context));
    PeerCredentials peer = PeerCredentials.of(channel);
    String user = channel.getOption(ExtendedSocketOptions.SO_PEERCRED).user().getName();
    return new Caller(peer.pid(), peer.uid(), peer.gid(), peer.groups(), user);
  }

  /**
   * Closes the connection in the middle of an answer, so that its reader does not take what has
   * come for the whole.
   */
  static void hangUp(Context context) {
    endPoint(context).close();
  }

  private static EndPoint endPoint(Context context) {
    return ServletContextRequest.getServletContextRequest(context.req())
        .getConnectionMetaData()
        .getConnection()
        .getEndPoint();
  }

  private static boolean isUnixSocket(EndPoint endPoint) throws IOException {
    return endPoint.getTransport() instanceof SocketChannel channel
        && channel.getLocalAddress() instanceof UnixDomainSocketAddress;
  }

  private static SocketChannel channel(EndPoint endPoint) {
    if (endPoint.getTransport() instanceof SocketChannel channel) {
      return channel;
    }
    throw new IllegalStateException("A Unix socket's end is a channel, not " + endPoint);
  }
}
