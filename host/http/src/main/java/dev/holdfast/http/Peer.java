package dev.holdfast.http;

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
    EndPoint endPoint =
        ServletContextRequest.getServletContextRequest(context.req())
            .getConnectionMetaData()
            .getConnection()
            .getEndPoint();
    if (endPoint.getTransport() instanceof SocketChannel channel
        && channel.getLocalAddress() instanceof UnixDomainSocketAddress) {
      return new Local(channel.getOption(ExtendedSocketOptions.SO_PEERCRED).user());
    }
    return new Remote(String.valueOf(endPoint.getRemoteSocketAddress()));
  }
}
